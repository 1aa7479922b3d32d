-- last visit.device is "phone"
SELECT "p"."id" AS "id" 
FROM "customers" AS "p" LEFT OUTER JOIN (SELECT "o"."k" AS "k", "o"."v" AS "v" 
FROM (SELECT "e"."who" AS "k", CAST("e"."device" AS TEXT) AS "v", row_number() OVER (PARTITION BY "e"."who" ORDER BY "e"."ts" DESC) AS "r" 
FROM "web"."log" AS "e" 
WHERE "e"."kind" = :kind_1 AND "e"."ts" < :at_1) AS "o" 
WHERE "o"."r" = 1) AS "m" ON "m"."k" = "p"."id" 
WHERE "m"."v" = :text_1 ORDER BY "p"."id"
-- kind_1 = 'visit'
-- at_1 = '1795338000'
-- text_1 = 'phone'
