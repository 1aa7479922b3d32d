-- days since last purchase >= 60
SELECT p."id" AS id 
FROM "customers" AS p 
WHERE (EXISTS (SELECT 1 
FROM "orders" AS e 
WHERE e."customer_id" = p."id" AND e."at" < :at_1)) AND NOT (EXISTS (SELECT 1 
FROM "orders" AS e2 
WHERE e2."customer_id" = p."id" AND e2."at" < :at_2 AND e2."at" >= :at_3 AND (e2."at" NOT IN (:at_4, :at_5, :at_6, :at_7, :at_8, :at_9, :at_10, :at_11, :at_12, :at_13)))) ORDER BY p."id"
-- at_1 = '2026-11-22 09:00'
-- at_2 = '2026-11-22 09:00'
-- at_3 = '2026-09-23 08:00'
-- at_4 = '2026-09-23 08:00:00'
-- at_5 = '2026-09-23 08:00:00.0'
-- at_6 = '2026-09-23 08:00:00.000'
-- at_7 = '2026-09-23 08:00:00.000000'
-- at_8 = '2026-09-23 08:00:00Z'
-- at_9 = '2026-09-23 08:00:00.000Z'
-- at_10 = '2026-09-23 08:00:00.000000Z'
-- at_11 = '2026-09-23 08:00:00+00:00'
-- at_12 = '2026-09-23 08:00:00.000000+00:00'
-- at_13 = '2026-09-23 08:00'
