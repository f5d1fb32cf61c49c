-- One link of a chain: its place, its facts and the link before it. The person and the site count by
-- their keys, which a restore or a re-import leaves as they are.
CREATE OR REPLACE FUNCTION vigil_link_of(entry clinic_trailentry, person uuid, site uuid)
RETURNS text LANGUAGE sql STABLE AS $$
    SELECT encode(sha256(convert_to(jsonb_build_array(
        entry.previous_hash,
        entry.stream,
        entry.sequence,
        entry.key,
        to_char(entry.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
        to_char(entry.received_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
        person,
        site,
        entry.case_key,
        entry.act,
        entry.subject_kind,
        entry.subject_key,
        entry.origin,
        entry.payload_digest,
        entry.seals
    )::text, 'UTF8')), 'hex')
$$;

CREATE OR REPLACE FUNCTION vigil_link(entry clinic_trailentry) RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT vigil_link_of(entry,
        (SELECT key FROM clinic_user WHERE id = entry.by_id),
        (SELECT key FROM clinic_site WHERE id = entry.site_id))
$$;

-- What an act writes for good is sealed: a digest of each row goes into the act's own link.
-- The sealed values are read as UTC wherever the row is written from.
CREATE OR REPLACE FUNCTION vigil_seal() RETURNS trigger
LANGUAGE plpgsql SET timezone = 'UTC' SET search_path = public, pg_temp AS $$
DECLARE
    sealed jsonb := to_jsonb(NEW) - TG_ARGV[1]::text[];
BEGIN
    PERFORM set_config('vigil.seals', concat_ws(',',
        NULLIF(current_setting('vigil.seals', true), ''),
        format('[%s,%s,"%s"]', TG_ARGV[0], NEW.id,
               encode(sha256(convert_to(sealed::text, 'UTF8')), 'hex'))), true);
    RETURN NULL;
END $$;

-- The only way into the trail: under the lock of its stream's head, so no gap and no fork.
CREATE OR REPLACE FUNCTION vigil_record(
    in_stream text, in_at timestamptz, in_by bigint, in_site bigint, in_case uuid, in_act text,
    in_kind text, in_subject uuid, in_origin text, in_payload text
) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    head clinic_chainhead;
    entry clinic_trailentry;
BEGIN
    INSERT INTO clinic_chainhead (stream, sequence, hash) VALUES (in_stream, 0, '')
        ON CONFLICT DO NOTHING;
    SELECT * INTO head FROM clinic_chainhead WHERE stream = in_stream FOR UPDATE;
    entry.id := nextval(pg_get_serial_sequence('clinic_trailentry', 'id'));
    entry.key := gen_random_uuid();
    entry.stream := in_stream;
    entry.sequence := head.sequence + 1;
    entry.at := in_at;
    entry.received_at := vigil_now();
    entry.by_id := in_by;
    entry.site_id := in_site;
    entry.case_key := in_case;
    entry.act := in_act;
    entry.subject_kind := in_kind;
    entry.subject_key := in_subject;
    entry.origin := in_origin;
    entry.payload := in_payload;
    entry.payload_digest := encode(sha256(convert_to(in_payload, 'UTF8')), 'hex');
    entry.seals := '[' || NULLIF(current_setting('vigil.seals', true), '') || ']';
    PERFORM set_config('vigil.seals', '', true);
    entry.previous_hash := head.hash;
    entry.hash := vigil_link(entry);
    INSERT INTO clinic_trailentry VALUES (entry.*);
    UPDATE clinic_chainhead SET sequence = entry.sequence, hash = entry.hash
        WHERE stream = in_stream;
    RETURN entry.sequence;
END $$;
REVOKE ALL ON FUNCTION vigil_record FROM PUBLIC;
GRANT EXECUTE ON FUNCTION vigil_record TO vigil_app;
GRANT EXECUTE ON FUNCTION vigil_link, vigil_link_of TO vigil_app, vigil_reader;
