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
