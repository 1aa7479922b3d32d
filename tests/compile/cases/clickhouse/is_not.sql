-- country is not "DE"
SELECT "p"."id" AS "id" 
FROM "customers" AS "p" 
WHERE NOT coalesce(CAST("p"."country" AS TEXT) = :country_1, false) ORDER BY "p"."id"
-- country_1 = 'DE'
