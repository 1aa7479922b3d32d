-- age is missing or email is known
SELECT "p"."id" AS "id" 
FROM "customers" AS "p" 
WHERE "p"."age" IS NULL OR "p"."email" IS NOT NULL ORDER BY "p"."id"
