-- location is inside place fiji
SELECT p.`id` AS id 
FROM `customers` AS p 
WHERE p.`lat` * 1e0 >= -90 AND p.`lat` * 1e0 <= 90 AND p.`lon` * 1e0 >= -180 AND p.`lon` * 1e0 <= 180 AND p.`lat` * 1e0 >= :south_1 AND p.`lat` * 1e0 <= :north_1 AND (p.`lon` * 1e0 >= :west_1 OR p.`lon` * 1e0 <= :east_1) ORDER BY p.`id`
-- south_1 = '-20.0'
-- north_1 = '-12.0'
-- west_1 = '177.0'
-- east_1 = '-178.0'
