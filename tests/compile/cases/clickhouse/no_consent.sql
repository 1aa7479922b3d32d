-- does not consent to email for promotions
SELECT "p"."id" AS "id" 
FROM "customers" AS "p" LEFT OUTER JOIN (SELECT "m"."id" AS "k" 
FROM (SELECT "c"."customer_id" AS "id" 
FROM (SELECT "e"."customer_id" AS "customer_id", CASE WHEN (CAST("e"."granted" AS TEXT) IN (:yes_1, :yes_2, :yes_3, :yes_4, :yes_5, :yes_6)) THEN 1 ELSE 0 END AS "y", row_number() OVER (PARTITION BY "e"."customer_id" ORDER BY "e"."at" DESC, "e"."id" DESC) AS "r", "e"."at" AS "at" 
FROM "consents" AS "e" 
WHERE CAST("e"."channel" AS TEXT) = :channel_1 AND CAST("e"."topic" AS TEXT) = :topic_1 AND "e"."at" < CAST(:at_1 AS Nullable(DateTime64(6, 'UTC')))) AS "c" 
WHERE "c"."r" = 1 AND "c"."y" = 1) AS "m") AS "m2" ON "m2"."k" = "p"."id" 
WHERE "m2"."k" IS NULL ORDER BY "p"."id"
-- yes_1 = '1'
-- yes_2 = 't'
-- yes_3 = 'true'
-- yes_4 = 'T'
-- yes_5 = 'True'
-- yes_6 = 'TRUE'
-- channel_1 = 'email'
-- topic_1 = 'promotions'
-- at_1 = '2026-11-22 09:00:00'
