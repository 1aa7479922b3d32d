-- location is within 25 km of place lyon_store
SELECT "p"."id" AS "id" 
FROM "customers" AS "p" 
WHERE CASE WHEN (CAST("p"."lat" AS Nullable(Float64)) >= -90 AND CAST("p"."lat" AS Nullable(Float64)) <= 90 AND CAST("p"."lon" AS Nullable(Float64)) >= -180 AND CAST("p"."lon" AS Nullable(Float64)) <= 180) THEN sin((CAST("p"."lat" AS Nullable(Float64)) - :latitude_1) * 0.008726646259971648) * sin((CAST("p"."lat" AS Nullable(Float64)) - :latitude_1) * 0.008726646259971648) + cos(CAST("p"."lat" AS Nullable(Float64)) * 0.017453292519943295) * :width_1 * sin((CAST("p"."lon" AS Nullable(Float64)) - :longitude_1) * 0.008726646259971648) * sin((CAST("p"."lon" AS Nullable(Float64)) - :longitude_1) * 0.008726646259971648) <= :half_chord_1 ELSE false END ORDER BY "p"."id"
-- latitude_1 = '45.76'
-- width_1 = '0.6976654309408465'
-- longitude_1 = '4.83'
-- half_chord_1 = '3.84948878615857e-06'
