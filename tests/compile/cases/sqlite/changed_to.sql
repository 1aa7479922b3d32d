-- not (plan changed to "pro" in last 365 days)
SELECT p."id" AS id 
FROM "customers" AS p 
WHERE NOT (EXISTS (SELECT 1 
FROM (SELECT e."customer_id" AS "customer_id", e."since" AS "since", e."id" AS "id", e."plan" AS "plan", lag(e."plan") OVER (PARTITION BY e."customer_id" ORDER BY e."since", e."id") AS previous_value, row_number() OVER (PARTITION BY e."customer_id" ORDER BY e."since", e."id") AS nth, lag(e."since") OVER (PARTITION BY e."customer_id" ORDER BY e."since", e."id") AS previous_at 
FROM "plans" AS e 
WHERE e."customer_id" = p."id" AND e."since" < :at_1) AS e2 
WHERE e2."since" >= :at_2 AND e2."since" < :at_3 AND e2."plan" = :value_1 AND e2.previous_value IS NOT NULL AND (e2.previous_value = :text_1) IS NOT 1)) ORDER BY p."id"
-- at_1 = '2026-11-22 09:00'
-- at_2 = '2025-11-22 09:00'
-- at_3 = '2026-11-22 09:00'
-- value_1 = 'pro'
-- text_1 = 'pro'
