-- in segment buyers and not in segment stage.best
WITH orc_ranked AS 
(SELECT p2."id" AS id, coalesce(coalesce((SELECT sum(CAST(round(e3."amount" * 1000) AS INTEGER)) AS sum_1 
FROM "orders" AS e3 
WHERE e3."customer_id" = p2."id" AND e3."at" >= :at_5 AND e3."at" < :at_6), 0), :number_1) AS v 
FROM "customers" AS p2 
WHERE EXISTS (SELECT 1 
FROM "orders" AS e4 
WHERE e4."customer_id" = p2."id" AND e4."at" >= :at_7 AND e4."at" < :at_8))
 SELECT p."id" AS id 
FROM "customers" AS p 
WHERE (EXISTS (SELECT 1 
FROM "orders" AS e 
WHERE e."customer_id" = p."id" AND e."at" >= :at_1 AND e."at" < :at_2)) AND (NOT (EXISTS (SELECT 1 
FROM "orders" AS e2 
WHERE e2."customer_id" = p."id" AND e2."at" >= :at_3 AND e2."at" < :at_4)) OR (p."id" NOT IN (SELECT a.id 
FROM (SELECT orc_ranked.id AS id, rank() OVER (ORDER BY orc_ranked.v DESC) AS r, count(*) OVER () AS n 
FROM orc_ranked) AS a 
WHERE (a.r - 1) * :of_1 < a.n * :share_1)) OR p."created_at" >= :at_9 AND p."created_at" < :at_10) ORDER BY p."id"
-- at_1 = '2025-11-22 09:00'
-- at_2 = '2026-11-22 09:00'
-- at_3 = '2025-11-22 09:00'
-- at_4 = '2026-11-22 09:00'
-- at_5 = '2025-11-22 09:00'
-- at_6 = '2026-11-22 09:00'
-- number_1 = '0'
-- at_7 = '2025-11-22 09:00'
-- at_8 = '2026-11-22 09:00'
-- of_1 = '10'
-- share_1 = '1'
-- at_9 = '2026-10-23 08:00'
-- at_10 = '2026-11-22 09:00'
