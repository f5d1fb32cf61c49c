-- Who is in these rooms, for the ratio of staff to people: of each session that goes on what was
-- given in all and who is with the person. Whoever watches one of them counts the others too,
-- though they are in somebody else's care and stay unseen.
CREATE OR REPLACE FUNCTION vigil_in_rooms(in_rooms bigint[], going_on text[])
RETURNS TABLE (room_id bigint, session_id bigint, total numeric, staff bigint[])
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT
        visit.room_id::bigint,
        session.id,
        (SELECT CASE WHEN bool_and(dose.amount_known) THEN sum(dose.amount)
                     WHEN count(*) = 0 THEN 0 END
         FROM clinic_sessions_dose dose WHERE dose.session_id = session.id),
        ARRAY(
            SELECT newest.user_id FROM (
                SELECT DISTINCT ON (presence.user_id)
                       presence.user_id::bigint AS user_id, presence."where" AS whereabouts
                FROM clinic_sessions_presence presence
                WHERE presence.session_id = session.id
                ORDER BY presence.user_id, presence.stated_at DESC, presence.id DESC
            ) newest
            WHERE newest.whereabouts = 'with_client'
        )
    FROM clinic_sessions_supervisedsession session
    JOIN clinic_visit visit ON visit.id = session.visit_id
    WHERE visit.room_id = ANY (in_rooms) AND session.status = ANY (going_on)
      AND session.site_id = ANY (NULLIF(current_setting('vigil.sites', true), '')::int[])
$$;
REVOKE ALL ON FUNCTION vigil_in_rooms FROM PUBLIC;
GRANT EXECUTE ON FUNCTION vigil_in_rooms TO vigil_app;
