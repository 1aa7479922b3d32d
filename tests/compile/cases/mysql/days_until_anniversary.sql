-- days until anniversary of birth_date < 3
SELECT p.`id` AS id 
FROM `customers` AS p 
WHERE month(from_days((((to_days(p.`birth_date`) - 719528) * 86400 + 86400000000) DIV 86400 - 1000000) + 719528)) * 100 + dayofmonth(from_days((((to_days(p.`birth_date`) - 719528) * 86400 + 86400000000) DIV 86400 - 1000000) + 719528)) IN (:number_1, :number_2, :number_3) AND p.`birth_date` < :day_1 ORDER BY p.`id`
-- number_1 = '1122'
-- number_2 = '1123'
-- number_3 = '1124'
-- day_1 = '2026-11-22'
