-- age > 3 and not (sql (id: int) { select customer_id as id from orders where items > 3 group by customer_id having count(*) > 2 })
SELECT "p"."id" AS "id" 
FROM "customers" AS "p" LEFT OUTER JOIN (SELECT "m"."id" AS "k" 
FROM (SELECT DISTINCT "p2"."id" AS "id" 
FROM "customers" AS "p2" JOIN (SELECT "customer_id" AS "id" FROM "orders" WHERE "items" > 3 GROUP BY "customer_id" HAVING COUNT(*) > 2) AS "orc_raw" ON toString("p2"."id") = toString("orc_raw"."id")) AS "m") AS "m2" ON "m2"."k" = "p"."id" 
WHERE "p"."age" > :age_1 AND "m2"."k" IS NULL ORDER BY "p"."id"
-- age_1 = '3'
