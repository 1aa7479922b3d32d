-- avg of purchase.amount ever > 2 * avg of purchase.amount ever across segment buyers
SELECT p."id" AS id 
FROM "customers" AS p 
WHERE (SELECT sum(CAST(round(e."amount" * 1000) AS INTEGER)) / (count(CAST(round(e."amount" * 1000) AS INTEGER)) * 1.0) AS anon_1 
FROM "orders" AS e 
WHERE e."customer_id" = p."id" AND e."at" < :at_1) > round(:number_1 * (SELECT sum(CAST(round(e2."amount" * 1000) AS INTEGER)) / (count(CAST(round(e2."amount" * 1000) AS INTEGER)) * 1.0) AS anon_2 
FROM "orders" AS e2 
WHERE e2."customer_id" IN (SELECT p2."id" 
FROM "customers" AS p2 
WHERE EXISTS (SELECT 1 
FROM "orders" AS e3 
WHERE e3."customer_id" = p2."id" AND e3."at" >= :at_2 AND e3."at" < :at_3)) AND e2."at" < :at_4), 9) ORDER BY p."id"
-- at_1 = '2026-11-22 09:00'
-- number_1 = '2'
-- at_2 = '2025-11-22 09:00'
-- at_3 = '2026-11-22 09:00'
-- at_4 = '2026-11-22 09:00'
