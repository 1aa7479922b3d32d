-- local months until renews_at + 1 > points
WITH orc_clocks AS 
(SELECT DISTINCT CAST(orc_changes.z AS CHAR) AS z, orc_changes.a AS a, orc_changes.o AS o, orc_changes.c AS c 
FROM JSON_TABLE(:clocks_1, '$[*]' COLUMNS (z VARCHAR(64) PATH '$[0]', a BIGINT PATH '$[1]', o BIGINT PATH '$[2]', c BIGINT PATH '$[3]')) AS orc_changes)
 SELECT p.`id` AS id 
FROM `customers` AS p 
WHERE CAST(timestampdiff(MONTH, date_format(timestampadd(MICROSECOND, coalesce((SELECT 1795338000000000 + anon_2.o * 1000000 AS anon_1 
FROM orc_clocks AS anon_2 
WHERE anon_2.z = CAST(p.`timezone` AS CHAR) AND anon_2.a <= (1795338000000000 + 1000000000000) DIV 1000000 - 1000000 ORDER BY anon_2.a DESC 
 LIMIT 1), (SELECT 1795338000000000 + anon_4.o * 1000000 AS anon_3 
FROM orc_clocks AS anon_4 
WHERE anon_4.z = :zone_1 AND anon_4.a <= (1795338000000000 + 1000000000000) DIV 1000000 - 1000000 ORDER BY anon_4.a DESC 
 LIMIT 1)), CAST('1970-01-01' AS DATETIME(6))), '%Y-%m-01'), date_format(timestampadd(MICROSECOND, coalesce((SELECT greatest((timestampdiff(MICROSECOND, '1970-01-01', p.`renews_at`) - 0) + anon_5.o * 1000000, anon_5.c * 1000000 - 1) AS greatest_1 
FROM orc_clocks AS anon_5 
WHERE anon_5.z = CAST(p.`timezone` AS CHAR) AND anon_5.a <= ((timestampdiff(MICROSECOND, '1970-01-01', p.`renews_at`) - 0) + 1000000000000) DIV 1000000 - 1000000 ORDER BY anon_5.a DESC 
 LIMIT 1), (SELECT greatest((timestampdiff(MICROSECOND, '1970-01-01', p.`renews_at`) - 0) + anon_6.o * 1000000, anon_6.c * 1000000 - 1) AS greatest_2 
FROM orc_clocks AS anon_6 
WHERE anon_6.z = :zone_2 AND anon_6.a <= ((timestampdiff(MICROSECOND, '1970-01-01', p.`renews_at`) - 0) + 1000000000000) DIV 1000000 - 1000000 ORDER BY anon_6.a DESC 
 LIMIT 1)) + 0, CAST('1970-01-01' AS DATETIME(6))), '%Y-%m-01')) - CASE WHEN (timestampadd(MICROSECOND, coalesce((SELECT greatest((timestampdiff(MICROSECOND, '1970-01-01', p.`renews_at`) - 0) + anon_5.o * 1000000, anon_5.c * 1000000 - 1) AS greatest_1 
FROM orc_clocks AS anon_5 
WHERE anon_5.z = CAST(p.`timezone` AS CHAR) AND anon_5.a <= ((timestampdiff(MICROSECOND, '1970-01-01', p.`renews_at`) - 0) + 1000000000000) DIV 1000000 - 1000000 ORDER BY anon_5.a DESC 
 LIMIT 1), (SELECT greatest((timestampdiff(MICROSECOND, '1970-01-01', p.`renews_at`) - 0) + anon_6.o * 1000000, anon_6.c * 1000000 - 1) AS greatest_2 
FROM orc_clocks AS anon_6 
WHERE anon_6.z = :zone_2 AND anon_6.a <= ((timestampdiff(MICROSECOND, '1970-01-01', p.`renews_at`) - 0) + 1000000000000) DIV 1000000 - 1000000 ORDER BY anon_6.a DESC 
 LIMIT 1)) + 0, CAST('1970-01-01' AS DATETIME(6))) < timestampadd(MONTH, timestampdiff(MONTH, date_format(timestampadd(MICROSECOND, coalesce((SELECT 1795338000000000 + anon_2.o * 1000000 AS anon_1 
FROM orc_clocks AS anon_2 
WHERE anon_2.z = CAST(p.`timezone` AS CHAR) AND anon_2.a <= (1795338000000000 + 1000000000000) DIV 1000000 - 1000000 ORDER BY anon_2.a DESC 
 LIMIT 1), (SELECT 1795338000000000 + anon_4.o * 1000000 AS anon_3 
FROM orc_clocks AS anon_4 
WHERE anon_4.z = :zone_1 AND anon_4.a <= (1795338000000000 + 1000000000000) DIV 1000000 - 1000000 ORDER BY anon_4.a DESC 
 LIMIT 1)), CAST('1970-01-01' AS DATETIME(6))), '%Y-%m-01'), date_format(timestampadd(MICROSECOND, coalesce((SELECT greatest((timestampdiff(MICROSECOND, '1970-01-01', p.`renews_at`) - 0) + anon_5.o * 1000000, anon_5.c * 1000000 - 1) AS greatest_1 
FROM orc_clocks AS anon_5 
WHERE anon_5.z = CAST(p.`timezone` AS CHAR) AND anon_5.a <= ((timestampdiff(MICROSECOND, '1970-01-01', p.`renews_at`) - 0) + 1000000000000) DIV 1000000 - 1000000 ORDER BY anon_5.a DESC 
 LIMIT 1), (SELECT greatest((timestampdiff(MICROSECOND, '1970-01-01', p.`renews_at`) - 0) + anon_6.o * 1000000, anon_6.c * 1000000 - 1) AS greatest_2 
FROM orc_clocks AS anon_6 
WHERE anon_6.z = :zone_2 AND anon_6.a <= ((timestampdiff(MICROSECOND, '1970-01-01', p.`renews_at`) - 0) + 1000000000000) DIV 1000000 - 1000000 ORDER BY anon_6.a DESC 
 LIMIT 1)) + 0, CAST('1970-01-01' AS DATETIME(6))), '%Y-%m-01')), timestampadd(MICROSECOND, coalesce((SELECT 1795338000000000 + anon_2.o * 1000000 AS anon_1 
FROM orc_clocks AS anon_2 
WHERE anon_2.z = CAST(p.`timezone` AS CHAR) AND anon_2.a <= (1795338000000000 + 1000000000000) DIV 1000000 - 1000000 ORDER BY anon_2.a DESC 
 LIMIT 1), (SELECT 1795338000000000 + anon_4.o * 1000000 AS anon_3 
FROM orc_clocks AS anon_4 
WHERE anon_4.z = :zone_1 AND anon_4.a <= (1795338000000000 + 1000000000000) DIV 1000000 - 1000000 ORDER BY anon_4.a DESC 
 LIMIT 1)), CAST('1970-01-01' AS DATETIME(6))))) THEN 1 ELSE 0 END AS DECIMAL(65, 0)) + CAST(:number_1 AS DECIMAL(65, 0)) > p.`points` ORDER BY p.`id`
-- clocks_1 = '[["Africa/Abidjan",-1000000000000,-968,-1000000000000],["Africa/Abidjan",-1830383032,0,-1000000000000],["Africa/Accra",-1000000000000,-52,-1000000000000],["Africa/Accra",-1709337548,0,-1000000000000],["Africa/Accra",-1581206400,1200,-1000000000000],["Africa/Accra",-1577917200,0,-1577916000],["Africa'
-- zone_1 = 'Europe/Berlin'
-- zone_2 = 'Europe/Berlin'
-- number_1 = '1'
