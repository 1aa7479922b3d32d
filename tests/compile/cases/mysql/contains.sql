-- email contains "Ä%_"
SELECT p.`id` AS id 
FROM `customers` AS p 
WHERE CAST(p.`email` AS CHAR) REGEXP :pattern_1 ORDER BY p.`id`
-- pattern_1 = '(?s)[äÄ]\\x{25}\\x{5f}'
