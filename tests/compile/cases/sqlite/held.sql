-- plan has been "pro" for at least 6 months
SELECT p."id" AS id 
FROM "customers" AS p 
WHERE (SELECT e."plan" 
FROM "plans" AS e 
WHERE e."customer_id" = p."id" AND e."since" < :at_1 AND (e."since" < :at_2 OR e."since" IN (:at_3, :at_4, :at_5, :at_6, :at_7, :at_8, :at_9, :at_10, :at_11, :at_12)) ORDER BY e."since" DESC, e."id" DESC
 LIMIT 1 OFFSET :param_1) = :text_1 AND NOT (EXISTS (SELECT 1 
FROM "plans" AS e2 
WHERE e2."customer_id" = p."id" AND e2."since" < :at_13 AND e2."since" >= :at_14 AND (e2."since" NOT IN (:at_15, :at_16, :at_17, :at_18, :at_19, :at_20, :at_21, :at_22, :at_23, :at_24)) AND (e2."plan" = :value_1) IS NOT 1)) ORDER BY p."id"
-- at_1 = '2026-11-22 09:00'
-- at_2 = '2026-05-22 08:00'
-- at_3 = '2026-05-22 08:00:00'
-- at_4 = '2026-05-22 08:00:00.0'
-- at_5 = '2026-05-22 08:00:00.000'
-- at_6 = '2026-05-22 08:00:00.000000'
-- at_7 = '2026-05-22 08:00:00Z'
-- at_8 = '2026-05-22 08:00:00.000Z'
-- at_9 = '2026-05-22 08:00:00.000000Z'
-- at_10 = '2026-05-22 08:00:00+00:00'
-- at_11 = '2026-05-22 08:00:00.000000+00:00'
-- at_12 = '2026-05-22 08:00'
-- param_1 = '0'
-- text_1 = 'pro'
-- at_13 = '2026-11-22 09:00'
-- at_14 = '2026-05-22 08:00'
-- at_15 = '2026-05-22 08:00:00'
-- at_16 = '2026-05-22 08:00:00.0'
-- at_17 = '2026-05-22 08:00:00.000'
-- at_18 = '2026-05-22 08:00:00.000000'
-- at_19 = '2026-05-22 08:00:00Z'
-- at_20 = '2026-05-22 08:00:00.000Z'
-- at_21 = '2026-05-22 08:00:00.000000Z'
-- at_22 = '2026-05-22 08:00:00+00:00'
-- at_23 = '2026-05-22 08:00:00.000000+00:00'
-- at_24 = '2026-05-22 08:00'
-- value_1 = 'pro'
