-- local hour of created_at < 5
SELECT p."id" AS id 
FROM "customers" AS p 
WHERE CAST(EXTRACT(hour FROM timezone(CASE WHEN (CAST(p."timezone" AS TEXT) = any(CAST(:items_1 AS TEXT[]))) THEN CAST(p."timezone" AS TEXT) ELSE CAST(:zone_1 AS TEXT) END, CAST(p."created_at" AS TIMESTAMP WITH TIME ZONE))) AS INTEGER) < :number_1 ORDER BY p."id"
-- items_1 = "['Africa/Abidjan', 'Africa/Accra', 'Africa/Addis_Ababa', 'Africa/Algiers', 'Africa/Asmara', 'Africa/Asmera', 'Africa/Bamako', 'Africa/Bangui', 'Africa/Banjul', 'Africa/Bissau', 'Africa/Blantyre', 'Africa/Brazzaville', 'Africa/Bujumbura', 'Africa/Cairo', 'Africa/Casablanca', 'Africa/Ceuta', 'Africa/C"
-- zone_1 = 'Europe/Berlin'
-- number_1 = '5'
