-- created_at is in this month
SELECT p.`id` AS id 
FROM `customers` AS p 
WHERE p.`created_at` >= :at_1 AND p.`created_at` < :at_2 ORDER BY p.`id`
-- at_1 = '2026-10-31 23:00:00'
-- at_2 = '2026-11-30 23:00:00'
