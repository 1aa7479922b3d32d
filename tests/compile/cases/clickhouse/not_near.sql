-- location is not within 2.5 mi of (45.764, 4.835)
SELECT "p"."id" AS "id" 
FROM "customers" AS "p" 
WHERE NOT coalesce(CASE WHEN (CAST("p"."lat" AS Nullable(Float64)) >= -90 AND CAST("p"."lat" AS Nullable(Float64)) <= 90 AND CAST("p"."lon" AS Nullable(Float64)) >= -180 AND CAST("p"."lon" AS Nullable(Float64)) <= 180) THEN sin((CAST("p"."lat" AS Nullable(Float64)) - :latitude_1) * 0.008726646259971648) * sin((CAST("p"."lat" AS Nullable(Float64)) - :latitude_1) * 0.008726646259971648) + cos(CAST("p"."lat" AS Nullable(Float64)) * 0.017453292519943295) * :width_1 * sin((CAST("p"."lon" AS Nullable(Float64)) - :longitude_1) * 0.008726646259971648) * sin((CAST("p"."lon" AS Nullable(Float64)) - :longitude_1) * 0.008726646259971648) <= :half_chord_1 ELSE false END, false) ORDER BY "p"."id"
-- latitude_1 = '45.764'
-- width_1 = '0.6976154134297105'
-- longitude_1 = '4.835'
-- half_chord_1 = '9.970142649004342e-08'
