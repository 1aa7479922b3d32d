-- median of purchase.amount in last 365 days > 20 EUR
SELECT "p"."id" AS "id" 
FROM "customers" AS "p" LEFT OUTER JOIN (SELECT "o3"."k" AS "k", CAST(sum(CAST("o3"."v" AS Nullable(Int256))) AS Nullable(Float64)) / nullif(count("o3"."v") * 1, 0) AS "v" 
FROM (SELECT "o2"."k" AS "k", "o2"."v" AS "v" 
FROM (SELECT "o"."k" AS "k", "o"."v" AS "v", row_number() OVER (PARTITION BY "o"."k" ORDER BY "o"."v") AS "r", count(*) OVER (PARTITION BY "o"."k") AS "n" 
FROM (SELECT "e"."customer_id" AS "k", CAST(round("e"."amount" * 1000) AS Nullable(Int256)) AS "v" 
FROM "orders" AS "e" 
WHERE "e"."at" >= CAST(:at_1 AS Nullable(DateTime64(6, 'UTC'))) AND "e"."at" < CAST(:at_2 AS Nullable(DateTime64(6, 'UTC')))) AS "o" 
WHERE "o"."v" IS NOT NULL) AS "o2" 
WHERE "o2"."r" * 2 >= "o2"."n" AND "o2"."r" * 2 <= "o2"."n" + 2) AS "o3" 
WHERE "o3"."v" IS NOT NULL GROUP BY "o3"."k") AS "m" ON "m"."k" = "p"."id" 
WHERE "m"."v" > :number_1 ORDER BY "p"."id"
-- at_1 = '2025-11-22 09:00:00'
-- at_2 = '2026-11-22 09:00:00'
-- number_1 = '20000'
