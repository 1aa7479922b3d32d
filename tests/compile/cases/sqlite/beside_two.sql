-- country is one of ("DE", "AT") and age is missing and email is known and plan is not "pro" and (count of visit in last 30 days > 3 or sum of purchase.amount ever > 500 EUR)
SELECT p."id" AS id 
FROM "customers" AS p 
WHERE p."country" IN (:item_1, :item_2) AND p."age" IS NULL AND p."email" IS NOT NULL AND (p."plan" = :plan_1) IS NOT 1 AND ((SELECT count(*) AS count_1 
FROM "web"."log" AS e 
WHERE e."who" = p."id" AND e."kind" = :kind_1 AND e."ts" >= :at_1 AND e."ts" < :at_2) > :number_1 OR (SELECT sum(CAST(round(e2."amount" * 1000) AS INTEGER)) AS sum_1 
FROM "orders" AS e2 
WHERE e2."customer_id" = p."id" AND e2."at" < :at_3) > :number_2) ORDER BY p."id"
-- item_1 = 'DE'
-- item_2 = 'AT'
-- plan_1 = 'pro'
-- kind_1 = 'visit'
-- at_1 = '1792742400'
-- at_2 = '1795338000'
-- number_1 = '3'
-- at_3 = '2026-11-22 09:00'
-- number_2 = '500000'
