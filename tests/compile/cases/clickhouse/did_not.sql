-- did not visit in last 90 days
SELECT "p"."id" AS "id" 
FROM "customers" AS "p" LEFT OUTER JOIN (SELECT "e"."who" AS "k", count(*) AS "v" 
FROM "web"."log" AS "e" 
WHERE "e"."kind" = :kind_1 AND "e"."ts" >= :at_1 AND "e"."ts" < :at_2 GROUP BY "e"."who") AS "m" ON "m"."k" = "p"."id" 
WHERE "m"."v" IS NULL ORDER BY "p"."id"
-- kind_1 = 'visit'
-- at_1 = '1787558400'
-- at_2 = '1795338000'
