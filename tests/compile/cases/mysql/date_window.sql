-- birth_date is in last 7 days
SELECT p.`id` AS id 
FROM `customers` AS p 
WHERE p.`birth_date` >= :day_1 AND p.`birth_date` < :day_2 ORDER BY p.`id`
-- day_1 = '2026-11-16'
-- day_2 = '2026-11-23'
