-- renews_at is in last 2 local months before created_at
WITH orc_clocks AS 
(SELECT DISTINCT CAST(orc_changes.z AS CHAR) AS z, orc_changes.a AS a, orc_changes.o AS o, orc_changes.c AS c 
FROM JSON_TABLE(:clocks_1, '$[*]' COLUMNS (z VARCHAR(64) PATH '$[0]', a BIGINT PATH '$[1]', o BIGINT PATH '$[2]', c BIGINT PATH '$[3]')) AS orc_changes)
 SELECT p.`id` AS id 
FROM `customers` AS p 
WHERE p.`renews_at` < p.`created_at` AND timestampdiff(MICROSECOND, '1970-01-01', p.`renews_at`) >= timestampdiff(MICROSECOND, '1970-01-01', p.`created_at`) - 5788800000000 AND coalesce((SELECT greatest(timestampdiff(MICROSECOND, '1970-01-01', p.`renews_at`) + anon_1.o * 1000000, anon_1.c * 1000000 - 1) AS greatest_1 
FROM orc_clocks AS anon_1 
WHERE anon_1.z = CAST(p.`timezone` AS CHAR) AND anon_1.a <= (timestampdiff(MICROSECOND, '1970-01-01', p.`renews_at`) + 1000000000000) DIV 1000000 - 1000000 ORDER BY anon_1.a DESC 
 LIMIT 1), (SELECT greatest(timestampdiff(MICROSECOND, '1970-01-01', p.`renews_at`) + anon_2.o * 1000000, anon_2.c * 1000000 - 1) AS greatest_2 
FROM orc_clocks AS anon_2 
WHERE anon_2.z = :zone_1 AND anon_2.a <= (timestampdiff(MICROSECOND, '1970-01-01', p.`renews_at`) + 1000000000000) DIV 1000000 - 1000000 ORDER BY anon_2.a DESC 
 LIMIT 1)) >= timestampdiff(MICROSECOND, '1970-01-01', timestampadd(MONTH, -2, timestampadd(MICROSECOND, coalesce((SELECT timestampdiff(MICROSECOND, '1970-01-01', p.`created_at`) + anon_4.o * 1000000 AS anon_3 
FROM orc_clocks AS anon_4 
WHERE anon_4.z = CAST(p.`timezone` AS CHAR) AND anon_4.a <= (timestampdiff(MICROSECOND, '1970-01-01', p.`created_at`) + 1000000000000) DIV 1000000 - 1000000 ORDER BY anon_4.a DESC 
 LIMIT 1), (SELECT timestampdiff(MICROSECOND, '1970-01-01', p.`created_at`) + anon_6.o * 1000000 AS anon_5 
FROM orc_clocks AS anon_6 
WHERE anon_6.z = :zone_2 AND anon_6.a <= (timestampdiff(MICROSECOND, '1970-01-01', p.`created_at`) + 1000000000000) DIV 1000000 - 1000000 ORDER BY anon_6.a DESC 
 LIMIT 1)), CAST('1970-01-01' AS DATETIME(6))))) ORDER BY p.`id`
-- clocks_1 = '[["Africa/Abidjan",-1000000000000,-968,-1000000000000],["Africa/Abidjan",-1830383032,0,-1000000000000],["Africa/Accra",-1000000000000,-52,-1000000000000],["Africa/Accra",-1709337548,0,-1000000000000],["Africa/Accra",-1581206400,1200,-1000000000000],["Africa/Accra",-1577917200,0,-1577916000],["Africa'
-- zone_1 = 'Europe/Berlin'
-- zone_2 = 'Europe/Berlin'
