-- email is not unique or created_at is unique
WITH "orc_same" AS 
(SELECT "p2"."id" AS "id", CAST("p2"."email" AS TEXT) AS "v" 
FROM "customers" AS "p2"), 
"orc_same2" AS 
(SELECT "p3"."id" AS "id", toUnixTimestamp64Micro(CAST("p3"."created_at" AS Nullable(DateTime64(6, 'UTC')))) AS "v" 
FROM "customers" AS "p3")
 SELECT "p"."id" AS "id" 
FROM "customers" AS "p" LEFT OUTER JOIN (SELECT "m"."id" AS "k" 
FROM (SELECT "a"."id" AS "id" 
FROM (SELECT "orc_same"."id" AS "id", count(*) OVER (PARTITION BY "orc_same"."v") AS "n" 
FROM "orc_same" 
WHERE "orc_same"."v" IS NOT NULL) AS "a" 
WHERE "a"."n" = 1) AS "m") AS "m2" ON "m2"."k" = "p"."id" LEFT OUTER JOIN (SELECT "m3"."id" AS "k" 
FROM (SELECT "a2"."id" AS "id" 
FROM (SELECT "orc_same2"."id" AS "id", count(*) OVER (PARTITION BY "orc_same2"."v") AS "n" 
FROM "orc_same2" 
WHERE "orc_same2"."v" IS NOT NULL) AS "a2" 
WHERE "a2"."n" = 1) AS "m3") AS "m4" ON "m4"."k" = "p"."id" 
WHERE "m2"."k" IS NULL OR "m4"."k" IS NOT NULL ORDER BY "p"."id"
