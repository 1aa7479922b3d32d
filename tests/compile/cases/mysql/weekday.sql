-- weekday of birth_date is "friday"
SELECT p.`id` AS id 
FROM `customers` AS p 
WHERE CASE weekday(from_days((((to_days(p.`birth_date`) - 719528) * 86400 + 86400000000) DIV 86400 - 1000000) + 719528)) + 1 WHEN 1 THEN CAST(:text_1 AS CHAR) WHEN 2 THEN CAST(:text_2 AS CHAR) WHEN 3 THEN CAST(:text_3 AS CHAR) WHEN 4 THEN CAST(:text_4 AS CHAR) WHEN 5 THEN CAST(:text_5 AS CHAR) WHEN 6 THEN CAST(:text_6 AS CHAR) WHEN 7 THEN CAST(:text_7 AS CHAR) ELSE NULL END = :text_8 ORDER BY p.`id`
-- text_1 = 'monday'
-- text_2 = 'tuesday'
-- text_3 = 'wednesday'
-- text_4 = 'thursday'
-- text_5 = 'friday'
-- text_6 = 'saturday'
-- text_7 = 'sunday'
-- text_8 = 'friday'
