-- email starts with "a"
SELECT p.`id` AS id 
FROM `customers` AS p 
WHERE CAST(p.`email` AS CHAR) REGEXP :pattern_1 ORDER BY p.`id`
-- pattern_1 = '(?s)\\A[aA]'
