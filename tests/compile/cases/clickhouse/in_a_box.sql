-- location is inside place fiji
SELECT "p"."id" AS "id" 
FROM "customers" AS "p" 
WHERE CAST("p"."lat" AS Nullable(Float64)) >= -90 AND CAST("p"."lat" AS Nullable(Float64)) <= 90 AND CAST("p"."lon" AS Nullable(Float64)) >= -180 AND CAST("p"."lon" AS Nullable(Float64)) <= 180 AND CAST("p"."lat" AS Nullable(Float64)) >= :south_1 AND CAST("p"."lat" AS Nullable(Float64)) <= :north_1 AND (CAST("p"."lon" AS Nullable(Float64)) >= :west_1 OR CAST("p"."lon" AS Nullable(Float64)) <= :east_1) ORDER BY "p"."id"
-- south_1 = '-20.0'
-- north_1 = '-12.0'
-- west_1 = '177.0'
-- east_1 = '-178.0'
