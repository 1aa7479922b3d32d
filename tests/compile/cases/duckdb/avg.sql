-- avg of purchase.amount ever >= 20 EUR
SELECT p."id" AS id 
FROM "customers" AS p LEFT OUTER JOIN (SELECT e."customer_id" AS k, CAST(sum(CAST(e."amount" * 1000 AS BIGINT)) AS DOUBLE) / (count(CAST(e."amount" * 1000 AS BIGINT)) * 1) AS v 
FROM "orders" AS e 
WHERE e."at" < :at_1 GROUP BY e."customer_id") AS m ON m.k = p."id" 
WHERE m.v >= :number_1 ORDER BY p."id"
-- at_1 = '2026-11-22 09:00:00+00:00'
-- number_1 = '20000'
