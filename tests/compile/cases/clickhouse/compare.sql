-- points >= 10.5 and balance < 20 EUR
SELECT "p"."id" AS "id" 
FROM "customers" AS "p" 
WHERE "p"."points" >= :points_1 AND "p"."balance" < :balance_1 ORDER BY "p"."id"
-- points_1 = '10.5'
-- balance_1 = '20'
