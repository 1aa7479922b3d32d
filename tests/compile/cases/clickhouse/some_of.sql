-- at least 2 of (age > 3, did purchase ever, email is known)
SELECT "p"."id" AS "id" 
FROM "customers" AS "p" LEFT OUTER JOIN (SELECT "e"."customer_id" AS "k", count(*) AS "v" 
FROM "orders" AS "e" 
WHERE "e"."at" < CAST(:at_1 AS Nullable(DateTime64(6, 'UTC'))) GROUP BY "e"."customer_id") AS "m" ON "m"."k" = "p"."id" 
WHERE CASE WHEN ("p"."age" > :age_1) THEN 1 ELSE 0 END + CASE WHEN ("m"."v" IS NOT NULL) THEN 1 ELSE 0 END + CASE WHEN ("p"."email" IS NOT NULL) THEN 1 ELSE 0 END >= :count_1 ORDER BY "p"."id"
-- at_1 = '2026-11-22 09:00:00'
-- age_1 = '3'
-- count_1 = '2'
