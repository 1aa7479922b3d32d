-- app_version is known
SELECT p."id" AS id 
FROM "customers" AS p 
WHERE orc_version(CAST(p."app_version" AS TEXT)) IS NOT NULL ORDER BY p."id"
