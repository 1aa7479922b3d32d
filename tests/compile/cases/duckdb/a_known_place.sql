-- location is known
SELECT p."id" AS id 
FROM "customers" AS p 
WHERE CAST(p."lat" AS DOUBLE PRECISION) >= -90 AND CAST(p."lat" AS DOUBLE PRECISION) <= 90 AND CAST(p."lon" AS DOUBLE PRECISION) >= -180 AND CAST(p."lon" AS DOUBLE PRECISION) <= 180 ORDER BY p."id"
