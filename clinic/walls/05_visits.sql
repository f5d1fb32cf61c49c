-- The times of the people of a visit are the visit's own.
CREATE OR REPLACE FUNCTION vigil_times_of_visit() RETURNS trigger
LANGUAGE plpgsql SET search_path = public AS $$
BEGIN
    SELECT starts_at, ends_at,
        NEW.is_with_client AND status IN ('planned', 'arrived') AND overlap_allowed_at IS NULL
        INTO NEW.starts_at, NEW.ends_at, NEW.is_held
        FROM clinic_visit WHERE id = NEW.visit_id;
    RETURN NEW;
END $$;

CREATE OR REPLACE FUNCTION vigil_people_follow() RETURNS trigger
LANGUAGE plpgsql SET search_path = public AS $$
BEGIN
    UPDATE clinic_visitperson SET
        starts_at = NEW.starts_at,
        ends_at = NEW.ends_at,
        is_held = is_with_client AND NEW.status IN ('planned', 'arrived')
            AND NEW.overlap_allowed_at IS NULL
    WHERE visit_id = NEW.id;
    RETURN NULL;
END $$;

-- Beside a visit that was allowed to overlap no exclusion constraint stands, and the rules see no
-- site but one's own: of people, who work at several, the database asks in their place. An overlap
-- was allowed over what was seen by whoever allowed it, so over nothing behind another site's wall.
-- Bookings of one person wait for each other, so what is not written yet is not overlooked.
CREATE OR REPLACE FUNCTION vigil_person_at_one_visit() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    sees int[] := NULLIF(current_setting('vigil.sites', true), '')::int[];
    is_allowed boolean;
BEGIN
    IF NOT NEW.is_with_client OR TG_OP = 'UPDATE'
        AND (NEW.user_id, NEW.starts_at, NEW.ends_at) = (OLD.user_id, OLD.starts_at, OLD.ends_at)
    THEN
        RETURN NULL;
    END IF;
    SELECT overlap_allowed_at IS NOT NULL INTO is_allowed FROM clinic_visit
        WHERE id = NEW.visit_id AND status IN ('planned', 'arrived');
    IF FOUND AND EXISTS (
        SELECT FROM clinic_visitperson p JOIN clinic_visit v ON v.id = p.visit_id
        WHERE p.user_id = NEW.user_id AND p.visit_id <> NEW.visit_id AND p.is_with_client
            AND p.starts_at < NEW.ends_at AND p.ends_at > NEW.starts_at
            AND v.status IN ('planned', 'arrived')
            AND CASE WHEN is_allowed THEN v.site_id <> ALL (sees)
                ELSE v.overlap_allowed_at IS NOT NULL END
    ) THEN
        RAISE EXCEPTION 'a person is at one visit at a time'
            USING ERRCODE = 'exclusion_violation', CONSTRAINT = 'person_is_at_one_visit';
    END IF;
    RETURN NULL;
END $$;
