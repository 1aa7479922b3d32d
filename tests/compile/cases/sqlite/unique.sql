-- email is not unique or created_at is unique
WITH orc_same AS 
(SELECT p2."id" AS id, p2."email" AS v 
FROM "customers" AS p2), 
orc_same2 AS 
(SELECT p3."id" AS id, orc_micros(p3."created_at") AS v 
FROM "customers" AS p3)
 SELECT p."id" AS id 
FROM "customers" AS p 
WHERE (p."id" NOT IN (SELECT a.id 
FROM (SELECT orc_same.id AS id, count(*) OVER (PARTITION BY orc_same.v) AS n 
FROM orc_same 
WHERE orc_same.v IS NOT NULL) AS a 
WHERE a.n = 1)) OR p."id" IN (SELECT a2.id 
FROM (SELECT orc_same2.id AS id, count(*) OVER (PARTITION BY orc_same2.v) AS n 
FROM orc_same2 
WHERE orc_same2.v IS NOT NULL) AS a2 
WHERE a2.n = 1) ORDER BY p."id"
