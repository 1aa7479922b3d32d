-- avg of purchase.amount ever >= 20 EUR
SELECT "p"."id" AS "id" 
FROM "customers" AS "p" LEFT OUTER JOIN (SELECT "e"."customer_id" AS "k", CAST(sum(CAST(CAST(round("e"."amount" * 1000) AS Nullable(Int256)) AS Nullable(Int256))) AS Nullable(Float64)) / nullif(count(CAST(round("e"."amount" * 1000) AS Nullable(Int256))) * 1, 0) AS "v" 
FROM "orders" AS "e" 
WHERE "e"."at" < CAST(:at_1 AS Nullable(DateTime64(6, 'UTC'))) GROUP BY "e"."customer_id") AS "m" ON "m"."k" = "p"."id" 
WHERE "m"."v" >= :number_1 ORDER BY "p"."id"
-- at_1 = '2026-11-22 09:00:00'
-- number_1 = '20000'
