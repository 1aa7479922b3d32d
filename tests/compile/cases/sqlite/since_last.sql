-- did purchase since last visit
SELECT p."id" AS id 
FROM "customers" AS p 
WHERE EXISTS (SELECT 1 
FROM "orders" AS e 
WHERE e."customer_id" = p."id" AND e."at" < :at_1 AND orc_micros(e."at") > CAST(round((SELECT max(e2."ts") AS max_1 
FROM "web"."log" AS e2 
WHERE e2."who" = p."id" AND e2."kind" = :kind_1 AND e2."ts" < :at_2) * 1000000) AS INTEGER)) ORDER BY p."id"
-- at_1 = '2026-11-22 09:00'
-- kind_1 = 'visit'
-- at_2 = '1795338000'
