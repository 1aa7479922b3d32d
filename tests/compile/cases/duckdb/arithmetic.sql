-- points * 2 - age / 3 > 10
SELECT p."id" AS id 
FROM "customers" AS p 
WHERE round(CAST(CAST(p."points" AS HUGEINT) * CAST(:number_1 AS HUGEINT) AS DOUBLE) - CAST(CAST(p."age" AS DOUBLE) / nullif(:number_2, 0) AS DOUBLE), 9) > :number_3 ORDER BY p."id"
-- number_1 = '2'
-- number_2 = '3'
-- number_3 = '10'
