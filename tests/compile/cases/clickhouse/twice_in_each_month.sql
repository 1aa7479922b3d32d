-- did purchase at least 2 times in each of previous 2 months
SELECT "p"."id" AS "id" 
FROM "customers" AS "p" LEFT OUTER JOIN (SELECT "e"."customer_id" AS "k", count(*) AS "v" 
FROM "orders" AS "e" 
WHERE "e"."at" >= CAST(:at_1 AS Nullable(DateTime64(6, 'UTC'))) AND "e"."at" < CAST(:at_2 AS Nullable(DateTime64(6, 'UTC'))) GROUP BY "e"."customer_id") AS "m" ON "m"."k" = "p"."id" LEFT OUTER JOIN (SELECT "e2"."customer_id" AS "k", count(*) AS "v" 
FROM "orders" AS "e2" 
WHERE "e2"."at" >= CAST(:at_3 AS Nullable(DateTime64(6, 'UTC'))) AND "e2"."at" < CAST(:at_4 AS Nullable(DateTime64(6, 'UTC'))) GROUP BY "e2"."customer_id") AS "m2" ON "m2"."k" = "p"."id" 
WHERE "m"."v" >= :times_1 AND "m2"."v" >= :times_2 ORDER BY "p"."id"
-- at_1 = '2026-09-30 22:00:00'
-- at_2 = '2026-10-31 23:00:00'
-- at_3 = '2026-08-31 22:00:00'
-- at_4 = '2026-09-30 22:00:00'
-- times_1 = '2'
-- times_2 = '2'
