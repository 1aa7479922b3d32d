-- points * 2 - age / 3 > 10
SELECT "p"."id" AS "id" 
FROM "customers" AS "p" 
WHERE round(CAST(CAST("p"."points" AS Nullable(Int256)) * CAST(:number_1 AS Nullable(Int256)) AS Nullable(Float64)) - CAST(CAST("p"."age" AS Nullable(Float64)) / nullif(CAST(:number_2 AS Nullable(Float64)), 0) AS Nullable(Float64)), 9) > :number_3 ORDER BY "p"."id"
-- number_1 = '2'
-- number_2 = '3'
-- number_3 = '10'
