WITH orc_ranked AS 
(SELECT p2."id" AS id, coalesce(coalesce((SELECT sum(CAST(round(e."amount" * 1000) AS INTEGER)) AS sum_1 
FROM "orders" AS e 
WHERE e."customer_id" = p2."id" AND e."at" >= :at_3 AND e."at" < :at_4), 0), :number_1) AS v 
FROM "customers" AS p2 
WHERE EXISTS (SELECT 1 
FROM "orders" AS e2 
WHERE e2."customer_id" = p2."id" AND e2."at" >= :at_5 AND e2."at" < :at_6))
 SELECT p."id" AS id, CASE WHEN (p."created_at" >= :at_1 AND p."created_at" < :at_2) THEN CAST(:cell_1 AS TEXT) WHEN (p."id" IN (SELECT a.id 
FROM (SELECT orc_ranked.id AS id, rank() OVER (ORDER BY orc_ranked.v DESC) AS r, count(*) OVER () AS n 
FROM orc_ranked) AS a 
WHERE (a.r - 1) * :of_1 < a.n * :share_1)) THEN CAST(:cell_2 AS TEXT) ELSE CAST(:cell_3 AS TEXT) END AS cell 
FROM "customers" AS p 
WHERE EXISTS (SELECT 1 
FROM "orders" AS e3 
WHERE e3."customer_id" = p."id" AND e3."at" >= :at_7 AND e3."at" < :at_8) ORDER BY p."id"
