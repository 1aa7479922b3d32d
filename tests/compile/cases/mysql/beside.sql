-- country is "DE" and created_at is in last 90 days and did purchase at least 2 times ever
SELECT p.`id` AS id 
FROM `customers` AS p LEFT OUTER JOIN (SELECT e.`customer_id` AS k, count(*) AS v 
FROM `orders` AS e 
WHERE e.`at` < :at_1 GROUP BY e.`customer_id`) AS m ON m.k = p.`id` 
WHERE CAST(p.`country` AS CHAR) = :country_1 AND p.`created_at` >= :at_2 AND p.`created_at` < :at_3 AND m.v >= :times_1 ORDER BY p.`id`
-- at_1 = '2026-11-22 09:00:00'
-- country_1 = 'DE'
-- at_2 = '2026-08-24 08:00:00'
-- at_3 = '2026-11-22 09:00:00'
-- times_1 = '2'
