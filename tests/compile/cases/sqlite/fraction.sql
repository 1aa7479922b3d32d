-- fraction of visit where (device is "phone") in last 90 days >= 70%
SELECT p."id" AS id 
FROM "customers" AS p 
WHERE (coalesce((SELECT count(*) AS count_1 
FROM "web"."log" AS e 
WHERE e."who" = p."id" AND e."kind" = :kind_1 AND e."ts" >= :at_1 AND e."ts" < :at_2 AND e."device" = :device_1), 0) * 1.0) / nullif(coalesce((SELECT count(*) AS count_2 
FROM "web"."log" AS e2 
WHERE e2."who" = p."id" AND e2."kind" = :kind_2 AND e2."ts" >= :at_3 AND e2."ts" < :at_4), 0), 0) >= :number_1 ORDER BY p."id"
-- kind_1 = 'visit'
-- at_1 = '1787558400'
-- at_2 = '1795338000'
-- device_1 = 'phone'
-- kind_2 = 'visit'
-- at_3 = '1787558400'
-- at_4 = '1795338000'
-- number_1 = '0.7'
