-- revenue - 5 EUR > 10 EUR
SELECT p."id" AS id 
FROM "customers" AS p 
WHERE coalesce(coalesce((SELECT sum(CAST(round(e."amount" * 1000) AS INTEGER)) AS sum_1 
FROM "orders" AS e 
WHERE e."customer_id" = p."id" AND e."at" >= :at_1 AND e."at" < :at_2), 0), :number_1) - :number_2 > :number_3 ORDER BY p."id"
-- at_1 = '2025-11-22 09:00'
-- at_2 = '2026-11-22 09:00'
-- number_1 = '0'
-- number_2 = '5000'
-- number_3 = '10000'
