-- Whoever holds a link's secret is let in to its site before anybody is known; nothing else is told.
CREATE OR REPLACE FUNCTION vigil_site_of_link(in_digest text) RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT site_id FROM clinic_patientlink WHERE token_digest = in_digest
$$;
REVOKE ALL ON FUNCTION vigil_site_of_link FROM PUBLIC;
GRANT EXECUTE ON FUNCTION vigil_site_of_link TO vigil_app;
