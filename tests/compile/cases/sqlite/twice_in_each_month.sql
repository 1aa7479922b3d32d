-- did purchase at least 2 times in each of previous 2 months
SELECT p."id" AS id 
FROM "customers" AS p 
WHERE (SELECT count(*) AS count_1 
FROM "orders" AS e 
WHERE e."customer_id" = p."id" AND e."at" >= :at_1 AND e."at" < :at_2) >= :times_1 AND (SELECT count(*) AS count_2 
FROM "orders" AS e2 
WHERE e2."customer_id" = p."id" AND e2."at" >= :at_3 AND e2."at" < :at_4) >= :times_2 ORDER BY p."id"
-- at_1 = '2026-09-30 22:00'
-- at_2 = '2026-10-31 23:00'
-- times_1 = '2'
-- at_3 = '2026-08-31 22:00'
-- at_4 = '2026-09-30 22:00'
-- times_2 = '2'
