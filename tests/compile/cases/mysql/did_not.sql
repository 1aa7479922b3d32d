-- did not visit in last 90 days
SELECT p.`id` AS id 
FROM `customers` AS p 
WHERE NOT (EXISTS (SELECT 1 
FROM `web`.`log` AS e 
WHERE e.`who` = p.`id` AND e.`kind` = :kind_1 AND CAST(e.`kind` AS CHAR) = :kind_2 AND e.`ts` >= :at_1 AND e.`ts` < :at_2)) ORDER BY p.`id`
-- kind_1 = 'visit'
-- kind_2 = 'visit'
-- at_1 = '1787558400'
-- at_2 = '1795338000'
