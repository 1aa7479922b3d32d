-- country is not "DE"
SELECT p."id" AS id 
FROM "customers" AS p 
WHERE (p."country" = :country_1) IS NOT 1 ORDER BY p."id"
-- country_1 = 'DE'
