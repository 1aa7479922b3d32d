-- country is one of many
SELECT "p"."id" AS "id" 
FROM "customers" AS "p" 
WHERE CAST("p"."country" AS TEXT) IN (:item_1, :item_2, :item_3) ORDER BY "p"."id"
-- item_1 = 'DE'
-- item_2 = 'AT'
-- item_3 = 'CH'
