-- Whoever holds a feed's secret learns when and where its person is booked, before anybody is
-- known. These columns are all there is: who comes, for what and under which protocol no column
-- says, and no site and no patient comes into sight with them.
CREATE OR REPLACE FUNCTION vigil_feed_is_open(in_digest text) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT EXISTS (
        SELECT FROM clinic_diaryfeed f JOIN clinic_user u ON u.id = f.user_id
        WHERE f.token_digest = in_digest AND f.ended_at IS NULL AND u.is_active)
$$;
REVOKE ALL ON FUNCTION vigil_feed_is_open FROM PUBLIC;
GRANT EXECUTE ON FUNCTION vigil_feed_is_open TO vigil_app;

-- Only of sites at which the person still has a role. How often a visit was changed is told by its
-- history, so that a visit taken up again counts on and never back.
CREATE OR REPLACE FUNCTION vigil_diary_of_feed(in_digest text, in_since timestamptz)
RETURNS TABLE (key uuid, starts_at timestamptz, ends_at timestamptz, is_off boolean, room text,
    site text, changes bigint, changed_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT v.key, v.starts_at, v.ends_at, v.status IN ('cancelled', 'no_show'),
        coalesce(r.name, ''), s.name, h.changes, h.changed_at
    FROM clinic_diaryfeed f
    JOIN clinic_user u ON u.id = f.user_id AND u.is_active
    JOIN clinic_visitperson p ON p.user_id = f.user_id
    JOIN clinic_visit v ON v.id = p.visit_id
    JOIN clinic_site s ON s.id = v.site_id
    LEFT JOIN clinic_room r ON r.id = v.room_id
    CROSS JOIN LATERAL (
        SELECT count(*) - 1 AS changes, max(e.pgh_created_at) AS changed_at
        FROM clinic_visitevent e WHERE e.pgh_obj_id = v.id) h
    WHERE f.token_digest = in_digest AND f.ended_at IS NULL AND v.ends_at > in_since
        AND EXISTS (
            SELECT FROM clinic_roleatsite a
            WHERE a.user_id = f.user_id AND a.site_id = v.site_id AND a.valid_from <= now()
                AND (a.valid_until IS NULL OR a.valid_until > now()))
    ORDER BY v.starts_at, v.id
$$;
REVOKE ALL ON FUNCTION vigil_diary_of_feed FROM PUBLIC;
GRANT EXECUTE ON FUNCTION vigil_diary_of_feed TO vigil_app;
