-- did purchase during sale_periods and did not purchase outside sale_periods
SELECT p."id" AS id 
FROM "customers" AS p 
WHERE p."id" IN (SELECT e."customer_id" 
FROM "orders" AS e 
WHERE e."at" >= :at_1 AND e."at" < :at_2) AND NOT (EXISTS (SELECT 1 
FROM "orders" AS e2 
WHERE e2."customer_id" = p."id" AND e2."at" < :at_3 AND ((e2."at" >= :at_4) IS NOT true OR (e2."at" < :at_5) IS NOT true))) ORDER BY p."id"
-- at_1 = '2025-11-23 23:00:00+00:00'
-- at_2 = '2025-11-30 23:00:00+00:00'
-- at_3 = '2026-11-22 09:00:00+00:00'
-- at_4 = '2025-11-23 23:00:00+00:00'
-- at_5 = '2025-11-30 23:00:00+00:00'
