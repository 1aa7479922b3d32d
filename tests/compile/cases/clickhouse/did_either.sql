-- did purchase in last 365 days or did visit in last 200 days
SELECT "p"."id" AS "id" 
FROM "customers" AS "p" 
WHERE "p"."id" IN (SELECT "e"."customer_id" 
FROM "orders" AS "e" 
WHERE "e"."at" >= CAST(:at_1 AS Nullable(DateTime64(6, 'UTC'))) AND "e"."at" < CAST(:at_2 AS Nullable(DateTime64(6, 'UTC'))) UNION ALL SELECT "e2"."who" 
FROM "web"."log" AS "e2" 
WHERE "e2"."kind" = :kind_1 AND "e2"."ts" >= :at_3 AND "e2"."ts" < :at_4) ORDER BY "p"."id"
-- at_1 = '2025-11-22 09:00:00'
-- at_2 = '2026-11-22 09:00:00'
-- kind_1 = 'visit'
-- at_3 = '1778054400'
-- at_4 = '1795338000'
