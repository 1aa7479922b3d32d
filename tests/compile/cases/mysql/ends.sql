-- email does not end with "@x.io"
SELECT p.`id` AS id 
FROM `customers` AS p 
WHERE (CAST(p.`email` AS CHAR) REGEXP :pattern_1) IS NOT true ORDER BY p.`id`
-- pattern_1 = '(?s)\\x{40}[xX]\\x{2e}[iI][oO]\\z'
