-- avg of purchase.amount ever >= 20 EUR
SELECT p."id" AS id 
FROM "customers" AS p 
WHERE (SELECT sum(CAST(round(e."amount" * 1000) AS INTEGER)) / (count(CAST(round(e."amount" * 1000) AS INTEGER)) * 1.0) AS anon_1 
FROM "orders" AS e 
WHERE e."customer_id" = p."id" AND e."at" < :at_1) >= :number_1 ORDER BY p."id"
-- at_1 = '2026-11-22 09:00'
-- number_1 = '20000'
