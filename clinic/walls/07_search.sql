-- People whose names look like the words, behind the walls of whoever asks, the likest first.
-- Trigrams find them by index; under row-level security the same question reads every row, because
-- only leakproof operators may come before the wall. So the function is the owner's, and asks the
-- wall's own question first.

-- Only a session that has pg_trgm loaded knows its parameters; using it loads it.
SELECT show_limit();

CREATE OR REPLACE FUNCTION vigil_find_people(wanted text[], at_most integer) RETURNS SETOF bigint
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp
SET pg_trgm.word_similarity_threshold = 0.5 AS $$
DECLARE
    seen int[] := NULLIF(current_setting('vigil.sites', true), '')::int[];
    longest text := (SELECT w FROM unnest(wanted) w ORDER BY length(w) DESC LIMIT 1);
BEGIN
    FOR attempt IN 1..2 LOOP
        RETURN QUERY
            SELECT p.id FROM clinic_patient p
            WHERE p.site_id = ANY (seen)
              AND (longest <% p.search_name
                   OR (length(longest) > 2 AND p.search_name LIKE '%' || longest || '%'))
              AND NOT EXISTS (
                  SELECT FROM unnest(wanted) w
                  WHERE NOT (w <% p.search_name OR strpos(p.search_name, w) > 0))
            ORDER BY (SELECT avg(word_similarity(w, p.search_name)) FROM unnest(wanted) w) DESC,
                p.sort_name, p.id
            LIMIT at_most;
        EXIT WHEN FOUND;
        -- Nobody of that name: a letter may be wrong, missing or in another's place.
        PERFORM set_config('pg_trgm.word_similarity_threshold', '0.3', true);
    END LOOP;
END $$;
REVOKE ALL ON FUNCTION vigil_find_people FROM PUBLIC;
GRANT EXECUTE ON FUNCTION vigil_find_people TO vigil_app;
