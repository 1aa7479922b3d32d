-- everyone
SELECT "p"."id" AS "id" 
FROM "customers" AS "p" 
WHERE true ORDER BY "p"."id"
