-- renews_at is before created_at
SELECT p."id" AS id 
FROM "customers" AS p 
WHERE CASE WHEN (instr(replace(replace(p."renews_at", :param_1, :param_2), :param_3, :param_4), :param_5) > 0) THEN rtrim(rtrim(replace(replace(p."renews_at", :param_1, :param_2), :param_3, :param_4), :param_6), :param_7) ELSE replace(replace(p."renews_at", :param_1, :param_2), :param_3, :param_4) END < CASE WHEN (instr(replace(replace(p."created_at", :param_8, :param_9), :param_10, :param_11), :param_12) > 0) THEN rtrim(rtrim(replace(replace(p."created_at", :param_8, :param_9), :param_10, :param_11), :param_13), :param_14) ELSE replace(replace(p."created_at", :param_8, :param_9), :param_10, :param_11) END ORDER BY p."id"
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
