-- country is "DE" and created_at is in last 90 days and did purchase at least 2 times ever
SELECT p."id" AS id 
FROM "customers" AS p 
WHERE p."country" = :country_1 AND p."created_at" >= :at_1 AND p."created_at" < :at_2 AND (SELECT count(*) AS count_1 
FROM "orders" AS e 
WHERE e."customer_id" = p."id" AND e."at" < :at_3) >= :times_1 ORDER BY p."id"
-- country_1 = 'DE'
-- at_1 = '2026-08-24 08:00'
-- at_2 = '2026-11-22 09:00'
-- at_3 = '2026-11-22 09:00'
-- times_1 = '2'
