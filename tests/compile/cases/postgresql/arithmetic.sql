-- points * 2 - age / 3 > 10
SELECT p."id" AS id 
FROM "customers" AS p 
WHERE CAST(CAST(p."points" AS NUMERIC) * CAST(:number_1 AS NUMERIC) AS NUMERIC) - CAST(p."age" AS NUMERIC) / nullif(CAST(:number_2 AS NUMERIC), 0) > :number_3 ORDER BY p."id"
-- number_1 = '2'
-- number_2 = '3'
-- number_3 = '10'
