-- country is not one of ("DE", "AT")
SELECT p."id" AS id 
FROM "customers" AS p 
WHERE (p."country" IN (:item_1, :item_2)) IS NOT 1 ORDER BY p."id"
-- item_1 = 'DE'
-- item_2 = 'AT'
