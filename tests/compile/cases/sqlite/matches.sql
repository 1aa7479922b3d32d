-- email matches "[a-z]+@x[.]io"
SELECT p."id" AS id 
FROM "customers" AS p 
WHERE orc_matches(p."email", :pattern_1) = 1 ORDER BY p."id"
-- pattern_1 = '[a-z]+@x[.]io'
