-- weekday of birth_date is "friday"
SELECT p."id" AS id 
FROM "customers" AS p 
WHERE CASE CAST(EXTRACT(isodow FROM CAST(p."birth_date" AS DATE)) AS INTEGER) WHEN 1 THEN CAST(:text_1 AS TEXT) WHEN 2 THEN CAST(:text_2 AS TEXT) WHEN 3 THEN CAST(:text_3 AS TEXT) WHEN 4 THEN CAST(:text_4 AS TEXT) WHEN 5 THEN CAST(:text_5 AS TEXT) WHEN 6 THEN CAST(:text_6 AS TEXT) WHEN 7 THEN CAST(:text_7 AS TEXT) ELSE NULL END = :text_8 ORDER BY p."id"
-- text_1 = 'monday'
-- text_2 = 'tuesday'
-- text_3 = 'wednesday'
-- text_4 = 'thursday'
-- text_5 = 'friday'
-- text_6 = 'saturday'
-- text_7 = 'sunday'
-- text_8 = 'friday'
