-- location is not within 2.5 mi of (45.764, 4.835)
SELECT p."id" AS id 
FROM "customers" AS p 
WHERE CASE WHEN (CAST(p."lat" AS DOUBLE) >= -90 AND CAST(p."lat" AS DOUBLE) <= 90 AND CAST(p."lon" AS DOUBLE) >= -180 AND CAST(p."lon" AS DOUBLE) <= 180) THEN orc_haversine(CAST(p."lat" AS DOUBLE), CAST(p."lon" AS DOUBLE), :latitude_1, :longitude_1) <= :half_chord_1 ELSE 0 END IS NOT 1 ORDER BY p."id"
-- latitude_1 = '45.764'
-- longitude_1 = '4.835'
-- half_chord_1 = '9.970142649004342e-08'
