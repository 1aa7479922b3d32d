-- created_at is in this month
SELECT "p"."id" AS "id" 
FROM "customers" AS "p" 
WHERE "p"."created_at" >= CAST(:at_1 AS Nullable(DateTime64(6, 'UTC'))) AND "p"."created_at" < CAST(:at_2 AS Nullable(DateTime64(6, 'UTC'))) ORDER BY "p"."id"
-- at_1 = '2026-10-31 23:00:00'
-- at_2 = '2026-11-30 23:00:00'
