-- country is not "DE"
SELECT p.`id` AS id 
FROM `customers` AS p 
WHERE (CAST(p.`country` AS CHAR) = :country_1) IS NOT true ORDER BY p.`id`
-- country_1 = 'DE'
