-- created_at is after 2026-11-01T10:00
SELECT "p"."id" AS "id" 
FROM "customers" AS "p" 
WHERE "p"."created_at" > CAST(:at_1 AS Nullable(DateTime64(6, 'UTC'))) ORDER BY "p"."id"
-- at_1 = '2026-11-01 09:00:00'
