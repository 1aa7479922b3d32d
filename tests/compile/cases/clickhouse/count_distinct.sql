-- count distinct of purchase.coupon ever > 2
SELECT "p"."id" AS "id" 
FROM "customers" AS "p" LEFT OUTER JOIN (SELECT "e"."customer_id" AS "k", count(DISTINCT CAST("e"."coupon" AS TEXT)) AS "v" 
FROM "orders" AS "e" 
WHERE "e"."at" < CAST(:at_1 AS Nullable(DateTime64(6, 'UTC'))) GROUP BY "e"."customer_id") AS "m" ON "m"."k" = "p"."id" 
WHERE "m"."v" > :number_1 ORDER BY "p"."id"
-- at_1 = '2026-11-22 09:00:00'
-- number_1 = '2'
