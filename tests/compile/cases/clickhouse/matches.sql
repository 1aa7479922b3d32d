-- email matches "[a-z]+@x[.]io"
SELECT "p"."id" AS "id" 
FROM "customers" AS "p" 
WHERE match(CAST("p"."email" AS TEXT), :pattern_1) ORDER BY "p"."id"
-- pattern_1 = '(?s)^(?:[a-z]+@x[.]io)$'
