-- Where somebody is on duty now, and who is in their care: the care team they are in, visits they
-- are booked for or were until lately, sessions they took a capacity in, matters they were told of
-- that nobody has closed, and the glass they broke. The owner's, because it is asked before
-- anything is seen.
CREATE OR REPLACE FUNCTION vigil_care_of(carer bigint)
RETURNS TABLE (duty_sites integer[], patients bigint[])
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT
        ARRAY(SELECT DISTINCT shift.site_id::integer FROM clinic_dutyshift shift
              WHERE shift.user_id = carer
                AND shift.starts_at <= vigil_now() AND shift.ends_at > vigil_now()),
        ARRAY(
            WITH reached (patient_id) AS (
            SELECT c.patient_id FROM clinic_careteammember member
            JOIN clinic_case c ON c.id = member.case_id
            WHERE member.user_id = carer AND member.until IS NULL
            UNION
            SELECT visit.patient_id FROM clinic_visitperson person
            JOIN clinic_visit visit ON visit.id = person.visit_id
            WHERE person.user_id = carer AND visit.status IN ('planned', 'arrived', 'done')
              AND person.ends_at > vigil_now() - interval '30 days'
            UNION
            SELECT c.patient_id FROM clinic_sessions_presence presence
            JOIN clinic_sessions_supervisedsession session ON session.id = presence.session_id
            JOIN clinic_case c ON c.id = session.case_id
            WHERE presence.user_id = carer AND session.status <> 'signed'
            UNION
            SELECT c.patient_id FROM clinic_notice notice
            JOIN clinic_matter matter ON matter.id = notice.matter_id
            JOIN clinic_case c ON c.id = matter.case_id
            WHERE notice.user_id = carer AND matter.status <> 'closed'
            UNION
            SELECT glass.patient_id FROM clinic_brokenglass glass
            WHERE glass.broken_by_id = carer AND glass.ended_at IS NULL
              AND glass.broken_at <= vigil_now() AND glass.until > vigil_now()
            ),
            -- Whoever had two records is one person, whichever of them was reached.
            person (id) AS (SELECT DISTINCT COALESCE(p.merged_into_id, p.id) FROM reached
                            JOIN clinic_patient p ON p.id = reached.patient_id)
            SELECT id FROM person
            UNION
            SELECT p.id FROM person JOIN clinic_patient p ON p.merged_into_id = person.id
        )
$$;
REVOKE ALL ON FUNCTION vigil_care_of FROM PUBLIC;
GRANT EXECUTE ON FUNCTION vigil_care_of TO vigil_app;
