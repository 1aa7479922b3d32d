-- location is known
SELECT "p"."id" AS "id" 
FROM "customers" AS "p" 
WHERE CAST("p"."lat" AS Nullable(Float64)) >= -90 AND CAST("p"."lat" AS Nullable(Float64)) <= 90 AND CAST("p"."lon" AS Nullable(Float64)) >= -180 AND CAST("p"."lon" AS Nullable(Float64)) <= 180 ORDER BY "p"."id"
