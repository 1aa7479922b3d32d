WITH orc_ranked AS 
(SELECT p2."id" AS id, coalesce(coalesce(m.v, 0), :number_1) AS v 
FROM "customers" AS p2 LEFT OUTER JOIN (SELECT e."customer_id" AS k, sum(CAST(e."amount" * 1000 AS BIGINT)) AS v 
FROM "orders" AS e 
WHERE e."at" >= :at_3 AND e."at" < :at_4 GROUP BY e."customer_id") AS m ON m.k = p2."id" 
WHERE p2."id" IN (SELECT e2."customer_id" 
FROM "orders" AS e2 
WHERE e2."at" >= :at_5 AND e2."at" < :at_6))
 SELECT p."id" AS id, CASE WHEN (p."created_at" >= :at_1 AND p."created_at" < :at_2) THEN CAST(:cell_1 AS TEXT) WHEN (m3.k IS NOT NULL) THEN CAST(:cell_2 AS TEXT) ELSE CAST(:cell_3 AS TEXT) END AS cell 
FROM "customers" AS p LEFT OUTER JOIN (SELECT m2.id AS k 
FROM (SELECT a.id AS id 
FROM (SELECT orc_ranked.id AS id, rank() OVER (ORDER BY orc_ranked.v DESC) AS r, count(*) OVER () AS n 
FROM orc_ranked) AS a 
WHERE (a.r - 1) * :of_1 < a.n * :share_1) AS m2) AS m3 ON m3.k = p."id" 
WHERE p."id" IN (SELECT e3."customer_id" 
FROM "orders" AS e3 
WHERE e3."at" >= :at_7 AND e3."at" < :at_8) ORDER BY p."id"
