-- local days since created_at > points
WITH orc_clocks AS MATERIALIZED 
(SELECT string_split(orc_changes.v, chr(31))[1] AS z, {a: CAST(string_split(string_split(orc_changes.v, chr(31))[2], ' ') AS BIGINT[]), o: CAST(string_split(string_split(orc_changes.v, chr(31))[3], ' ') AS BIGINT[]), c: CAST(string_split(string_split(orc_changes.v, chr(31))[4], ' ') AS BIGINT[])} AS l 
FROM (SELECT unnest(string_split(:clocks_1, chr(30))) AS v) AS orc_changes)
 SELECT p."id" AS id 
FROM "customers" AS p 
WHERE ((list_transform([{x: 1795338000000000, l: coalesce((SELECT anon_1.l 
FROM orc_clocks AS anon_1 
WHERE anon_1.z = CAST(p."timezone" AS TEXT)), (SELECT anon_2.l 
FROM orc_clocks AS anon_2 
WHERE anon_2.z = :zone_1))}], lambda orc_v: list_transform([len(list_filter(orc_v.l.a, lambda orc_a: orc_a <= (orc_v.x + 1000000000000000000) // 1000000 - 1000000000000))], lambda orc_n: orc_v.x + orc_v.l.o[orc_n] * 1000000)[1])[1] - (list_transform([{x: epoch_us(p."created_at") - 1, l: coalesce((SELECT anon_3.l 
FROM orc_clocks AS anon_3 
WHERE anon_3.z = CAST(p."timezone" AS TEXT)), (SELECT anon_4.l 
FROM orc_clocks AS anon_4 
WHERE anon_4.z = :zone_2))}], lambda orc_v: list_transform([len(list_filter(orc_v.l.a, lambda orc_a: orc_a <= (orc_v.x + 1000000000000000000) // 1000000 - 1000000000000))], lambda orc_n: greatest(orc_v.x + orc_v.l.o[orc_n] * 1000000, orc_v.l.c[orc_n] * 1000000 - 1))[1])[1] + 1)) + 86400000000000000) // 86400000000 - 1000000 > p."points" ORDER BY p."id"
-- clocks_1 = 'Africa/Abidjan\x1f-1000000000000 -1830383032\x1f-968 0\x1f-1000000000000 -1000000000000\x1eAfrica/Accra\x1f-1000000000000 -1709337548 -1581206400 -1577917200 -1556834400 -1546294800 -1525298400 -1514758800 -1493762400 -1483222800 -1462226400 -1451686800 -1430604000 -1420064400 -1399068000 -1388528400 -1367532000 -'
-- zone_1 = 'Europe/Berlin'
-- zone_2 = 'Europe/Berlin'
