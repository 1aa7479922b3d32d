-- email is language
SELECT p."id" AS id 
FROM "customers" AS p 
WHERE p."email" = p."language" ORDER BY p."id"
