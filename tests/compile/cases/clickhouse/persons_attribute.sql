-- did purchase where (items > customer.points) ever
SELECT "p"."id" AS "id" 
FROM "customers" AS "p" 
WHERE "p"."id" IN (SELECT "e"."customer_id" 
FROM "orders" AS "e" JOIN "customers" AS "p2" ON "p2"."id" = "e"."customer_id" 
WHERE "e"."at" < CAST(:at_1 AS Nullable(DateTime64(6, 'UTC'))) AND "e"."items" > "p2"."points") ORDER BY "p"."id"
-- at_1 = '2026-11-22 09:00:00'
