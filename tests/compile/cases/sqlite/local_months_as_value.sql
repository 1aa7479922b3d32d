-- local months until renews_at + 1 > points
SELECT p."id" AS id 
FROM "customers" AS p 
WHERE orc_months(orc_clock(orc_micros(p."renews_at") - 0, CAST(p."timezone" AS TEXT), :zone_1, 1) + 0, orc_clock(1795338000000000, CAST(p."timezone" AS TEXT), :zone_2, 0), 1) + :number_1 > p."points" ORDER BY p."id"
-- zone_1 = 'Europe/Berlin'
-- zone_2 = 'Europe/Berlin'
-- number_1 = '1'
