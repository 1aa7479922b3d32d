-- birth_date is in last 7 days
SELECT "p"."id" AS "id" 
FROM "customers" AS "p" 
WHERE CAST("p"."birth_date" AS Nullable(Date32)) >= CAST(:day_1 AS Nullable(Date32)) AND CAST("p"."birth_date" AS Nullable(Date32)) < CAST(:day_2 AS Nullable(Date32)) ORDER BY "p"."id"
-- day_1 = '2026-11-16'
-- day_2 = '2026-11-23'
