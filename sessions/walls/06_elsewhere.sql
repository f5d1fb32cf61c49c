-- Whether this person had a dose at another site of the organisation inside the intervals of their own
-- version, and until when that holds: one day, or nothing. Not where, what, when, how much or who.
-- A site may be stricter than the version, so it says its own days; fewer than the version's count
-- for nothing. Only a case at one's own sites is asked about. The same person is born on the same
-- day and has the same name, e-mail address or telephone number, or else two of these three. Of
-- whoever had two records that were merged, here or there, each record's details count. And the same
-- person is whoever's record was linked with theirs by somebody entitled at both sites. Whom such a
-- person told apart from them, signed, is not the same, however alike the details; a link counts for
-- more, and once either record was merged it has to be said again. A link that was made while two
-- records were one speaks of either: parted since, both count it, until it is ended or whoever it
-- is not is told apart.
CREATE OR REPLACE FUNCTION vigil_dosed_elsewhere(in_case bigint, in_days integer[], in_on date)
RETURNS date
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH RECURSIVE asked AS (
        SELECT p.id, p.site_id, p.date_of_birth, p.sort_name, p.email_digest, p.phone_digest,
               version.document
        FROM clinic_case c
        JOIN clinic_patient p ON p.id = c.patient_id OR p.merged_into_id = c.patient_id
        JOIN clinic_protocolversion version ON version.id = c.protocol_version_id
        WHERE c.id = in_case
          AND c.site_id = ANY (NULLIF(current_setting('vigil.sites', true), '')::int[])
    ),
    interval_rule AS (
        SELECT COALESCE(rule -> 'substances', '[]') AS substances,
               GREATEST((rule ->> 'min_days')::integer, in_days[place]) AS days
        FROM asked, jsonb_array_elements(asked.document -> 'intervals')
            WITH ORDINALITY AS listed(rule, place)
    ),
    told AS NOT MATERIALIZED (
        SELECT t.first_id, t.second_id, t.told_at FROM clinic_toldapart t
        WHERE t.ended_at IS NULL AND NOT EXISTS (
            SELECT FROM clinic_patientmerge m
            WHERE m.merged_at >= t.told_at
              AND (m.kept_id IN (t.first_id, t.second_id) OR m.merged_id IN (t.first_id, t.second_id)))
    ),
    while_one AS (
        SELECT p.id AS one, l.other
        FROM clinic_patientparting parted
        JOIN clinic_patientmerge m ON m.id = parted.merge_id
        CROSS JOIN LATERAL (
            SELECT m.merged_id AS id
            UNION ALL SELECT q.id
            FROM jsonb_array_elements_text(COALESCE(m.moved -> 'clinic.Patient', '[]')) moved(key)
            JOIN clinic_patient q ON q.key = moved.key::uuid
        ) p
        CROSS JOIN LATERAL (
            SELECT second_id AS other, linked_at, ended_at FROM clinic_recordlink WHERE first_id = m.kept_id
            UNION ALL
            SELECT first_id, linked_at, ended_at FROM clinic_recordlink WHERE second_id = m.kept_id
        ) l
        WHERE l.ended_at IS NULL AND l.linked_at BETWEEN m.merged_at AND parted.parted_at
          AND NOT EXISTS (SELECT FROM told t
                          WHERE t.first_id = LEAST(p.id, l.other)
                            AND t.second_id = GREATEST(p.id, l.other)
                            AND t.told_at >= parted.parted_at)
    ),
    linked AS (
        SELECT id FROM asked
        UNION
        SELECT other.id FROM linked JOIN clinic_patient p ON p.id = linked.id CROSS JOIN LATERAL (
            SELECT l.second_id FROM clinic_recordlink l WHERE l.first_id = p.id AND l.ended_at IS NULL
            UNION ALL
            SELECT l.first_id FROM clinic_recordlink l WHERE l.second_id = p.id AND l.ended_at IS NULL
            UNION ALL SELECT w.other FROM while_one w WHERE w.one = p.id
            UNION ALL SELECT w.one FROM while_one w WHERE w.other = p.id
            UNION ALL SELECT p.merged_into_id WHERE p.merged_into_id IS NOT NULL
            UNION ALL SELECT m.id FROM clinic_patient m WHERE m.merged_into_id = p.id
        ) other(id)
    ),
    alike AS (
        SELECT COALESCE(p.merged_into_id, p.id) AS id FROM asked JOIN clinic_patient p ON p.date_of_birth = asked.date_of_birth
        WHERE p.site_id <> asked.site_id
          AND (p.sort_name = asked.sort_name
               OR (p.email_digest <> '' AND p.email_digest = asked.email_digest)
               OR (p.phone_digest <> '' AND p.phone_digest = asked.phone_digest))
        UNION
        SELECT COALESCE(p.merged_into_id, p.id) FROM asked JOIN clinic_patient p ON p.email_digest = asked.email_digest
        WHERE asked.email_digest <> '' AND p.site_id <> asked.site_id
          AND (p.sort_name = asked.sort_name
               OR (p.phone_digest <> '' AND p.phone_digest = asked.phone_digest))
        UNION
        SELECT COALESCE(p.merged_into_id, p.id) FROM asked JOIN clinic_patient p ON p.phone_digest = asked.phone_digest
        WHERE asked.phone_digest <> '' AND p.site_id <> asked.site_id
          AND p.sort_name = asked.sort_name
    ),
    apart AS (
        SELECT CASE asked.id WHEN t.first_id THEN t.second_id ELSE t.first_id END AS id
        FROM asked JOIN told t ON asked.id IN (t.first_id, t.second_id)
    ),
    same_person AS (
        SELECT p.id FROM linked JOIN clinic_patient p ON p.id = linked.id
        WHERE p.site_id <> (SELECT site_id FROM asked LIMIT 1)
        UNION
        SELECT id FROM alike WHERE id NOT IN (SELECT id FROM apart)
    ),
    given AS (
        SELECT version.document ->> 'substance' AS substance,
               (dose.given_at AT TIME ZONE site.zone)::date AS day
        FROM same_person
        JOIN clinic_case c ON c.patient_id = same_person.id
        JOIN clinic_protocolversion version ON version.id = c.protocol_version_id
        JOIN clinic_sessions_supervisedsession session ON session.case_id = c.id
        JOIN clinic_sessions_dose dose ON dose.session_id = session.id
        JOIN clinic_site site ON site.id = session.site_id
    )
    SELECT max(given.day + interval_rule.days)
    FROM given, interval_rule
    WHERE given.day <= in_on AND given.day + interval_rule.days > in_on
      AND CASE WHEN interval_rule.substances = '[]' THEN
              given.substance <> (SELECT document ->> 'substance' FROM asked LIMIT 1)
              AND NOT EXISTS (SELECT FROM interval_rule other
                              WHERE other.substances ? given.substance)
          ELSE interval_rule.substances ? given.substance END
$$;
REVOKE ALL ON FUNCTION vigil_dosed_elsewhere FROM PUBLIC;
GRANT EXECUTE ON FUNCTION vigil_dosed_elsewhere TO vigil_app;
