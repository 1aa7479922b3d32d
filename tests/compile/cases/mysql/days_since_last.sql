-- days since last purchase >= 60
SELECT p.`id` AS id 
FROM `customers` AS p 
WHERE p.`id` IN (SELECT e.`customer_id` 
FROM `orders` AS e 
WHERE e.`at` < :at_1) AND NOT (EXISTS (SELECT 1 
FROM `orders` AS e2 
WHERE e2.`customer_id` = p.`id` AND e2.`at` < :at_2 AND e2.`at` > :at_3)) ORDER BY p.`id`
-- at_1 = '2026-11-22 09:00:00'
-- at_2 = '2026-11-22 09:00:00'
-- at_3 = '2026-09-23 08:00:00'
