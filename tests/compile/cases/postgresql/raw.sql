-- sql (id: int) { select customer_id as id from orders where items > 3 and coupon like 'a:b%' } and vip is true
SELECT p."id" AS id 
FROM "customers" AS p 
WHERE p."id" IN (SELECT DISTINCT p2."id" AS id 
FROM "customers" AS p2 JOIN (SELECT "customer_id" AS "id" FROM "orders" WHERE "items" > 3 AND "coupon" LIKE 'a:b%') AS orc_raw ON (CASE WHEN (CAST(pg_typeof(p2."id") AS TEXT) = :type_1) THEN regexp_replace(CAST(p2."id" AS TEXT), :zeros_1, :nothing_1) ELSE CAST(p2."id" AS TEXT) END COLLATE "C") = (CASE WHEN (CAST(pg_typeof(orc_raw.id) AS TEXT) = :type_2) THEN regexp_replace(CAST(orc_raw.id AS TEXT), :zeros_2, :nothing_2) ELSE CAST(orc_raw.id AS TEXT) END COLLATE "C")) AND CAST(p."vip" AS TEXT) IN (:yes_1, :yes_2, :yes_3, :yes_4, :yes_5, :yes_6) ORDER BY p."id"
-- type_1 = 'numeric'
-- zeros_1 = '[.]0*$'
-- nothing_1 = ''
-- type_2 = 'numeric'
-- zeros_2 = '[.]0*$'
-- nothing_2 = ''
-- yes_1 = '1'
-- yes_2 = 't'
-- yes_3 = 'true'
-- yes_4 = 'T'
-- yes_5 = 'True'
-- yes_6 = 'TRUE'
