SELECT p."id" AS id, CAST(coalesce(coalesce(m.v, 0), :number_1) AS DOUBLE) / 1000 AS value 
FROM "customers" AS p LEFT OUTER JOIN (SELECT e."customer_id" AS k, sum(CAST(e."amount" * 1000 AS BIGINT)) AS v 
FROM "orders" AS e 
WHERE e."at" >= :at_1 AND e."at" < :at_2 GROUP BY e."customer_id") AS m ON m.k = p."id" ORDER BY p."id"
