-- anniversary of birth_date is in next 3 days
SELECT p."id" AS id 
FROM "customers" AS p 
WHERE CAST(EXTRACT(month FROM CAST(p."birth_date" AS DATE)) AS INTEGER) * 100 + CAST(EXTRACT(day FROM CAST(p."birth_date" AS DATE)) AS INTEGER) IN (:number_1, :number_2, :number_3) AND p."birth_date" < :day_1 ORDER BY p."id"
-- number_1 = '1122'
-- number_2 = '1123'
-- number_3 = '1124'
-- day_1 = '2026-11-22'
