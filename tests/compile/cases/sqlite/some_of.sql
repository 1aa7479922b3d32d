-- at least 2 of (age > 3, did purchase ever, email is known)
SELECT p."id" AS id 
FROM "customers" AS p 
WHERE CASE WHEN (p."age" > :age_1) THEN 1 ELSE 0 END + CASE WHEN (EXISTS (SELECT 1 
FROM "orders" AS e 
WHERE e."customer_id" = p."id" AND e."at" < :at_1)) THEN 1 ELSE 0 END + CASE WHEN (p."email" IS NOT NULL) THEN 1 ELSE 0 END >= :count_1 ORDER BY p."id"
-- age_1 = '3'
-- at_1 = '2026-11-22 09:00'
-- count_1 = '2'
