-- did purchase since last visit
SELECT p.`id` AS id 
FROM `customers` AS p 
WHERE p.`id` IN (SELECT e.`customer_id` 
FROM `orders` AS e LEFT OUTER JOIN (SELECT e2.`who` AS k, max(e2.`ts`) AS v 
FROM `web`.`log` AS e2 
WHERE e2.`kind` = :kind_1 AND CAST(e2.`kind` AS CHAR) = :kind_2 AND e2.`ts` < :at_1 GROUP BY e2.`who`) AS m ON m.k = e.`customer_id` 
WHERE e.`at` < :at_2 AND timestampdiff(MICROSECOND, '1970-01-01', e.`at`) > CAST(round(m.v * 1000000) AS SIGNED INTEGER)) ORDER BY p.`id`
-- kind_1 = 'visit'
-- kind_2 = 'visit'
-- at_1 = '1795338000'
-- at_2 = '2026-11-22 09:00:00'
