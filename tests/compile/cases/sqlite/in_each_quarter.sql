-- did purchase in each of previous 4 quarters
SELECT p."id" AS id 
FROM "customers" AS p 
WHERE (SELECT count(DISTINCT CASE WHEN (e."at" < :at_1) THEN 0 WHEN (e."at" < :at_2) THEN 1 WHEN (e."at" < :at_3) THEN 2 ELSE 3 END) AS count_1 
FROM "orders" AS e 
WHERE e."customer_id" = p."id" AND e."at" >= :at_4 AND e."at" < :at_5) >= :times_1 ORDER BY p."id"
-- at_1 = '2025-12-31 23:00'
-- at_2 = '2026-03-31 22:00'
-- at_3 = '2026-06-30 22:00'
-- at_4 = '2025-09-30 22:00'
-- at_5 = '2026-09-30 22:00'
-- times_1 = '4'
