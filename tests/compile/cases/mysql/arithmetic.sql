-- points * 2 - age / 3 > 10
SELECT p.`id` AS id 
FROM `customers` AS p 
WHERE CAST(CAST(p.`points` AS DECIMAL(65, 0)) * CAST(:number_1 AS DECIMAL(65, 0)) AS DECIMAL(65, 0)) - CAST(p.`age` AS DECIMAL(65, 0)) / nullif(CAST(:number_2 AS DECIMAL(65, 0)), 0) > :number_3 ORDER BY p.`id`
-- number_1 = '2'
-- number_2 = '3'
-- number_3 = '10'
