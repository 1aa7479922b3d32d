-- did purchase since last visit
SELECT "p"."id" AS "id" 
FROM "customers" AS "p" 
WHERE "p"."id" IN (SELECT "e"."customer_id" 
FROM "orders" AS "e" LEFT OUTER JOIN (SELECT "e2"."who" AS "k", max("e2"."ts") AS "v" 
FROM "web"."log" AS "e2" 
WHERE "e2"."kind" = :kind_1 AND "e2"."ts" < :at_1 GROUP BY "e2"."who") AS "m" ON "m"."k" = "e"."customer_id" 
WHERE "e"."at" < CAST(:at_2 AS Nullable(DateTime64(6, 'UTC'))) AND toUnixTimestamp64Micro(CAST("e"."at" AS Nullable(DateTime64(6, 'UTC')))) > CAST(round("m"."v" * 1000000) AS Nullable(Int64))) ORDER BY "p"."id"
-- kind_1 = 'visit'
-- at_1 = '1795338000'
-- at_2 = '2026-11-22 09:00:00'
