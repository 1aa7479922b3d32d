-- did purchase in last 365 days or age > 30
SELECT p."id" AS id 
FROM "customers" AS p 
WHERE (EXISTS (SELECT 1 
FROM "orders" AS e 
WHERE e."customer_id" = p."id" AND e."at" >= :at_1 AND e."at" < :at_2)) OR p."age" > :age_1 ORDER BY p."id"
-- at_1 = '2025-11-22 09:00'
-- at_2 = '2026-11-22 09:00'
-- age_1 = '30'
