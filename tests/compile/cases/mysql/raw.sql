-- sql (id: int) { select customer_id as id from orders where items > 3 and coupon like 'a:b%' } and vip is true
SELECT p.`id` AS id 
FROM `customers` AS p 
WHERE p.`id` IN (SELECT DISTINCT p2.`id` AS id 
FROM `customers` AS p2 INNER JOIN (SELECT `customer_id` AS `id` FROM `orders` WHERE `items` > 3 AND `coupon` LIKE 'a:b%') AS orc_raw ON CASE WHEN (collation(p2.`id`) = 'binary') THEN regexp_replace(CAST(p2.`id` AS CHAR), '[.]0*$', '') ELSE CAST(p2.`id` AS CHAR) END = CASE WHEN (collation(orc_raw.id) = 'binary') THEN regexp_replace(CAST(orc_raw.id AS CHAR), '[.]0*$', '') ELSE CAST(orc_raw.id AS CHAR) END) AND CAST(p.`vip` AS CHAR) IN (:yes_1, :yes_2, :yes_3, :yes_4, :yes_5, :yes_6, :yes_7) ORDER BY p.`id`
-- yes_1 = '1'
-- yes_2 = 't'
-- yes_3 = 'true'
-- yes_4 = 'T'
-- yes_5 = 'True'
-- yes_6 = 'TRUE'
-- yes_7 = '\x01'
