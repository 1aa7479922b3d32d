-- email matches "[a-z]+@x[.]io"
SELECT p.`id` AS id 
FROM `customers` AS p 
WHERE CAST(p.`email` AS CHAR) REGEXP :pattern_1 ORDER BY p.`id`
-- pattern_1 = '(?s)\\A(?:[a-z]+@x[.]io)\\z'
