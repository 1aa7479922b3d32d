-- vip is true and not (vip is false)
SELECT "p"."id" AS "id" 
FROM "customers" AS "p" 
WHERE CAST("p"."vip" AS TEXT) IN (:yes_1, :yes_2, :yes_3, :yes_4, :yes_5, :yes_6) AND NOT coalesce((CAST("p"."vip" AS TEXT) NOT IN (:yes_7, :yes_8, :yes_9, :yes_10, :yes_11, :yes_12)), false) ORDER BY "p"."id"
-- yes_1 = '1'
-- yes_2 = 't'
-- yes_3 = 'true'
-- yes_4 = 'T'
-- yes_5 = 'True'
-- yes_6 = 'TRUE'
-- yes_7 = '1'
-- yes_8 = 't'
-- yes_9 = 'true'
-- yes_10 = 'T'
-- yes_11 = 'True'
-- yes_12 = 'TRUE'
