-- did purchase where (items > customer.points) ever
SELECT p."id" AS id 
FROM "customers" AS p 
WHERE EXISTS (SELECT 1 
FROM "orders" AS e 
WHERE e."customer_id" = p."id" AND e."at" < :at_1 AND e."items" > p."points") ORDER BY p."id"
-- at_1 = '2026-11-22 09:00'
