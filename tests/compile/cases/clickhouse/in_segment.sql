-- in segment buyers and not in segment stage.best
WITH "orc_ranked" AS 
(SELECT "p2"."id" AS "id", coalesce(coalesce("m2"."v", 0), :number_1) AS "v" 
FROM "customers" AS "p2" LEFT OUTER JOIN (SELECT "e3"."customer_id" AS "k", sum(CAST(CAST(round("e3"."amount" * 1000) AS Nullable(Int256)) AS Nullable(Int256))) AS "v" 
FROM "orders" AS "e3" 
WHERE "e3"."at" >= CAST(:at_3 AS Nullable(DateTime64(6, 'UTC'))) AND "e3"."at" < CAST(:at_4 AS Nullable(DateTime64(6, 'UTC'))) GROUP BY "e3"."customer_id") AS "m2" ON "m2"."k" = "p2"."id" 
WHERE "p2"."id" IN (SELECT "e4"."customer_id" 
FROM "orders" AS "e4" 
WHERE "e4"."at" >= CAST(:at_5 AS Nullable(DateTime64(6, 'UTC'))) AND "e4"."at" < CAST(:at_6 AS Nullable(DateTime64(6, 'UTC')))))
 SELECT "p"."id" AS "id" 
FROM "customers" AS "p" LEFT OUTER JOIN (SELECT "e2"."customer_id" AS "k", count(*) AS "v" 
FROM "orders" AS "e2" 
WHERE "e2"."at" >= CAST(:at_1 AS Nullable(DateTime64(6, 'UTC'))) AND "e2"."at" < CAST(:at_2 AS Nullable(DateTime64(6, 'UTC'))) GROUP BY "e2"."customer_id") AS "m" ON "m"."k" = "p"."id" LEFT OUTER JOIN (SELECT "m3"."id" AS "k" 
FROM (SELECT "a"."id" AS "id" 
FROM (SELECT "orc_ranked"."id" AS "id", rank() OVER (ORDER BY "orc_ranked"."v" DESC) AS "r", count(*) OVER () AS "n" 
FROM "orc_ranked") AS "a" 
WHERE ("a"."r" - 1) * :of_1 < "a"."n" * :share_1) AS "m3") AS "m4" ON "m4"."k" = "p"."id" 
WHERE "p"."id" IN (SELECT "e"."customer_id" 
FROM "orders" AS "e" 
WHERE "e"."at" >= CAST(:at_7 AS Nullable(DateTime64(6, 'UTC'))) AND "e"."at" < CAST(:at_8 AS Nullable(DateTime64(6, 'UTC')))) AND ("m"."v" IS NULL OR "m4"."k" IS NULL OR "p"."created_at" >= CAST(:at_9 AS Nullable(DateTime64(6, 'UTC'))) AND "p"."created_at" < CAST(:at_10 AS Nullable(DateTime64(6, 'UTC')))) ORDER BY "p"."id"
-- at_1 = '2025-11-22 09:00:00'
-- at_2 = '2026-11-22 09:00:00'
-- number_1 = '0'
-- at_3 = '2025-11-22 09:00:00'
-- at_4 = '2026-11-22 09:00:00'
-- at_5 = '2025-11-22 09:00:00'
-- at_6 = '2026-11-22 09:00:00'
-- of_1 = '10'
-- share_1 = '1'
-- at_7 = '2025-11-22 09:00:00'
-- at_8 = '2026-11-22 09:00:00'
-- at_9 = '2026-10-23 08:00:00'
-- at_10 = '2026-11-22 09:00:00'
