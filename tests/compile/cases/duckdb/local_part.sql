-- local hour of created_at < 5
SELECT p."id" AS id 
FROM "customers" AS p 
WHERE CAST(EXTRACT(hour FROM make_timestamp(((epoch_us(timezone(CASE WHEN (CAST(p."timezone" AS TEXT) IN (SELECT unnest(string_split(:items_1, chr(31))) AS unnest_1)) THEN CAST(p."timezone" AS TEXT) ELSE CAST(:zone_1 AS TEXT) END, to_timestamp((epoch_us(p."created_at") + 1000000000000) // 1000000 - 1000000))) + 1000000000000) // 1000000 - 1000000) * 1000000)) AS INTEGER) < :number_1 ORDER BY p."id"
-- items_1 = 'Africa/Abidjan\x1fAfrica/Accra\x1fAfrica/Addis_Ababa\x1fAfrica/Algiers\x1fAfrica/Asmara\x1fAfrica/Asmera\x1fAfrica/Bamako\x1fAfrica/Bangui\x1fAfrica/Banjul\x1fAfrica/Bissau\x1fAfrica/Blantyre\x1fAfrica/Brazzaville\x1fAfrica/Bujumbura\x1fAfrica/Cairo\x1fAfrica/Casablanca\x1fAfrica/Ceuta\x1fAfrica/Conakry\x1fAfrica/Dakar\x1fAfrica/Dar_es_Salaam\x1fAfrica/Dj'
-- zone_1 = 'Europe/Berlin'
-- number_1 = '5'
