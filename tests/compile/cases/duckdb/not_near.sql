-- location is not within 2.5 mi of (45.764, 4.835)
SELECT p."id" AS id 
FROM "customers" AS p 
WHERE CASE WHEN (CAST(p."lat" AS DOUBLE PRECISION) >= -90 AND CAST(p."lat" AS DOUBLE PRECISION) <= 90 AND CAST(p."lon" AS DOUBLE PRECISION) >= -180 AND CAST(p."lon" AS DOUBLE PRECISION) <= 180) THEN sin((CAST(p."lat" AS DOUBLE PRECISION) - :latitude_1) * 0.008726646259971648) * sin((CAST(p."lat" AS DOUBLE PRECISION) - :latitude_1) * 0.008726646259971648) + cos(CAST(p."lat" AS DOUBLE PRECISION) * 0.017453292519943295) * :width_1 * sin((CAST(p."lon" AS DOUBLE PRECISION) - :longitude_1) * 0.008726646259971648) * sin((CAST(p."lon" AS DOUBLE PRECISION) - :longitude_1) * 0.008726646259971648) <= :half_chord_1 ELSE false END IS NOT true ORDER BY p."id"
-- latitude_1 = '45.764'
-- width_1 = '0.6976154134297105'
-- longitude_1 = '4.835'
-- half_chord_1 = '9.970142649004342e-08'
