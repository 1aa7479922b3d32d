-- did purchase at least 3 times in last 365 days
SELECT "p"."id" AS "id" 
FROM "customers" AS "p" LEFT OUTER JOIN (SELECT "e"."customer_id" AS "k", count(*) AS "v" 
FROM "orders" AS "e" 
WHERE "e"."at" >= CAST(:at_1 AS Nullable(DateTime64(6, 'UTC'))) AND "e"."at" < CAST(:at_2 AS Nullable(DateTime64(6, 'UTC'))) GROUP BY "e"."customer_id") AS "m" ON "m"."k" = "p"."id" 
WHERE "m"."v" >= :times_1 ORDER BY "p"."id"
-- at_1 = '2025-11-22 09:00:00'
-- at_2 = '2026-11-22 09:00:00'
-- times_1 = '3'
