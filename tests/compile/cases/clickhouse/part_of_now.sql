-- month of now is one of (11, 12)
SELECT "p"."id" AS "id" 
FROM "customers" AS "p" 
WHERE true ORDER BY "p"."id"
