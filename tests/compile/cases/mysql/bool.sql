-- vip is true and not (vip is false)
SELECT p.`id` AS id 
FROM `customers` AS p 
WHERE CAST(p.`vip` AS CHAR) IN (:yes_1, :yes_2, :yes_3, :yes_4, :yes_5, :yes_6, :yes_7) AND ((CAST(p.`vip` AS CHAR) NOT IN (:yes_8, :yes_9, :yes_10, :yes_11, :yes_12, :yes_13, :yes_14))) IS NOT true ORDER BY p.`id`
-- yes_1 = '1'
-- yes_2 = 't'
-- yes_3 = 'true'
-- yes_4 = 'T'
-- yes_5 = 'True'
-- yes_6 = 'TRUE'
-- yes_7 = '\x01'
-- yes_8 = '1'
-- yes_9 = 't'
-- yes_10 = 'true'
-- yes_11 = 'T'
-- yes_12 = 'True'
-- yes_13 = 'TRUE'
-- yes_14 = '\x01'
