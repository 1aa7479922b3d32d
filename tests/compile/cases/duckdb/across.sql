-- avg of purchase.amount ever > 2 * avg of purchase.amount ever across segment buyers
SELECT p."id" AS id 
FROM "customers" AS p LEFT OUTER JOIN (SELECT e."customer_id" AS k, CAST(sum(CAST(e."amount" * 1000 AS BIGINT)) AS DOUBLE) / (count(CAST(e."amount" * 1000 AS BIGINT)) * 1) AS v 
FROM "orders" AS e 
WHERE e."at" < :at_1 GROUP BY e."customer_id") AS m ON m.k = p."id" 
WHERE m.v > round(CAST(:number_1 AS DOUBLE) * CAST((SELECT CAST(sum(CAST(e2."amount" * 1000 AS BIGINT)) AS DOUBLE) / (count(CAST(e2."amount" * 1000 AS BIGINT)) * 1) AS anon_1 
FROM "orders" AS e2 
WHERE e2."customer_id" IN (SELECT p2."id" 
FROM "customers" AS p2 
WHERE p2."id" IN (SELECT e3."customer_id" 
FROM "orders" AS e3 
WHERE e3."at" >= :at_2 AND e3."at" < :at_3)) AND e2."at" < :at_4) AS DOUBLE), 9) ORDER BY p."id"
-- at_1 = '2026-11-22 09:00:00+00:00'
-- number_1 = '2'
-- at_2 = '2025-11-22 09:00:00+00:00'
-- at_3 = '2026-11-22 09:00:00+00:00'
-- at_4 = '2026-11-22 09:00:00+00:00'
