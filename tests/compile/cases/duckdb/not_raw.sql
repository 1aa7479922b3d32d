-- age > 3 and not (sql (id: int) { select customer_id as id from orders where items > 3 group by customer_id having count(*) > 2 })
SELECT p."id" AS id 
FROM "customers" AS p LEFT OUTER JOIN (SELECT m.id AS k 
FROM (SELECT DISTINCT p2."id" AS id 
FROM "customers" AS p2 JOIN (SELECT "customer_id" AS "id" FROM "orders" WHERE "items" > 3 GROUP BY "customer_id" HAVING COUNT(*) > 2) AS orc_raw ON CASE WHEN (starts_with(typeof(p2."id"), :type_1) OR typeof(p2."id") IN (:type_2, :type_3)) THEN regexp_replace(CAST(p2."id" AS TEXT), :zeros_1, :nothing_1) ELSE CAST(p2."id" AS TEXT) END = CASE WHEN (starts_with(typeof(orc_raw.id), :type_4) OR typeof(orc_raw.id) IN (:type_5, :type_6)) THEN regexp_replace(CAST(orc_raw.id AS TEXT), :zeros_2, :nothing_2) ELSE CAST(orc_raw.id AS TEXT) END) AS m) AS m2 ON m2.k = p."id" 
WHERE p."age" > :age_1 AND m2.k IS NULL ORDER BY p."id"
-- type_1 = 'DECIMAL'
-- type_2 = 'DOUBLE'
-- type_3 = 'FLOAT'
-- zeros_1 = '[.]0*$'
-- nothing_1 = ''
-- type_4 = 'DECIMAL'
-- type_5 = 'DOUBLE'
-- type_6 = 'FLOAT'
-- zeros_2 = '[.]0*$'
-- nothing_2 = ''
-- age_1 = '3'
