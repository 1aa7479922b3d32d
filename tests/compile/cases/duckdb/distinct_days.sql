-- did visit where (local hour of happened_at < 5) on at least 3 local days in last 30 days
SELECT p."id" AS id 
FROM "customers" AS p LEFT OUTER JOIN (SELECT e."who" AS k, count(DISTINCT (((epoch_us(timezone(CASE WHEN (CAST(p2."timezone" AS TEXT) IN (SELECT unnest(string_split(:items_1, chr(31))) AS unnest_1)) THEN CAST(p2."timezone" AS TEXT) ELSE CAST(:zone_1 AS TEXT) END, to_timestamp((CAST(round(e."ts" * 1000000) AS BIGINT) + 1000000000000) // 1000000 - 1000000))) + 1000000000000) // 1000000 - 1000000) + 86400000000) // 86400 - 1000000) AS v 
FROM "web"."log" AS e JOIN "customers" AS p2 ON p2."id" = e."who" 
WHERE e."kind" = :kind_1 AND e."ts" >= :at_1 AND e."ts" < :at_2 AND CAST(EXTRACT(hour FROM make_timestamp(((epoch_us(timezone(CASE WHEN (CAST(p2."timezone" AS TEXT) IN (SELECT unnest(string_split(:items_2, chr(31))) AS unnest_2)) THEN CAST(p2."timezone" AS TEXT) ELSE CAST(:zone_2 AS TEXT) END, to_timestamp((CAST(round(e."ts" * 1000000) AS BIGINT) + 1000000000000) // 1000000 - 1000000))) + 1000000000000) // 1000000 - 1000000) * 1000000)) AS INTEGER) < :number_1 GROUP BY e."who") AS m ON m.k = p."id" 
WHERE m.v >= :times_1 ORDER BY p."id"
-- items_1 = 'Africa/Abidjan\x1fAfrica/Accra\x1fAfrica/Addis_Ababa\x1fAfrica/Algiers\x1fAfrica/Asmara\x1fAfrica/Asmera\x1fAfrica/Bamako\x1fAfrica/Bangui\x1fAfrica/Banjul\x1fAfrica/Bissau\x1fAfrica/Blantyre\x1fAfrica/Brazzaville\x1fAfrica/Bujumbura\x1fAfrica/Cairo\x1fAfrica/Casablanca\x1fAfrica/Ceuta\x1fAfrica/Conakry\x1fAfrica/Dakar\x1fAfrica/Dar_es_Salaam\x1fAfrica/Dj'
-- zone_1 = 'Europe/Berlin'
-- kind_1 = 'visit'
-- at_1 = '1792742400'
-- at_2 = '1795338000'
-- items_2 = 'Africa/Abidjan\x1fAfrica/Accra\x1fAfrica/Addis_Ababa\x1fAfrica/Algiers\x1fAfrica/Asmara\x1fAfrica/Asmera\x1fAfrica/Bamako\x1fAfrica/Bangui\x1fAfrica/Banjul\x1fAfrica/Bissau\x1fAfrica/Blantyre\x1fAfrica/Brazzaville\x1fAfrica/Bujumbura\x1fAfrica/Cairo\x1fAfrica/Casablanca\x1fAfrica/Ceuta\x1fAfrica/Conakry\x1fAfrica/Dakar\x1fAfrica/Dar_es_Salaam\x1fAfrica/Dj'
-- zone_2 = 'Europe/Berlin'
-- number_1 = '5'
-- times_1 = '3'
