-- country is not one of ("DE", "AT")
SELECT "p"."id" AS "id" 
FROM "customers" AS "p" 
WHERE NOT coalesce(CAST("p"."country" AS TEXT) IN (:item_1, :item_2), false) ORDER BY "p"."id"
-- item_1 = 'DE'
-- item_2 = 'AT'
