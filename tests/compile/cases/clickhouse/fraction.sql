-- fraction of visit where (device is "phone") in last 90 days >= 70%
SELECT "p"."id" AS "id" 
FROM "customers" AS "p" LEFT OUTER JOIN (SELECT "e"."who" AS "k", count(*) AS "v" 
FROM "web"."log" AS "e" 
WHERE "e"."kind" = :kind_1 AND "e"."ts" >= :at_1 AND "e"."ts" < :at_2 AND CAST("e"."device" AS TEXT) = :device_1 GROUP BY "e"."who") AS "m" ON "m"."k" = "p"."id" LEFT OUTER JOIN (SELECT "e2"."who" AS "k", count(*) AS "v" 
FROM "web"."log" AS "e2" 
WHERE "e2"."kind" = :kind_2 AND "e2"."ts" >= :at_3 AND "e2"."ts" < :at_4 GROUP BY "e2"."who") AS "m2" ON "m2"."k" = "p"."id" 
WHERE CAST(coalesce("m"."v", 0) AS Nullable(Float64)) / nullif(CAST(coalesce("m2"."v", 0) AS Nullable(Float64)), 0) >= :number_1 ORDER BY "p"."id"
-- kind_1 = 'visit'
-- at_1 = '1787558400'
-- at_2 = '1795338000'
-- device_1 = 'phone'
-- kind_2 = 'visit'
-- at_3 = '1787558400'
-- at_4 = '1795338000'
-- number_1 = '0.7'
