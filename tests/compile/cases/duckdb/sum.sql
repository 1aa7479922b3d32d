-- sum of purchase.amount in last 365 days > 500 EUR
SELECT p."id" AS id 
FROM "customers" AS p LEFT OUTER JOIN (SELECT e."customer_id" AS k, sum(CAST(e."amount" * 1000 AS BIGINT)) AS v 
FROM "orders" AS e 
WHERE e."at" >= :at_1 AND e."at" < :at_2 GROUP BY e."customer_id") AS m ON m.k = p."id" 
WHERE m.v > :number_1 ORDER BY p."id"
-- at_1 = '2025-11-22 09:00:00+00:00'
-- at_2 = '2026-11-22 09:00:00+00:00'
-- number_1 = '500000'
