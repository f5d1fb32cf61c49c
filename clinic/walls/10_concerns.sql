-- Who hears a concern: the safety leads of its site, but neither whom it is about nor who cares for
-- the patient; where none is left, those of the other sites. With in_everywhere, all of them.
CREATE OR REPLACE FUNCTION vigil_hearers(
    in_site bigint, in_patient bigint, in_about bigint, in_everywhere boolean
) RETURNS SETOF bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH lead AS (
        SELECT role.user_id, role.site_id FROM clinic_roleatsite role
        JOIN clinic_user u ON u.id = role.user_id AND u.is_active
        WHERE role.role = 'safety_lead'
          AND role.valid_from <= now() AND (role.valid_until IS NULL OR role.valid_until > now())
          AND role.user_id IS DISTINCT FROM in_about
          AND NOT EXISTS (SELECT FROM clinic_careteammember member
                          JOIN clinic_case c ON c.id = member.case_id
                          WHERE c.patient_id = vigil_record_that_stays(in_patient)
                            AND member.user_id = role.user_id
                            AND member.until IS NULL)
    )
    SELECT DISTINCT user_id FROM lead
    WHERE in_everywhere OR site_id = in_site
       OR NOT EXISTS (SELECT FROM lead here WHERE here.site_id = in_site)
$$;
REVOKE ALL ON FUNCTION vigil_hearers FROM PUBLIC;
GRANT EXECUTE ON FUNCTION vigil_hearers TO vigil_app;

-- Whether what was reported still waits for somebody: all that the outbox needs to know of it.
CREATE OR REPLACE FUNCTION vigil_waits_for_safety(in_key uuid) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT EXISTS (SELECT FROM clinic_incident
                   WHERE key = in_key AND owner_id IS NULL AND closed_at IS NULL)
        OR EXISTS (SELECT FROM clinic_concern
                   WHERE key = in_key AND heard_at IS NULL AND closed_at IS NULL)
$$;
REVOKE ALL ON FUNCTION vigil_waits_for_safety FROM PUBLIC;
GRANT EXECUTE ON FUNCTION vigil_waits_for_safety TO vigil_app;

-- How often a link was used to tell something since a moment: a number, not what.
CREATE OR REPLACE FUNCTION vigil_told_through(in_link uuid, in_since timestamptz) RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT count(*) FROM clinic_concern WHERE through_key = in_link AND raised_at > in_since
$$;
REVOKE ALL ON FUNCTION vigil_told_through FROM PUBLIC;
GRANT EXECUTE ON FUNCTION vigil_told_through TO vigil_app;
