-- r is 5 and f is 5 and m >= 4
WITH orc_bucket AS 
(SELECT p2."id" AS id, ((1795341600000000 - (CAST(EXTRACT(epoch FROM CAST(m.v AS TIMESTAMP WITH TIME ZONE)) * 1000000 AS BIGINT) + (CAST(:clock_1 AS BIGINT[]))[(width_bucket(CAST(EXTRACT(epoch FROM CAST(m.v AS TIMESTAMP WITH TIME ZONE)) * 1000000 AS BIGINT), (CAST(:clock_2 AS BIGINT[]))) + 1)])) + 86400000000000000) / 86400000000 - 1000000 AS v 
FROM "customers" AS p2 LEFT OUTER JOIN (SELECT e."customer_id" AS k, max(e."at") AS v 
FROM "orders" AS e 
WHERE e."at" < :at_1 GROUP BY e."customer_id") AS m ON m.k = p2."id" 
WHERE true), 
orc_bucket2 AS 
(SELECT p3."id" AS id, coalesce(m3.v, 0) AS v 
FROM "customers" AS p3 LEFT OUTER JOIN (SELECT e2."customer_id" AS k, count(*) AS v 
FROM "orders" AS e2 
WHERE e2."at" >= :at_2 AND e2."at" < :at_3 GROUP BY e2."customer_id") AS m3 ON m3.k = p3."id" 
WHERE true), 
orc_bucket3 AS 
(SELECT p4."id" AS id, coalesce(coalesce(m5.v, 0), :number_1) AS v, CAST(p4."country" AS TEXT) AS g 
FROM "customers" AS p4 LEFT OUTER JOIN (SELECT e3."customer_id" AS k, sum(CAST(e3."amount" AS NUMERIC)) AS v 
FROM "orders" AS e3 
WHERE e3."at" >= :at_4 AND e3."at" < :at_5 GROUP BY e3."customer_id") AS m5 ON m5.k = p4."id" 
WHERE p4."id" IN (SELECT e4."customer_id" 
FROM "orders" AS e4 
WHERE e4."at" >= :at_6 AND e4."at" < :at_7))
 SELECT p."id" AS id 
FROM "customers" AS p LEFT OUTER JOIN (SELECT a.id AS k, CAST((a.x - a.x % a.n) / a.n AS BIGINT) + 1 AS v 
FROM (SELECT orc_bucket.id AS id, (rank() OVER (ORDER BY orc_bucket.v DESC) - 1) * 5 AS x, count(*) OVER () AS n 
FROM orc_bucket 
WHERE orc_bucket.v IS NOT NULL) AS a) AS m2 ON m2.k = p."id" LEFT OUTER JOIN (SELECT a2.id AS k, CAST((a2.x - a2.x % a2.n) / a2.n AS BIGINT) + 1 AS v 
FROM (SELECT orc_bucket2.id AS id, (rank() OVER (ORDER BY orc_bucket2.v ASC) - 1) * 5 AS x, count(*) OVER () AS n 
FROM orc_bucket2 
WHERE orc_bucket2.v IS NOT NULL) AS a2) AS m4 ON m4.k = p."id" LEFT OUTER JOIN (SELECT a3.id AS k, CAST((a3.x - a3.x % a3.n) / a3.n AS BIGINT) + 1 AS v 
FROM (SELECT orc_bucket3.id AS id, (rank() OVER (PARTITION BY orc_bucket3.g ORDER BY orc_bucket3.v ASC) - 1) * 5 AS x, count(*) OVER (PARTITION BY orc_bucket3.g) AS n 
FROM orc_bucket3 
WHERE orc_bucket3.v IS NOT NULL AND orc_bucket3.g IS NOT NULL) AS a3) AS m6 ON m6.k = p."id" 
WHERE m2.v = :number_2 AND m4.v = :number_3 AND m6.v >= :number_4 ORDER BY p."id"
-- clock_1 = '[3600000000, 7200000000, 3600000000, 7200000000, 3600000000, 7200000000, 3600000000, 7200000000, 3600000000, 7200000000, 3600000000, 7200000000, 3600000000, 7200000000, 10800000000, 7200000000, 3600000000, 7200000000, 3600000000, 7200000000, 10800000000, 7200000000, 3600000000, 7200000000, 360000000'
-- clock_2 = '[-1693706400000000, -1680483600000000, -1663455600000000, -1650150000000000, -1632006000000000, -1618700400000000, -938905200000000, -857257200000000, -844556400000000, -828226800000000, -812502000000000, -796777200000000, -781052400000000, -776563200000000, -765936000000000, -761180400000000, -7484'
-- at_1 = '2026-11-22 09:00:00+00:00'
-- at_2 = '2025-11-22 09:00:00+00:00'
-- at_3 = '2026-11-22 09:00:00+00:00'
-- number_1 = '0'
-- at_4 = '2025-11-22 09:00:00+00:00'
-- at_5 = '2026-11-22 09:00:00+00:00'
-- at_6 = '2025-11-22 09:00:00+00:00'
-- at_7 = '2026-11-22 09:00:00+00:00'
-- number_2 = '5'
-- number_3 = '5'
-- number_4 = '4'
