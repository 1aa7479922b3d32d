-- last visit.device is "phone"
SELECT p."id" AS id 
FROM "customers" AS p 
WHERE (SELECT e."device" 
FROM "web"."log" AS e 
WHERE e."who" = p."id" AND e."kind" = :kind_1 AND e."ts" < :at_1 ORDER BY e."ts" DESC
 LIMIT 1 OFFSET :param_1) = :text_1 ORDER BY p."id"
-- kind_1 = 'visit'
-- at_1 = '1795338000'
-- param_1 = '0'
-- text_1 = 'phone'
