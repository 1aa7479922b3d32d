-- email does not end with "@x.io"
SELECT p."id" AS id 
FROM "customers" AS p 
WHERE (orc_ends(p."email", :pattern_1) = 1) IS NOT 1 ORDER BY p."id"
-- pattern_1 = '@x.io'
