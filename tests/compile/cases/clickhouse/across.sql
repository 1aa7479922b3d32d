-- avg of purchase.amount ever > 2 * avg of purchase.amount ever across segment buyers
SELECT "p"."id" AS "id" 
FROM "customers" AS "p" LEFT OUTER JOIN (SELECT "e"."customer_id" AS "k", CAST(sum(CAST(CAST(round("e"."amount" * 1000) AS Nullable(Int256)) AS Nullable(Int256))) AS Nullable(Float64)) / nullif(count(CAST(round("e"."amount" * 1000) AS Nullable(Int256))) * 1, 0) AS "v" 
FROM "orders" AS "e" 
WHERE "e"."at" < CAST(:at_1 AS Nullable(DateTime64(6, 'UTC'))) GROUP BY "e"."customer_id") AS "m" ON "m"."k" = "p"."id" 
WHERE "m"."v" > round(CAST(:number_1 AS Nullable(Float64)) * CAST((SELECT CAST(sum(CAST(CAST(round("e2"."amount" * 1000) AS Nullable(Int256)) AS Nullable(Int256))) AS Nullable(Float64)) / nullif(count(CAST(round("e2"."amount" * 1000) AS Nullable(Int256))) * 1, 0) AS "anon_1" 
FROM "orders" AS "e2" 
WHERE "e2"."customer_id" IN (SELECT "p2"."id" 
FROM "customers" AS "p2" 
WHERE "p2"."id" IN (SELECT "e3"."customer_id" 
FROM "orders" AS "e3" 
WHERE "e3"."at" >= CAST(:at_2 AS Nullable(DateTime64(6, 'UTC'))) AND "e3"."at" < CAST(:at_3 AS Nullable(DateTime64(6, 'UTC'))))) AND "e2"."at" < CAST(:at_4 AS Nullable(DateTime64(6, 'UTC')))) AS Nullable(Float64)), 9) ORDER BY "p"."id"
-- at_1 = '2026-11-22 09:00:00'
-- number_1 = '2'
-- at_2 = '2025-11-22 09:00:00'
-- at_3 = '2026-11-22 09:00:00'
-- at_4 = '2026-11-22 09:00:00'
