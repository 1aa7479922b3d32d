-- in top 20% by revenue within each country among segment buyers
WITH "orc_ranked" AS 
(SELECT "p2"."id" AS "id", coalesce(coalesce("m"."v", 0), :number_1) AS "v", CAST("p2"."country" AS TEXT) AS "g" 
FROM "customers" AS "p2" LEFT OUTER JOIN (SELECT "e"."customer_id" AS "k", sum(CAST(CAST(round("e"."amount" * 1000) AS Nullable(Int256)) AS Nullable(Int256))) AS "v" 
FROM "orders" AS "e" 
WHERE "e"."at" >= CAST(:at_1 AS Nullable(DateTime64(6, 'UTC'))) AND "e"."at" < CAST(:at_2 AS Nullable(DateTime64(6, 'UTC'))) GROUP BY "e"."customer_id") AS "m" ON "m"."k" = "p2"."id" 
WHERE "p2"."id" IN (SELECT "e2"."customer_id" 
FROM "orders" AS "e2" 
WHERE "e2"."at" >= CAST(:at_3 AS Nullable(DateTime64(6, 'UTC'))) AND "e2"."at" < CAST(:at_4 AS Nullable(DateTime64(6, 'UTC')))))
 SELECT "p"."id" AS "id" 
FROM "customers" AS "p" 
WHERE "p"."id" IN (SELECT "a"."id" 
FROM (SELECT "orc_ranked"."id" AS "id", rank() OVER (PARTITION BY "orc_ranked"."g" ORDER BY "orc_ranked"."v" DESC) AS "r", count(*) OVER (PARTITION BY "orc_ranked"."g") AS "n" 
FROM "orc_ranked" 
WHERE "orc_ranked"."g" IS NOT NULL) AS "a" 
WHERE ("a"."r" - 1) * :of_1 < "a"."n" * :share_1) ORDER BY "p"."id"
-- number_1 = '0'
-- at_1 = '2025-11-22 09:00:00'
-- at_2 = '2026-11-22 09:00:00'
-- at_3 = '2025-11-22 09:00:00'
-- at_4 = '2026-11-22 09:00:00'
-- of_1 = '5'
-- share_1 = '1'
