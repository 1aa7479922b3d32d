-- sql (id: int) { select customer_id as id from orders where items > 3 and coupon like 'a:b%' } and vip is true
SELECT "p"."id" AS "id" 
FROM "customers" AS "p" 
WHERE "p"."id" IN (SELECT DISTINCT "p2"."id" AS "id" 
FROM "customers" AS "p2" JOIN (SELECT "customer_id" AS "id" FROM "orders" WHERE "items" > 3 AND "coupon" LIKE 'a:b%') AS "orc_raw" ON toString("p2"."id") = toString("orc_raw"."id")) AND CAST("p"."vip" AS TEXT) IN (:yes_1, :yes_2, :yes_3, :yes_4, :yes_5, :yes_6) ORDER BY "p"."id"
-- yes_1 = '1'
-- yes_2 = 't'
-- yes_3 = 'true'
-- yes_4 = 'T'
-- yes_5 = 'True'
-- yes_6 = 'TRUE'
