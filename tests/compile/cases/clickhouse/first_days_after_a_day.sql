-- did visit in first 7 days after 2026-10-01
SELECT "p"."id" AS "id" 
FROM "customers" AS "p" 
WHERE "p"."id" IN (SELECT "e"."who" 
FROM "web"."log" AS "e" 
WHERE "e"."kind" = :kind_1 AND "e"."ts" >= :at_1 AND "e"."ts" < :at_2) ORDER BY "p"."id"
-- kind_1 = 'visit'
-- at_1 = '1790805600'
-- at_2 = '1791410400'
