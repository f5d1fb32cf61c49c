-- A row stands behind the wall its parent stands behind.
CREATE OR REPLACE FUNCTION vigil_same_site() RETURNS trigger
LANGUAGE plpgsql SET search_path = public AS $$
DECLARE
    parent bigint := (to_jsonb(NEW) ->> TG_ARGV[1])::bigint;
    site integer;
BEGIN
    IF parent IS NULL THEN
        RETURN NEW;
    END IF;
    EXECUTE format('SELECT site_id FROM %I WHERE id = $1', TG_ARGV[0]) INTO site USING parent;
    IF site IS DISTINCT FROM NEW.site_id THEN
        RAISE EXCEPTION 'a row of % must stand at the site of its %', TG_TABLE_NAME, TG_ARGV[1]
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
-- Whom the one who asks may see: the question of clinic.access.in_reach, asked by the database.
-- The tables it reads lie behind the same wall, so the function is the owner's.
-- A record that was merged is seen by whoever sees the one that stays.
CREATE OR REPLACE FUNCTION vigil_record_that_stays(in_patient bigint) RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT COALESCE((SELECT merged_into_id FROM clinic_patient WHERE id = in_patient), in_patient)
$$;
REVOKE ALL ON FUNCTION vigil_record_that_stays FROM PUBLIC;
GRANT EXECUTE ON FUNCTION vigil_record_that_stays TO vigil_app;

CREATE OR REPLACE FUNCTION vigil_waits_for_care(in_patient bigint) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH person AS MATERIALIZED (
        SELECT COALESCE((SELECT merged_into_id FROM clinic_patient WHERE id = in_patient),
                        in_patient) AS id)
    SELECT EXISTS (SELECT FROM clinic_case c
                   WHERE c.patient_id = (SELECT id FROM person)
                     AND c.status IN ('referred', 'screening'))
        OR NOT EXISTS (SELECT FROM clinic_careteammember member
                       JOIN clinic_case c ON c.id = member.case_id
                       WHERE c.patient_id = (SELECT id FROM person) AND member.until IS NULL)
$$;
REVOKE ALL ON FUNCTION vigil_waits_for_care FROM PUBLIC;
GRANT EXECUTE ON FUNCTION vigil_waits_for_care TO vigil_app;

-- Somebody found by who they are, though not in the care of the one who asks: the keys alone. The
-- act that asks has a reason, a proof and a row of the trail, found or not.
CREATE OR REPLACE FUNCTION vigil_find_outside_care(
    in_site bigint, in_number text, in_name text, in_born date
) RETURNS SETOF bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT DISTINCT COALESCE(p.merged_into_id, p.id) FROM clinic_patient p
    WHERE p.site_id = in_site
      AND p.site_id = ANY (NULLIF(current_setting('vigil.sites', true), '')::int[])
      AND ((in_number <> '' AND p.number = in_number)
           OR (in_number = '' AND p.date_of_birth = in_born
               AND strpos(' ' || p.search_name || ' ', ' ' || in_name || ' ') > 0))
    LIMIT 2
$$;
REVOKE ALL ON FUNCTION vigil_find_outside_care FROM PUBLIC;
GRANT EXECUTE ON FUNCTION vigil_find_outside_care TO vigil_app;
