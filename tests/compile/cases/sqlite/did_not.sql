-- did not visit in last 90 days
SELECT p."id" AS id 
FROM "customers" AS p 
WHERE (p."id" NOT IN (SELECT e."who" 
FROM "web"."log" AS e 
WHERE e."kind" = :kind_1 AND e."ts" >= :at_1 AND e."ts" < :at_2 AND e."who" IS NOT NULL)) ORDER BY p."id"
-- kind_1 = 'visit'
-- at_1 = '1787558400'
-- at_2 = '1795338000'
