-- country is one of ("DE", "AT") and age is missing and email is known and plan is not "pro" and (count of visit in last 30 days > 3 or sum of purchase.amount ever > 500 EUR)
SELECT p."id" AS id 
FROM "customers" AS p LEFT OUTER JOIN (SELECT e."who" AS k, count(*) AS v 
FROM "web"."log" AS e 
WHERE e."kind" = :kind_1 AND e."ts" >= :at_1 AND e."ts" < :at_2 GROUP BY e."who") AS m ON m.k = p."id" LEFT OUTER JOIN (SELECT e2."customer_id" AS k, sum(CAST(e2."amount" * 1000 AS BIGINT)) AS v 
FROM "orders" AS e2 
WHERE e2."at" < :at_3 GROUP BY e2."customer_id") AS m2 ON m2.k = p."id" 
WHERE CAST(p."country" AS TEXT) IN (:item_1, :item_2) AND p."age" IS NULL AND p."email" IS NOT NULL AND (CAST(p."plan" AS TEXT) = :plan_1) IS NOT true AND (m.v > :number_1 OR m2.v > :number_2) ORDER BY p."id"
-- kind_1 = 'visit'
-- at_1 = '1792742400'
-- at_2 = '1795338000'
-- at_3 = '2026-11-22 09:00:00+00:00'
-- item_1 = 'DE'
-- item_2 = 'AT'
-- plan_1 = 'pro'
-- number_1 = '3'
-- number_2 = '500000'
