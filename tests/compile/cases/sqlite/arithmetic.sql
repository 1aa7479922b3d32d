-- points * 2 - age / 3 > 10
SELECT p."id" AS id 
FROM "customers" AS p 
WHERE round(p."points" * :number_1 - (p."age" * 1.0) / nullif(:number_2, 0), 9) > :number_3 ORDER BY p."id"
-- number_1 = '2'
-- number_2 = '3'
-- number_3 = '10'
