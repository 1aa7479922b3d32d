-- email contains "Ä%_"
SELECT p."id" AS id 
FROM "customers" AS p 
WHERE orc_contains(p."email", :pattern_1) = 1 ORDER BY p."id"
-- pattern_1 = 'ä%_'
