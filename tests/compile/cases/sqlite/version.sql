-- app_version < "4.10"
SELECT p."id" AS id 
FROM "customers" AS p 
WHERE orc_version(CAST(p."app_version" AS TEXT)) < :version_1 ORDER BY p."id"
-- version_1 = '000000004000000010000000000000000000000000000000000000~'
