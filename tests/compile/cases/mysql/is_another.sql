-- email is language
SELECT p.`id` AS id 
FROM `customers` AS p 
WHERE CAST(p.`email` AS CHAR) = CAST(p.`language` AS CHAR) ORDER BY p.`id`
