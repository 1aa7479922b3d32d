-- location is not inside place paris
SELECT p."id" AS id 
FROM "customers" AS p 
WHERE (CAST(p."lat" AS DOUBLE) >= -90 AND CAST(p."lat" AS DOUBLE) <= 90 AND CAST(p."lon" AS DOUBLE) >= -180 AND CAST(p."lon" AS DOUBLE) <= 180 AND CASE WHEN (CAST(p."lat" AS DOUBLE) >= :from_1 AND CAST(p."lat" AS DOUBLE) < :to_1 AND (CAST(p."lon" AS DOUBLE) - :corner_1) * :rise_1 < :run_1 * (CAST(p."lat" AS DOUBLE) - :corner_2)) THEN 1 ELSE 0 END + CASE WHEN (CAST(p."lat" AS DOUBLE) >= :from_2 AND CAST(p."lat" AS DOUBLE) < :to_2 AND (CAST(p."lon" AS DOUBLE) - :corner_3) * :rise_2 < :run_2 * (CAST(p."lat" AS DOUBLE) - :corner_4)) THEN 1 ELSE 0 END IN (1)) IS NOT 1 ORDER BY p."id"
-- from_1 = '48.8'
-- to_1 = '48.9'
-- corner_1 = '2.5'
-- rise_1 = '0.10000000000000142'
-- run_1 = '-0.1499999999999999'
-- corner_2 = '48.8'
-- from_2 = '48.8'
-- to_2 = '48.9'
-- corner_3 = '2.2'
-- rise_2 = '0.10000000000000142'
-- run_2 = '0.1499999999999999'
-- corner_4 = '48.8'
