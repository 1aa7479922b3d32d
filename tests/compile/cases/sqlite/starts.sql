-- email starts with "a"
SELECT p."id" AS id 
FROM "customers" AS p 
WHERE orc_starts(p."email", :pattern_1) = 1 ORDER BY p."id"
-- pattern_1 = 'a'
