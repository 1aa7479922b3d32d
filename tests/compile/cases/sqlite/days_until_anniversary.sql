-- days until anniversary of birth_date < 3
SELECT p."id" AS id 
FROM "customers" AS p 
WHERE CAST(strftime(:param_1, (CAST(strftime(:param_2, substr(p."birth_date", 1, 10)) AS INTEGER) / 86400) * 86400, :param_3) AS INTEGER) * 100 + CAST(strftime(:param_4, (CAST(strftime(:param_2, substr(p."birth_date", 1, 10)) AS INTEGER) / 86400) * 86400, :param_5) AS INTEGER) IN (:number_1, :number_2, :number_3) AND p."birth_date" < :day_1 ORDER BY p."id"
-- param_1 = '%m'
-- param_2 = '%s'
-- param_3 = 'unixepoch'
-- param_4 = '%d'
-- param_5 = 'unixepoch'
-- number_1 = '1122'
-- number_2 = '1123'
-- number_3 = '1124'
-- day_1 = '2026-11-22'
