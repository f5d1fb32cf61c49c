-- People whose names look like the words, behind the walls of whoever asks, the likest first.
-- Trigrams find them by index; under row-level security the same question reads every row, because
-- only leakproof operators may come before the wall. So the function is the owner's, and asks the
-- wall's own question first.
-- The parameter below is known only once the trigram library is loaded in this connection.
SELECT show_limit();

DROP FUNCTION IF EXISTS vigil_find_people(text[], integer);
CREATE OR REPLACE FUNCTION vigil_find_people(
    wanted text[], at_most integer, at_sites integer[] DEFAULT NULL)
RETURNS SETOF bigint
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp
SET pg_trgm.word_similarity_threshold = 0.5 AS $$
DECLARE
    seen int[] := NULLIF(current_setting('vigil.sites', true), '')::int[];
    whole int[] := NULLIF(current_setting('vigil.whole', true), '')::int[];
    reached bigint[] := NULLIF(current_setting('vigil.patients', true), '')::bigint[];
    words text[] := (SELECT array_agg(w ORDER BY length(w) DESC, place)
                     FROM unnest(wanted) WITH ORDINALITY AS typed(w, place));
    word text;
    others text[];
    anchor text;
BEGIN
    -- Asked of some sites alone, the others' people neither fill the answer nor end the search.
    IF at_sites IS NOT NULL THEN
        seen := ARRAY(SELECT unnest(seen) INTERSECT SELECT unnest(at_sites));
    END IF;
    -- Somebody whose names begin so; nobody is asked how alike they are.
    RETURN QUERY
        SELECT p.id FROM clinic_patient p
        WHERE p.site_id = ANY (seen)
          AND (p.site_id = ANY (whole) OR p.id = ANY (reached) OR vigil_waits_for_care(p.id))
          AND (p.search_name LIKE words[1] || '%' OR p.search_name LIKE '% ' || words[1] || '%')
          AND NOT EXISTS (
              SELECT FROM unnest(words) w WHERE strpos(' ' || p.search_name, ' ' || w) = 0)
        ORDER BY p.sort_name, p.id
        LIMIT at_most;
    IF FOUND THEN
        RETURN;
    END IF;
    -- Nobody: one word may be mistyped, and the others begin a name. The index finds
    -- by both at once, which leaves few whose likeness has to be reckoned.
    FOREACH word IN ARRAY words LOOP
        others := array_remove(words, word);
        EXIT WHEN others = '{}';  -- there is one word
        anchor := '%' || others[1] || '%';
        RETURN QUERY
            SELECT p.id FROM clinic_patient p
            WHERE p.site_id = ANY (seen)
              AND (p.site_id = ANY (whole) OR p.id = ANY (reached) OR vigil_waits_for_care(p.id))
              AND word <% p.search_name
              AND p.search_name LIKE anchor
              AND NOT EXISTS (
                  SELECT FROM unnest(others) w WHERE strpos(' ' || p.search_name, ' ' || w) = 0)
            ORDER BY word_similarity(word, p.search_name) DESC, p.sort_name, p.id
            LIMIT at_most;
        IF FOUND THEN
            RETURN;
        END IF;
    END LOOP;
    -- Nobody: a letter may be wrong in any of them; then, more than one.
    others := words[2:];
    FOR attempt IN 1..2 LOOP
        RETURN QUERY
            SELECT p.id FROM clinic_patient p
            WHERE p.site_id = ANY (seen)
              AND (p.site_id = ANY (whole) OR p.id = ANY (reached) OR vigil_waits_for_care(p.id))
              AND words[1] <% p.search_name
              AND (others = '{}' OR NOT EXISTS (
                  SELECT FROM unnest(others) w
                  WHERE NOT (w <% p.search_name OR strpos(p.search_name, w) > 0)))
            ORDER BY word_similarity(words[1], p.search_name) DESC, p.sort_name, p.id
            LIMIT at_most;
        EXIT WHEN FOUND;
        PERFORM set_config('pg_trgm.word_similarity_threshold', '0.3', true);
    END LOOP;
END $$;
REVOKE ALL ON FUNCTION vigil_find_people FROM PUBLIC;
GRANT EXECUTE ON FUNCTION vigil_find_people TO vigil_app;
