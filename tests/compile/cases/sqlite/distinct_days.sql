-- did visit where (local hour of happened_at < 5) on at least 3 local days in last 30 days
SELECT p."id" AS id 
FROM "customers" AS p 
WHERE p."id" IN (SELECT e."who" 
FROM "web"."log" AS e JOIN "customers" AS p2 ON p2."id" = e."who" 
WHERE e."kind" = :kind_1 AND e."ts" >= :at_1 AND e."ts" < :at_2 AND CAST(strftime(:param_1, orc_wall(CAST(round(e."ts" * 1000000) AS INTEGER), CAST(p2."timezone" AS TEXT), :zone_1), :param_2) AS INTEGER) < :number_1 AND e."who" IS NOT NULL GROUP BY e."who" 
HAVING count(DISTINCT orc_floor(orc_wall(CAST(round(e."ts" * 1000000) AS INTEGER), CAST(p2."timezone" AS TEXT), :zone_2), 86400)) >= :times_1) ORDER BY p."id"
-- kind_1 = 'visit'
-- at_1 = '1792742400'
-- at_2 = '1795338000'
-- param_1 = '%H'
-- zone_1 = 'Europe/Berlin'
-- param_2 = 'unixepoch'
-- number_1 = '5'
-- zone_2 = 'Europe/Berlin'
-- times_1 = '3'
