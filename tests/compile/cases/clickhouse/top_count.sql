-- in bottom 100 by points
WITH "orc_ranked" AS 
(SELECT "p2"."id" AS "id", "p2"."points" AS "v" 
FROM "customers" AS "p2" 
WHERE true)
 SELECT "p"."id" AS "id" 
FROM "customers" AS "p" 
WHERE "p"."id" IN (SELECT "a2"."id" 
FROM (SELECT "a"."id" AS "id", row_number() OVER (ORDER BY "a"."r", CASE WHEN (("a"."r" + "a"."t") - 1 > :count_1) THEN substring(hex(SHA256(concat('rank:', toString("a"."id")))), 1, 16) ELSE NULL END, "a"."id") AS "d" 
FROM (SELECT "orc_ranked"."id" AS "id", rank() OVER (ORDER BY "orc_ranked"."v" ASC) AS "r", count(*) OVER (PARTITION BY "orc_ranked"."v") AS "t" 
FROM "orc_ranked" 
WHERE "orc_ranked"."v" IS NOT NULL) AS "a" 
WHERE "a"."r" <= :count_1) AS "a2" 
WHERE "a2"."d" <= :count_1) ORDER BY "p"."id"
-- count_1 = '100'
