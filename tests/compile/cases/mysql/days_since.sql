-- days since created_at >= 90
SELECT p.`id` AS id 
FROM `customers` AS p 
WHERE p.`created_at` <= :at_1 ORDER BY p.`id`
-- at_1 = '2026-08-24 08:00:00'
