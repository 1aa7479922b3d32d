-- in sample 5% salt "2026H2" and country is "DE" and not (age > 3 and in sample 50% salt "x")
SELECT "p"."id" AS "id", CASE WHEN ("p"."age" > :age_1) THEN 1 ELSE 0 END AS "flag__0" 
FROM "customers" AS "p" 
WHERE CAST("p"."country" AS TEXT) = :country_1 ORDER BY "p"."id"
-- age_1 = '3'
-- country_1 = 'DE'
