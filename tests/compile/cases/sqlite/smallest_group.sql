-- in smallest group with 80% of revenue within each country among segment buyers
WITH orc_group AS 
(SELECT p2."id" AS id, coalesce(coalesce((SELECT sum(CAST(round(e."amount" * 1000) AS INTEGER)) AS sum_1 
FROM "orders" AS e 
WHERE e."customer_id" = p2."id" AND e."at" >= :at_1 AND e."at" < :at_2), 0), :number_1) AS v, p2."country" AS g 
FROM "customers" AS p2 
WHERE EXISTS (SELECT 1 
FROM "orders" AS e2 
WHERE e2."customer_id" = p2."id" AND e2."at" >= :at_3 AND e2."at" < :at_4))
 SELECT p."id" AS id 
FROM "customers" AS p 
WHERE p."id" IN (SELECT a.id 
FROM (SELECT orc_group.id AS id, sum(orc_group.v) OVER (PARTITION BY orc_group.g ORDER BY orc_group.v DESC) - sum(orc_group.v) OVER (PARTITION BY orc_group.g, orc_group.v) AS h, sum(orc_group.v) OVER (PARTITION BY orc_group.g) AS t 
FROM orc_group 
WHERE orc_group.v IS NOT NULL AND orc_group.g IS NOT NULL AND orc_group.v > 0) AS a 
WHERE a.h * :of_1 < a.t * :share_1) ORDER BY p."id"
-- at_1 = '2025-11-22 09:00'
-- at_2 = '2026-11-22 09:00'
-- number_1 = '0'
-- at_3 = '2025-11-22 09:00'
-- at_4 = '2026-11-22 09:00'
-- of_1 = '5'
-- share_1 = '4'
