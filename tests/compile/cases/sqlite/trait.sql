SELECT p."id" AS id, coalesce(coalesce((SELECT sum(CAST(round(e."amount" * 1000) AS INTEGER)) AS sum_1 
FROM "orders" AS e 
WHERE e."customer_id" = p."id" AND e."at" >= :at_1 AND e."at" < :at_2), 0), :number_1) / 1000.0 AS value 
FROM "customers" AS p ORDER BY p."id"
