-- revenue - 5 EUR > 10 EUR
SELECT p."id" AS id 
FROM "customers" AS p LEFT OUTER JOIN (SELECT e."customer_id" AS k, sum(CAST(e."amount" * 1000 AS BIGINT)) AS v 
FROM "orders" AS e 
WHERE e."at" >= :at_1 AND e."at" < :at_2 GROUP BY e."customer_id") AS m ON m.k = p."id" 
WHERE CAST(coalesce(coalesce(m.v, 0), :number_1) AS HUGEINT) - CAST(:number_2 AS HUGEINT) > :number_3 ORDER BY p."id"
-- at_1 = '2025-11-22 09:00:00+00:00'
-- at_2 = '2026-11-22 09:00:00+00:00'
-- number_1 = '0'
-- number_2 = '5000'
-- number_3 = '10000'
