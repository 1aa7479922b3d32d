-- (did visit since created_at then not purchase within 1 hour then purchase) or age > 30
WITH "orc_step" AS 
(SELECT "w"."k" AS "k", "w"."t" AS "t" 
FROM (SELECT "u"."k" AS "k", "u"."t" AS "t", "u"."o" AS "o", min(CASE WHEN ("u"."o" = 1) THEN "u"."t" END) OVER (PARTITION BY "u"."k" ORDER BY "u"."t" DESC, "u"."o" ASC ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS "n" 
FROM (SELECT "e3"."who" AS "k", CAST(round("e3"."ts" * 1000000) AS Nullable(Int64)) AS "t", 0 AS "o" 
FROM "web"."log" AS "e3" JOIN "customers" AS "p2" ON "p2"."id" = "e3"."who" 
WHERE "e3"."kind" = :kind_1 AND CAST(round("e3"."ts" * 1000000) AS Nullable(Int64)) >= toUnixTimestamp64Micro(CAST("p2"."created_at" AS Nullable(DateTime64(6, 'UTC')))) AND "e3"."ts" < :at_1 UNION ALL SELECT "e2"."customer_id" AS "k", toUnixTimestamp64Micro(CAST("e2"."at" AS Nullable(DateTime64(6, 'UTC')))) AS "t", 1 AS "o" 
FROM "orders" AS "e2" 
WHERE "e2"."at" < CAST(:at_2 AS Nullable(DateTime64(6, 'UTC')))) AS "u") AS "w" 
WHERE "w"."o" = 0 AND ("w"."n" IS NULL OR "w"."n" - "w"."t" > :within_1))
 SELECT "p"."id" AS "id" 
FROM "customers" AS "p" LEFT OUTER JOIN (SELECT "m"."id" AS "k" 
FROM (SELECT DISTINCT "w2"."k" AS "id" 
FROM (SELECT "u2"."k" AS "k", "u2"."t" AS "t", "u2"."o" AS "o", min(CASE WHEN ("u2"."o" = 1) THEN "u2"."t" END) OVER (PARTITION BY "u2"."k" ORDER BY "u2"."t" DESC, "u2"."o" ASC ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS "n" 
FROM (SELECT "orc_step"."k" AS "k", "orc_step"."t" AS "t", 0 AS "o" 
FROM "orc_step" UNION ALL SELECT "e"."customer_id" AS "k", toUnixTimestamp64Micro(CAST("e"."at" AS Nullable(DateTime64(6, 'UTC')))) AS "t", 1 AS "o" 
FROM "orders" AS "e" 
WHERE "e"."at" < CAST(:at_3 AS Nullable(DateTime64(6, 'UTC')))) AS "u2") AS "w2" 
WHERE "w2"."o" = 0 AND "w2"."n" IS NOT NULL AND "w2"."k" IS NOT NULL) AS "m") AS "m2" ON "m2"."k" = "p"."id" 
WHERE "m2"."k" IS NOT NULL OR "p"."age" > :age_1 ORDER BY "p"."id"
-- kind_1 = 'visit'
-- at_1 = '1795334400'
-- at_2 = '2026-11-22 09:00:00'
-- within_1 = '3600000000'
-- at_3 = '2026-11-22 09:00:00'
-- age_1 = '30'
