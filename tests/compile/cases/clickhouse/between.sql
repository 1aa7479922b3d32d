-- age is between 18 and 34
SELECT "p"."id" AS "id" 
FROM "customers" AS "p" 
WHERE "p"."age" >= :age_1 AND "p"."age" <= :age_2 ORDER BY "p"."id"
-- age_1 = '18'
-- age_2 = '34'
