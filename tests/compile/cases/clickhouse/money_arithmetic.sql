-- revenue - 5 EUR > 10 EUR
SELECT "p"."id" AS "id" 
FROM "customers" AS "p" LEFT OUTER JOIN (SELECT "e"."customer_id" AS "k", sum(CAST(CAST(round("e"."amount" * 1000) AS Nullable(Int256)) AS Nullable(Int256))) AS "v" 
FROM "orders" AS "e" 
WHERE "e"."at" >= CAST(:at_1 AS Nullable(DateTime64(6, 'UTC'))) AND "e"."at" < CAST(:at_2 AS Nullable(DateTime64(6, 'UTC'))) GROUP BY "e"."customer_id") AS "m" ON "m"."k" = "p"."id" 
WHERE CAST(coalesce(coalesce("m"."v", 0), :number_1) AS Nullable(Int256)) - CAST(:number_2 AS Nullable(Int256)) > :number_3 ORDER BY "p"."id"
-- at_1 = '2025-11-22 09:00:00'
-- at_2 = '2026-11-22 09:00:00'
-- number_1 = '0'
-- number_2 = '5000'
-- number_3 = '10000'
