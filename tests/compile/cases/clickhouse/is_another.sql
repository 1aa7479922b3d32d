-- email is language
SELECT "p"."id" AS "id" 
FROM "customers" AS "p" 
WHERE CAST("p"."email" AS TEXT) = CAST("p"."language" AS TEXT) ORDER BY "p"."id"
