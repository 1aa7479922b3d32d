-- did purchase in last 30 days then purchase with same coupon within 1 day then not visit within 3 days
WITH "orc_step" AS 
(SELECT "w"."k" AS "k", "w"."t" AS "t", "w"."v0" AS "v0" 
FROM (SELECT "u"."k" AS "k", "u"."t" AS "t", "u"."v0" AS "v0", "u"."o" AS "o", min(CASE WHEN ("u"."o" = 1) THEN "u"."t" END) OVER (PARTITION BY "u"."k" ORDER BY "u"."t" DESC, "u"."o" ASC ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS "n" 
FROM (SELECT "e2"."customer_id" AS "k", toUnixTimestamp64Micro(CAST("e2"."at" AS Nullable(DateTime64(6, 'UTC')))) AS "t", CAST("e2"."coupon" AS TEXT) AS "v0", 0 AS "o" 
FROM "orders" AS "e2" 
WHERE "e2"."at" >= CAST(:at_1 AS Nullable(DateTime64(6, 'UTC'))) AND "e2"."at" < CAST(:at_2 AS Nullable(DateTime64(6, 'UTC'))) UNION ALL SELECT "e"."who" AS "k", CAST(round("e"."ts" * 1000000) AS Nullable(Int64)) AS "t", NULL AS "v0", 1 AS "o" 
FROM "web"."log" AS "e" 
WHERE "e"."kind" = :kind_1 AND "e"."ts" < :at_3 AND "e"."ts" >= :at_4) AS "u") AS "w" 
WHERE "w"."o" = 0 AND ("w"."n" IS NULL OR "w"."n" - "w"."t" > :within_1))
 SELECT "p"."id" AS "id" 
FROM "customers" AS "p" 
WHERE "p"."id" IN (SELECT DISTINCT "w2"."k" AS "id" 
FROM (SELECT "u2"."k" AS "k", "u2"."t" AS "t", "u2"."o" AS "o", min(CASE WHEN ("u2"."o" = 1) THEN "u2"."t" END) OVER (PARTITION BY "u2"."k", "u2"."s" ORDER BY "u2"."t" DESC, "u2"."o" ASC ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS "n" 
FROM (SELECT "e3"."customer_id" AS "k", toUnixTimestamp64Micro(CAST("e3"."at" AS Nullable(DateTime64(6, 'UTC')))) AS "t", CAST("e3"."coupon" AS TEXT) AS "s", 0 AS "o" 
FROM "orders" AS "e3" 
WHERE "e3"."at" >= CAST(:at_5 AS Nullable(DateTime64(6, 'UTC'))) AND "e3"."at" < CAST(:at_6 AS Nullable(DateTime64(6, 'UTC'))) UNION ALL SELECT "orc_step"."k" AS "k", "orc_step"."t" AS "t", "orc_step"."v0" AS "s", 1 AS "o" 
FROM "orc_step" 
WHERE "orc_step"."v0" IS NOT NULL) AS "u2") AS "w2" 
WHERE "w2"."o" = 0 AND "w2"."n" - "w2"."t" <= :within_2 AND "w2"."k" IS NOT NULL) ORDER BY "p"."id"
-- at_1 = '2026-10-23 08:00:00'
-- at_2 = '2026-11-19 09:00:00'
-- kind_1 = 'visit'
-- at_3 = '1795338000'
-- at_4 = '1792742400'
-- within_1 = '259200000000'
-- at_5 = '2026-10-23 08:00:00'
-- at_6 = '2026-11-22 09:00:00'
-- within_2 = '86400000000'
