-- plan has been "pro" for at least 6 months
SELECT "p"."id" AS "id" 
FROM "customers" AS "p" LEFT OUTER JOIN (SELECT "o"."k" AS "k", "o"."v" AS "v" 
FROM (SELECT "e"."customer_id" AS "k", CAST("e"."plan" AS TEXT) AS "v", row_number() OVER (PARTITION BY "e"."customer_id" ORDER BY "e"."since" DESC, "e"."id" DESC) AS "r" 
FROM "plans" AS "e" 
WHERE "e"."since" < :at_1 AND ("e"."since" < :at_2 OR "e"."since" IN (:at_3, :at_4, :at_5, :at_6, :at_7, :at_8, :at_9, :at_10, :at_11, :at_12))) AS "o" 
WHERE "o"."r" = 1) AS "m" ON "m"."k" = "p"."id" LEFT OUTER JOIN (SELECT "e2"."customer_id" AS "k", count(*) AS "v" 
FROM "plans" AS "e2" 
WHERE "e2"."since" < :at_13 AND "e2"."since" >= :at_14 AND ("e2"."since" NOT IN (:at_15, :at_16, :at_17, :at_18, :at_19, :at_20, :at_21, :at_22, :at_23, :at_24)) AND NOT coalesce(CAST("e2"."plan" AS TEXT) = :value_1, false) GROUP BY "e2"."customer_id") AS "m2" ON "m2"."k" = "p"."id" 
WHERE "m"."v" = :text_1 AND "m2"."v" IS NULL ORDER BY "p"."id"
-- at_1 = '2026-11-22 09:00'
-- at_2 = '2026-05-22 08:00'
-- at_3 = '2026-05-22 08:00:00'
-- at_4 = '2026-05-22 08:00:00.0'
-- at_5 = '2026-05-22 08:00:00.000'
-- at_6 = '2026-05-22 08:00:00.000000'
-- at_7 = '2026-05-22 08:00:00Z'
-- at_8 = '2026-05-22 08:00:00.000Z'
-- at_9 = '2026-05-22 08:00:00.000000Z'
-- at_10 = '2026-05-22 08:00:00+00:00'
-- at_11 = '2026-05-22 08:00:00.000000+00:00'
-- at_12 = '2026-05-22 08:00'
-- at_13 = '2026-11-22 09:00'
-- at_14 = '2026-05-22 08:00'
-- at_15 = '2026-05-22 08:00:00'
-- at_16 = '2026-05-22 08:00:00.0'
-- at_17 = '2026-05-22 08:00:00.000'
-- at_18 = '2026-05-22 08:00:00.000000'
-- at_19 = '2026-05-22 08:00:00Z'
-- at_20 = '2026-05-22 08:00:00.000Z'
-- at_21 = '2026-05-22 08:00:00.000000Z'
-- at_22 = '2026-05-22 08:00:00+00:00'
-- at_23 = '2026-05-22 08:00:00.000000+00:00'
-- at_24 = '2026-05-22 08:00'
-- value_1 = 'pro'
-- text_1 = 'pro'
