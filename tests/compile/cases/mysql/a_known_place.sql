-- location is known
SELECT p.`id` AS id 
FROM `customers` AS p 
WHERE p.`lat` * 1e0 >= -90 AND p.`lat` * 1e0 <= 90 AND p.`lon` * 1e0 >= -180 AND p.`lon` * 1e0 <= 180 ORDER BY p.`id`
