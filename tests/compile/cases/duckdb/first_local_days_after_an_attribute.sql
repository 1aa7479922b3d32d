-- did purchase in first 7 local days after created_at
WITH orc_clocks AS MATERIALIZED 
(SELECT string_split(orc_changes.v, chr(31))[1] AS z, {a: CAST(string_split(string_split(orc_changes.v, chr(31))[2], ' ') AS BIGINT[]), o: CAST(string_split(string_split(orc_changes.v, chr(31))[3], ' ') AS BIGINT[]), c: CAST(string_split(string_split(orc_changes.v, chr(31))[4], ' ') AS BIGINT[])} AS l 
FROM (SELECT unnest(string_split(:clocks_1, chr(30))) AS v) AS orc_changes)
 SELECT p."id" AS id 
FROM "customers" AS p 
WHERE p."id" IN (SELECT e."customer_id" 
FROM "orders" AS e JOIN "customers" AS p2 ON p2."id" = e."customer_id" 
WHERE e."at" < :at_1 AND e."at" >= p2."created_at" AND epoch_us(e."at") <= epoch_us(p2."created_at") + 1036800000000 AND list_transform([{x: epoch_us(e."at") - 1, l: coalesce((SELECT anon_1.l 
FROM orc_clocks AS anon_1 
WHERE anon_1.z = CAST(p2."timezone" AS TEXT)), (SELECT anon_2.l 
FROM orc_clocks AS anon_2 
WHERE anon_2.z = :zone_1))}], lambda orc_v: list_transform([len(list_filter(orc_v.l.a, lambda orc_a: orc_a <= (orc_v.x + 1000000000000000000) // 1000000 - 1000000000000))], lambda orc_n: greatest(orc_v.x + orc_v.l.o[orc_n] * 1000000, orc_v.l.c[orc_n] * 1000000 - 1))[1])[1] < list_transform([{x: epoch_us(p2."created_at"), l: coalesce((SELECT anon_3.l 
FROM orc_clocks AS anon_3 
WHERE anon_3.z = CAST(p2."timezone" AS TEXT)), (SELECT anon_4.l 
FROM orc_clocks AS anon_4 
WHERE anon_4.z = :zone_2))}], lambda orc_v: list_transform([len(list_filter(orc_v.l.a, lambda orc_a: orc_a <= (orc_v.x + 1000000000000000000) // 1000000 - 1000000000000))], lambda orc_n: orc_v.x + orc_v.l.o[orc_n] * 1000000)[1])[1] + 604800000000) ORDER BY p."id"
-- at_1 = '2026-11-22 09:00:00+00:00'
-- clocks_1 = 'Africa/Abidjan\x1f-1000000000000 -1830383032\x1f-968 0\x1f-1000000000000 -1000000000000\x1eAfrica/Accra\x1f-1000000000000 -1709337548 -1581206400 -1577917200 -1556834400 -1546294800 -1525298400 -1514758800 -1493762400 -1483222800 -1462226400 -1451686800 -1430604000 -1420064400 -1399068000 -1388528400 -1367532000 -'
-- zone_1 = 'Europe/Berlin'
-- zone_2 = 'Europe/Berlin'
