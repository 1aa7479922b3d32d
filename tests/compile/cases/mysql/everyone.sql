-- everyone
SELECT p.`id` AS id 
FROM `customers` AS p 
WHERE true = 1 ORDER BY p.`id`
