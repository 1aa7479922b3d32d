-- country is not one of ("DE", "AT")
SELECT p.`id` AS id 
FROM `customers` AS p 
WHERE (CAST(p.`country` AS CHAR) IN (:item_1, :item_2)) IS NOT true ORDER BY p.`id`
-- item_1 = 'DE'
-- item_2 = 'AT'
