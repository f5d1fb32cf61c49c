-- From the first dose to the end nothing locks the carer out: not a role that ended meanwhile.
-- Says at which site this one session lies, to somebody who has taken a capacity in it.
CREATE OR REPLACE FUNCTION vigil_site_of_carer(carer bigint, session_key uuid) RETURNS integer
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT session.site_id::integer
    FROM clinic_sessions_supervisedsession session
    JOIN clinic_user ON clinic_user.id = carer AND clinic_user.is_active
    WHERE session.key = session_key AND session.status = 'dosed'
      AND EXISTS (SELECT FROM clinic_sessions_presence presence
                  WHERE presence.session_id = session.id AND presence.user_id = carer)
$$;
REVOKE ALL ON FUNCTION vigil_site_of_carer FROM PUBLIC;
GRANT EXECUTE ON FUNCTION vigil_site_of_carer TO vigil_app;
