-- location is not inside place paris
SELECT "p"."id" AS "id" 
FROM "customers" AS "p" 
WHERE NOT coalesce(CAST("p"."lat" AS Nullable(Float64)) >= -90 AND CAST("p"."lat" AS Nullable(Float64)) <= 90 AND CAST("p"."lon" AS Nullable(Float64)) >= -180 AND CAST("p"."lon" AS Nullable(Float64)) <= 180 AND CASE WHEN (CAST("p"."lat" AS Nullable(Float64)) >= :from_1 AND CAST("p"."lat" AS Nullable(Float64)) < :to_1 AND (CAST("p"."lon" AS Nullable(Float64)) - :corner_1) * :rise_1 < :run_1 * (CAST("p"."lat" AS Nullable(Float64)) - :corner_2)) THEN 1 ELSE 0 END + CASE WHEN (CAST("p"."lat" AS Nullable(Float64)) >= :from_2 AND CAST("p"."lat" AS Nullable(Float64)) < :to_2 AND (CAST("p"."lon" AS Nullable(Float64)) - :corner_3) * :rise_2 < :run_2 * (CAST("p"."lat" AS Nullable(Float64)) - :corner_4)) THEN 1 ELSE 0 END IN (1), false) ORDER BY "p"."id"
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
