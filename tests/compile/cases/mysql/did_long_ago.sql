-- did purchase in last 365 days
SELECT p.`id` AS id 
FROM `customers` AS p 
WHERE p.`id` IN (SELECT e.`customer_id` 
FROM `orders` AS e 
WHERE e.`at` >= :at_1 AND e.`at` < :at_2) ORDER BY p.`id`
-- at_1 = '2025-11-22 09:00:00'
-- at_2 = '2026-11-22 09:00:00'
