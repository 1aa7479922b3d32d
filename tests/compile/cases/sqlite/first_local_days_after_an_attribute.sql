-- did purchase in first 7 local days after created_at
SELECT p."id" AS id 
FROM "customers" AS p 
WHERE EXISTS (SELECT 1 
FROM "orders" AS e 
WHERE e."customer_id" = p."id" AND e."at" < :at_1 AND CASE WHEN (instr(replace(replace(e."at", :param_1, :param_2), :param_3, :param_4), :param_5) > 0) THEN rtrim(rtrim(replace(replace(e."at", :param_1, :param_2), :param_3, :param_4), :param_6), :param_7) ELSE replace(replace(e."at", :param_1, :param_2), :param_3, :param_4) END >= CASE WHEN (instr(replace(replace(p."created_at", :param_8, :param_9), :param_10, :param_11), :param_12) > 0) THEN rtrim(rtrim(replace(replace(p."created_at", :param_8, :param_9), :param_10, :param_11), :param_13), :param_14) ELSE replace(replace(p."created_at", :param_8, :param_9), :param_10, :param_11) END AND orc_micros(e."at") <= orc_micros(p."created_at") + 1036800000000 AND orc_clock(orc_micros(e."at") - 1, CAST(p."timezone" AS TEXT), :zone_1, 1) < orc_clock(orc_micros(p."created_at"), CAST(p."timezone" AS TEXT), :zone_2, 0) + 604800000000) ORDER BY p."id"
-- at_1 = '2026-11-22 09:00'
-- param_1 = 'Z'
-- param_2 = ''
-- param_3 = '+00:00'
-- param_4 = ''
-- param_5 = '.'
-- param_6 = '0'
-- param_7 = '.'
-- param_8 = 'Z'
-- param_9 = ''
-- param_10 = '+00:00'
-- param_11 = ''
-- param_12 = '.'
-- param_13 = '0'
-- param_14 = '.'
-- zone_1 = 'Europe/Berlin'
-- zone_2 = 'Europe/Berlin'
