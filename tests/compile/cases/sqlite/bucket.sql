-- r is 5 and f is 5 and m >= 4
WITH orc_bucket AS 
(SELECT p2."id" AS id, orc_floor(1795341600000000 - orc_moved(orc_micros((SELECT max(e."at") AS max_1 
FROM "orders" AS e 
WHERE e."customer_id" = p2."id" AND e."at" < :at_1)), :clock_1, :clock_2), 86400000000) AS v 
FROM "customers" AS p2 
WHERE 1 = 1), 
orc_bucket2 AS 
(SELECT p3."id" AS id, coalesce((SELECT count(*) AS count_1 
FROM "orders" AS e2 
WHERE e2."customer_id" = p3."id" AND e2."at" >= :at_2 AND e2."at" < :at_3), 0) AS v 
FROM "customers" AS p3 
WHERE 1 = 1), 
orc_bucket3 AS 
(SELECT p4."id" AS id, coalesce(coalesce((SELECT sum(CAST(round(e3."amount" * 1000) AS INTEGER)) AS sum_1 
FROM "orders" AS e3 
WHERE e3."customer_id" = p4."id" AND e3."at" >= :at_4 AND e3."at" < :at_5), 0), :number_1) AS v, p4."country" AS g 
FROM "customers" AS p4 
WHERE EXISTS (SELECT 1 
FROM "orders" AS e4 
WHERE e4."customer_id" = p4."id" AND e4."at" >= :at_6 AND e4."at" < :at_7))
 SELECT p."id" AS id 
FROM "customers" AS p LEFT OUTER JOIN (SELECT a.id AS k, CAST((a.x - a.x % a.n) / a.n AS BIGINT) + 1 AS v 
FROM (SELECT orc_bucket.id AS id, (rank() OVER (ORDER BY orc_bucket.v DESC) - 1) * 5 AS x, count(*) OVER () AS n 
FROM orc_bucket 
WHERE orc_bucket.v IS NOT NULL) AS a) AS m ON m.k = p."id" LEFT OUTER JOIN (SELECT a2.id AS k, CAST((a2.x - a2.x % a2.n) / a2.n AS BIGINT) + 1 AS v 
FROM (SELECT orc_bucket2.id AS id, (rank() OVER (ORDER BY orc_bucket2.v ASC) - 1) * 5 AS x, count(*) OVER () AS n 
FROM orc_bucket2 
WHERE orc_bucket2.v IS NOT NULL) AS a2) AS m2 ON m2.k = p."id" LEFT OUTER JOIN (SELECT a3.id AS k, CAST((a3.x - a3.x % a3.n) / a3.n AS BIGINT) + 1 AS v 
FROM (SELECT orc_bucket3.id AS id, (rank() OVER (PARTITION BY orc_bucket3.g ORDER BY orc_bucket3.v ASC) - 1) * 5 AS x, count(*) OVER (PARTITION BY orc_bucket3.g) AS n 
FROM orc_bucket3 
WHERE orc_bucket3.v IS NOT NULL AND orc_bucket3.g IS NOT NULL) AS a3) AS m3 ON m3.k = p."id" 
WHERE m.v = :number_2 AND m2.v = :number_3 AND m3.v >= :number_4 ORDER BY p."id"
-- at_1 = '2026-11-22 09:00'
-- clock_1 = '-1693706400000000 -1680483600000000 -1663455600000000 -1650150000000000 -1632006000000000 -1618700400000000 -938905200000000 -857257200000000 -844556400000000 -828226800000000 -812502000000000 -796777200000000 -781052400000000 -776563200000000 -765936000000000 -761180400000000 -748479600000000 -7332'
-- clock_2 = '3600000000 7200000000 3600000000 7200000000 3600000000 7200000000 3600000000 7200000000 3600000000 7200000000 3600000000 7200000000 3600000000 7200000000 10800000000 7200000000 3600000000 7200000000 3600000000 7200000000 10800000000 7200000000 3600000000 7200000000 3600000000 7200000000 3600000000 7'
-- at_2 = '2025-11-22 09:00'
-- at_3 = '2026-11-22 09:00'
-- at_4 = '2025-11-22 09:00'
-- at_5 = '2026-11-22 09:00'
-- number_1 = '0'
-- at_6 = '2025-11-22 09:00'
-- at_7 = '2026-11-22 09:00'
-- number_2 = '5'
-- number_3 = '5'
-- number_4 = '4'
