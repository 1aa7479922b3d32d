-- did purchase where (amount > 50 EUR and coupon is not "X") in last 90 days
SELECT "p"."id" AS "id" 
FROM "customers" AS "p" 
WHERE "p"."id" IN (SELECT "e"."customer_id" 
FROM "orders" AS "e" 
WHERE "e"."at" >= CAST(:at_1 AS Nullable(DateTime64(6, 'UTC'))) AND "e"."at" < CAST(:at_2 AS Nullable(DateTime64(6, 'UTC'))) AND "e"."amount" > :amount_1 AND NOT coalesce(CAST("e"."coupon" AS TEXT) = :coupon_1, false)) ORDER BY "p"."id"
-- at_1 = '2026-08-24 08:00:00'
-- at_2 = '2026-11-22 09:00:00'
-- amount_1 = '50'
-- coupon_1 = 'X'
