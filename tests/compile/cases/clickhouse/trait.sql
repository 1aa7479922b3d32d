SELECT "p"."id" AS "id", CAST(coalesce(coalesce("m"."v", 0), :number_1) AS Nullable(Float64)) / 1000 AS "value" 
FROM "customers" AS "p" LEFT OUTER JOIN (SELECT "e"."customer_id" AS "k", sum(CAST(CAST(round("e"."amount" * 1000) AS Nullable(Int256)) AS Nullable(Int256))) AS "v" 
FROM "orders" AS "e" 
WHERE "e"."at" >= CAST(:at_1 AS Nullable(DateTime64(6, 'UTC'))) AND "e"."at" < CAST(:at_2 AS Nullable(DateTime64(6, 'UTC'))) GROUP BY "e"."customer_id") AS "m" ON "m"."k" = "p"."id" ORDER BY "p"."id"
