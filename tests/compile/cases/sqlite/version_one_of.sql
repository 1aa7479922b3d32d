-- app_version is not one of ("4.2-beta", "17")
SELECT p."id" AS id 
FROM "customers" AS p 
WHERE (orc_version(CAST(p."app_version" AS TEXT)) IN (:version_1, :version_2)) IS NOT 1 ORDER BY p."id"
-- version_1 = '000000004000000002000000000000000000000000000000000000beta'
-- version_2 = '000000017000000000000000000000000000000000000000000000~'
