-- location is within 25 km of place lyon_store
SELECT p.`id` AS id 
FROM `customers` AS p 
WHERE CASE WHEN (p.`lat` * 1e0 >= -90 AND p.`lat` * 1e0 <= 90 AND p.`lon` * 1e0 >= -180 AND p.`lon` * 1e0 <= 180) THEN sin((p.`lat` * 1e0 - :latitude_1) * 0.008726646259971648) * sin((p.`lat` * 1e0 - :latitude_1) * 0.008726646259971648) + cos((p.`lat` * 1e0) * 0.017453292519943295) * :width_1 * sin((p.`lon` * 1e0 - :longitude_1) * 0.008726646259971648) * sin((p.`lon` * 1e0 - :longitude_1) * 0.008726646259971648) <= :half_chord_1 ELSE false END = 1 ORDER BY p.`id`
-- latitude_1 = '45.76'
-- width_1 = '0.6976654309408465'
-- longitude_1 = '4.83'
-- half_chord_1 = '3.84948878615857e-06'
