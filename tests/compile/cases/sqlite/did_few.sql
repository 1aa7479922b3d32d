-- did purchase at most 3 times ever
SELECT p."id" AS id 
FROM "customers" AS p 
WHERE (SELECT count(*) AS count_1 
FROM "orders" AS e 
WHERE e."customer_id" = p."id" AND e."at" < :at_1) <= :times_1 ORDER BY p."id"
-- at_1 = '2026-11-22 09:00'
-- times_1 = '3'
