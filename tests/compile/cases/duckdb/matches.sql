-- email matches "[a-z]+@x[.]io"
SELECT p."id" AS id 
FROM "customers" AS p 
WHERE regexp_full_match(CAST(p."email" AS TEXT), :pattern_1, 's') ORDER BY p."id"
-- pattern_1 = '[a-z]+@x[.]io'
