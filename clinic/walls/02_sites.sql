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
CREATE OR REPLACE FUNCTION vigil_waits_for_care(in_patient bigint) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT EXISTS (SELECT FROM clinic_case c
                   WHERE c.patient_id = in_patient AND c.status IN ('referred', 'screening'))
        OR NOT EXISTS (SELECT FROM clinic_careteammember member
                       JOIN clinic_case c ON c.id = member.case_id
                       WHERE c.patient_id = in_patient AND member.until IS NULL)
$$;
REVOKE ALL ON FUNCTION vigil_waits_for_care FROM PUBLIC;
GRANT EXECUTE ON FUNCTION vigil_waits_for_care TO vigil_app;
