-- local hour of created_at < 5
SELECT p."id" AS id 
FROM "customers" AS p 
WHERE CAST(strftime(:param_1, orc_wall(orc_micros(p."created_at"), CAST(p."timezone" AS TEXT), :zone_1), :param_2) AS INTEGER) < :number_1 ORDER BY p."id"
-- param_1 = '%H'
-- zone_1 = 'Europe/Berlin'
-- param_2 = 'unixepoch'
-- number_1 = '5'
