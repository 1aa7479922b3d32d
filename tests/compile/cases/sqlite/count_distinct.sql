-- count distinct of purchase.coupon ever > 2
SELECT p."id" AS id 
FROM "customers" AS p 
WHERE (SELECT count(DISTINCT e."coupon") AS count_1 
FROM "orders" AS e 
WHERE e."customer_id" = p."id" AND e."at" < :at_1) > :number_1 ORDER BY p."id"
-- at_1 = '2026-11-22 09:00'
-- number_1 = '2'
