-- did purchase where (nth is 1) in last 30 days
SELECT "p"."id" AS "id" 
FROM "customers" AS "p" 
WHERE "p"."id" IN (SELECT "e2"."customer_id" 
FROM (SELECT "e"."customer_id" AS "customer_id", "e"."at" AS "at", "e"."id" AS "id", "e"."amount" AS "amount", "e"."coupon" AS "coupon", "e"."items" AS "items", "e"."due" AS "due", "e"."paid" AS "paid", "e"."currency" AS "currency", row_number() OVER (PARTITION BY "e"."customer_id" ORDER BY "e"."at", "e"."id") AS "nth", lag(toNullable("e"."at")) OVER (PARTITION BY "e"."customer_id" ORDER BY "e"."at", "e"."id") AS "previous_at" 
FROM "orders" AS "e" 
WHERE "e"."at" < CAST(:at_1 AS Nullable(DateTime64(6, 'UTC')))) AS "e2" 
WHERE "e2"."at" >= CAST(:at_2 AS Nullable(DateTime64(6, 'UTC'))) AND "e2"."at" < CAST(:at_3 AS Nullable(DateTime64(6, 'UTC'))) AND "e2"."nth" = :number_1) ORDER BY "p"."id"
-- at_1 = '2026-11-22 09:00:00'
-- at_2 = '2026-10-23 08:00:00'
-- at_3 = '2026-11-22 09:00:00'
-- number_1 = '1'
