-- days until anniversary of birth_date < 3
SELECT "p"."id" AS "id" 
FROM "customers" AS "p" 
WHERE toInt64(toMonth(addDays(toDate32('1970-01-01'), intDiv(toInt64(CAST("p"."birth_date" AS Nullable(Date32))) * 86400 + 86400000000, 86400) - 1000000))) * 100 + toInt64(toDayOfMonth(addDays(toDate32('1970-01-01'), intDiv(toInt64(CAST("p"."birth_date" AS Nullable(Date32))) * 86400 + 86400000000, 86400) - 1000000))) IN (:number_1, :number_2, :number_3) AND CAST("p"."birth_date" AS Nullable(Date32)) < CAST(:day_1 AS Nullable(Date32)) ORDER BY "p"."id"
-- number_1 = '1122'
-- number_2 = '1123'
-- number_3 = '1124'
-- day_1 = '2026-11-22'
