-- local days since created_at > points
SELECT p."id" AS id 
FROM "customers" AS p 
WHERE orc_floor(orc_clock(1795338000000000, CAST(p."timezone" AS TEXT), :zone_1, 0) - (orc_clock(orc_micros(p."created_at") - 1, CAST(p."timezone" AS TEXT), :zone_2, 1) + 1), 86400000000) > p."points" ORDER BY p."id"
-- zone_1 = 'Europe/Berlin'
-- zone_2 = 'Europe/Berlin'
