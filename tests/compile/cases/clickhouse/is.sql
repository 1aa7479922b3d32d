-- country is "DE"
SELECT "p"."id" AS "id" 
FROM "customers" AS "p" 
WHERE CAST("p"."country" AS TEXT) = :country_1 ORDER BY "p"."id"
-- country_1 = 'DE'
