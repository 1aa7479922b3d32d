-- did purchase in last 30 days
SELECT "p"."id" AS "id" 
FROM "customers" AS "p" 
WHERE "p"."id" IN (SELECT "e"."customer_id" 
FROM "orders" AS "e" 
WHERE "e"."at" >= CAST(:at_1 AS Nullable(DateTime64(6, 'UTC'))) AND "e"."at" < CAST(:at_2 AS Nullable(DateTime64(6, 'UTC')))) ORDER BY "p"."id"
-- at_1 = '2026-10-23 08:00:00'
-- at_2 = '2026-11-22 09:00:00'
