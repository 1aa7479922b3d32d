-- days since created_at >= 90
SELECT "p"."id" AS "id" 
FROM "customers" AS "p" 
WHERE "p"."created_at" <= CAST(:at_1 AS Nullable(DateTime64(6, 'UTC'))) ORDER BY "p"."id"
-- at_1 = '2026-08-24 08:00:00'
