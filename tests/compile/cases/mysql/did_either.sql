-- did purchase in last 365 days or did visit in last 200 days
SELECT p.`id` AS id 
FROM `customers` AS p 
WHERE p.`id` IN (SELECT e.`customer_id` 
FROM `orders` AS e 
WHERE e.`at` >= :at_1 AND e.`at` < :at_2 UNION ALL SELECT e2.`who` 
FROM `web`.`log` AS e2 
WHERE e2.`kind` = :kind_1 AND CAST(e2.`kind` AS CHAR) = :kind_2 AND e2.`ts` >= :at_3 AND e2.`ts` < :at_4) ORDER BY p.`id`
-- at_1 = '2025-11-22 09:00:00'
-- at_2 = '2026-11-22 09:00:00'
-- kind_1 = 'visit'
-- kind_2 = 'visit'
-- at_3 = '1778054400'
-- at_4 = '1795338000'
