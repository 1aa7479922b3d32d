-- age > 3 and not (sql (id: int) { select customer_id as id from orders where items > 3 group by customer_id having count(*) > 2 })
SELECT p."id" AS id 
FROM "customers" AS p 
WHERE p."age" > :age_1 AND (p."id" NOT IN (SELECT DISTINCT p2."id" AS id 
FROM "customers" AS p2 JOIN (SELECT "customer_id" AS "id" FROM "orders" WHERE "items" > 3 GROUP BY "customer_id" HAVING COUNT(*) > 2) AS orc_raw ON CASE WHEN (typeof(p2."id") = :type_1) THEN CAST(CAST(p2."id" AS INTEGER) AS TEXT) ELSE CAST(p2."id" AS TEXT) END = CASE WHEN (typeof(orc_raw.id) = :type_2) THEN CAST(CAST(orc_raw.id AS INTEGER) AS TEXT) ELSE CAST(orc_raw.id AS TEXT) END)) ORDER BY p."id"
-- age_1 = '3'
-- type_1 = 'real'
-- type_2 = 'real'
