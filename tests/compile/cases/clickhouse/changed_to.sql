-- not (plan changed to "pro" in last 365 days)
SELECT "p"."id" AS "id" 
FROM "customers" AS "p" LEFT OUTER JOIN (SELECT "e2"."customer_id" AS "k", count(*) AS "v" 
FROM (SELECT "e"."customer_id" AS "customer_id", "e"."since" AS "since", "e"."id" AS "id", "e"."plan" AS "plan", lag(toNullable("e"."plan")) OVER (PARTITION BY "e"."customer_id" ORDER BY "e"."since", "e"."id") AS "previous_value", row_number() OVER (PARTITION BY "e"."customer_id" ORDER BY "e"."since", "e"."id") AS "nth", lag(toNullable("e"."since")) OVER (PARTITION BY "e"."customer_id" ORDER BY "e"."since", "e"."id") AS "previous_at" 
FROM "plans" AS "e" 
WHERE "e"."since" < :at_1) AS "e2" 
WHERE "e2"."since" >= :at_2 AND "e2"."since" < :at_3 AND CAST("e2"."plan" AS TEXT) = :value_1 AND CAST("e2"."previous_value" AS TEXT) IS NOT NULL AND NOT coalesce(CAST("e2"."previous_value" AS TEXT) = :text_1, false) GROUP BY "e2"."customer_id") AS "m" ON "m"."k" = "p"."id" 
WHERE "m"."v" IS NULL ORDER BY "p"."id"
-- at_1 = '2026-11-22 09:00'
-- at_2 = '2025-11-22 09:00'
-- at_3 = '2026-11-22 09:00'
-- value_1 = 'pro'
-- text_1 = 'pro'
