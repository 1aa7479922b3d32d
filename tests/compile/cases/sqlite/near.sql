-- location is within 25 km of place lyon_store
SELECT p."id" AS id 
FROM "customers" AS p 
WHERE CASE WHEN (CAST(p."lat" AS DOUBLE) >= -90 AND CAST(p."lat" AS DOUBLE) <= 90 AND CAST(p."lon" AS DOUBLE) >= -180 AND CAST(p."lon" AS DOUBLE) <= 180) THEN orc_haversine(CAST(p."lat" AS DOUBLE), CAST(p."lon" AS DOUBLE), :latitude_1, :longitude_1) <= :half_chord_1 ELSE 0 END = 1 ORDER BY p."id"
-- latitude_1 = '45.76'
-- longitude_1 = '4.83'
-- half_chord_1 = '3.84948878615857e-06'
