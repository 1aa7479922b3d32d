-- did visit in last 24 hours then not yet purchase where (amount > 40 EUR)
SELECT "p"."id" AS "id" 
FROM "customers" AS "p" 
WHERE "p"."id" IN (SELECT DISTINCT "w"."k" AS "id" 
FROM (SELECT "u"."k" AS "k", "u"."t" AS "t", "u"."o" AS "o", min(CASE WHEN ("u"."o" = 1) THEN "u"."t" END) OVER (PARTITION BY "u"."k" ORDER BY "u"."t" DESC, "u"."o" ASC ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS "n" 
FROM (SELECT "e2"."who" AS "k", CAST(round("e2"."ts" * 1000000) AS Nullable(Int64)) AS "t", 0 AS "o" 
FROM "web"."log" AS "e2" 
WHERE "e2"."kind" = :kind_1 AND "e2"."ts" >= :at_1 AND "e2"."ts" < :at_2 UNION ALL SELECT "e"."customer_id" AS "k", toUnixTimestamp64Micro(CAST("e"."at" AS Nullable(DateTime64(6, 'UTC')))) AS "t", 1 AS "o" 
FROM "orders" AS "e" 
WHERE "e"."at" < CAST(:at_3 AS Nullable(DateTime64(6, 'UTC'))) AND "e"."at" >= CAST(:at_4 AS Nullable(DateTime64(6, 'UTC'))) AND "e"."amount" > :amount_1) AS "u") AS "w" 
WHERE "w"."o" = 0 AND "w"."n" IS NULL AND "w"."k" IS NOT NULL) ORDER BY "p"."id"
-- kind_1 = 'visit'
-- at_1 = '1795251600'
-- at_2 = '1795338000'
-- at_3 = '2026-11-22 09:00:00'
-- at_4 = '2026-11-21 09:00:00'
-- amount_1 = '40'
