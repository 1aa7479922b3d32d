-- did purchase in each of previous 4 quarters
SELECT "p"."id" AS "id" 
FROM "customers" AS "p" LEFT OUTER JOIN (SELECT "e"."customer_id" AS "k", count(DISTINCT CASE WHEN ("e"."at" < CAST(:at_1 AS Nullable(DateTime64(6, 'UTC')))) THEN 0 WHEN ("e"."at" < CAST(:at_2 AS Nullable(DateTime64(6, 'UTC')))) THEN 1 WHEN ("e"."at" < CAST(:at_3 AS Nullable(DateTime64(6, 'UTC')))) THEN 2 ELSE 3 END) AS "v" 
FROM "orders" AS "e" 
WHERE "e"."at" >= CAST(:at_4 AS Nullable(DateTime64(6, 'UTC'))) AND "e"."at" < CAST(:at_5 AS Nullable(DateTime64(6, 'UTC'))) GROUP BY "e"."customer_id") AS "m" ON "m"."k" = "p"."id" 
WHERE "m"."v" >= :times_1 ORDER BY "p"."id"
-- at_1 = '2025-12-31 23:00:00'
-- at_2 = '2026-03-31 22:00:00'
-- at_3 = '2026-06-30 22:00:00'
-- at_4 = '2025-09-30 22:00:00'
-- at_5 = '2026-09-30 22:00:00'
-- times_1 = '4'
