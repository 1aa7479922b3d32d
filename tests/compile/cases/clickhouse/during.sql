-- did purchase during sale_periods and did not purchase outside sale_periods
SELECT "p"."id" AS "id" 
FROM "customers" AS "p" LEFT OUTER JOIN (SELECT "e2"."customer_id" AS "k", count(*) AS "v" 
FROM "orders" AS "e2" 
WHERE "e2"."at" < CAST(:at_1 AS Nullable(DateTime64(6, 'UTC'))) AND (NOT coalesce("e2"."at" >= CAST(:at_2 AS Nullable(DateTime64(6, 'UTC'))), false) OR NOT coalesce("e2"."at" < CAST(:at_3 AS Nullable(DateTime64(6, 'UTC'))), false)) GROUP BY "e2"."customer_id") AS "m" ON "m"."k" = "p"."id" 
WHERE "p"."id" IN (SELECT "e"."customer_id" 
FROM "orders" AS "e" 
WHERE "e"."at" >= CAST(:at_4 AS Nullable(DateTime64(6, 'UTC'))) AND "e"."at" < CAST(:at_5 AS Nullable(DateTime64(6, 'UTC')))) AND "m"."v" IS NULL ORDER BY "p"."id"
-- at_1 = '2026-11-22 09:00:00'
-- at_2 = '2025-11-23 23:00:00'
-- at_3 = '2025-11-30 23:00:00'
-- at_4 = '2025-11-23 23:00:00'
-- at_5 = '2025-11-30 23:00:00'
