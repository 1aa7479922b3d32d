-- renews_at is before created_at
SELECT "p"."id" AS "id" 
FROM "customers" AS "p" 
WHERE "p"."renews_at" < "p"."created_at" ORDER BY "p"."id"
