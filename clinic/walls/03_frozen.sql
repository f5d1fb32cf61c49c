-- What is written once stays as it was written.
CREATE OR REPLACE FUNCTION vigil_append_only() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'rows of % are never changed or removed; add a later one', TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END $$;

-- A record that was merged stays as it was; only where it leads may change: to a later one, or to
-- nowhere, once its last merge was parted by a signed act. Merges are asked as the owner: none is overlooked.
CREATE OR REPLACE FUNCTION vigil_merged_stays() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF OLD.merged_into_id IS NOT NULL AND (
        NEW.merged_into_id IS NULL AND NOT EXISTS (
            SELECT FROM clinic_patientmerge m JOIN clinic_patientparting p ON p.merge_id = m.id
            WHERE m.id = (SELECT max(id) FROM clinic_patientmerge WHERE merged_id = OLD.id)
              AND m.kept_id = OLD.merged_into_id
        )
        OR to_jsonb(NEW) - 'merged_into_id' <> to_jsonb(OLD) - 'merged_into_id'
    ) THEN
        RAISE EXCEPTION 'a record that was merged stays as it was'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;

-- A status moves only along the steps of the workflow.
CREATE OR REPLACE FUNCTION vigil_legal_move() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.status <> OLD.status
       AND NOT COALESCE(TG_ARGV[0]::jsonb -> OLD.status ? NEW.status, false) THEN
        RAISE EXCEPTION '% cannot go from % to %', TG_TABLE_NAME, OLD.status, NEW.status
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;

-- The approved errata of a version as its readers have them, the earliest first.
CREATE OR REPLACE FUNCTION vigil_errata_of(asked bigint) RETURNS jsonb
LANGUAGE plpgsql STABLE SET search_path = public AS $$
BEGIN
    RETURN COALESCE((
        SELECT jsonb_agg(jsonb_build_object(
            'key', e.key,
            'number', e.number,
            'from', to_char(e.approved_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"+00:00"'),
            'kind', e.kind,
            'place', e.place,
            'about', e.about,
            'says', e.says,
            'shall_say', e.shall_say,
            'reason', e.reason,
            'source', e.source,
            'withdraws', w.number
        ) ORDER BY e.approved_at, e.number)
        FROM clinic_erratum e LEFT JOIN clinic_erratum w ON w.id = e.withdraws_id
        WHERE e.version_id = asked AND e.status = 'approved'
    ), '[]'::jsonb);
END $$;

-- An erratum is decided once, as it was proposed, and stays.
CREATE OR REPLACE FUNCTION vigil_frozen_erratum() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'errata are never removed' USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP = 'INSERT' THEN
        IF NEW.status <> 'proposed' THEN
            RAISE EXCEPTION 'an erratum is proposed before anybody approves it'
                USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF OLD.status <> 'proposed' OR (
        to_jsonb(NEW) - ARRAY['status', 'approved_at', 'approved_by_id', 'refused_at',
                              'refused_by_id', 'refusal']
        <> to_jsonb(OLD) - ARRAY['status', 'approved_at', 'approved_by_id', 'refused_at',
                                 'refused_by_id', 'refusal']
    ) THEN
        RAISE EXCEPTION 'this erratum is frozen; only a later one takes it back'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;

-- From its approval on whoever reads the version reads its erratum with it.
CREATE OR REPLACE FUNCTION vigil_erratum_binds() RETURNS trigger
LANGUAGE plpgsql SET search_path = public AS $$
BEGIN
    IF NEW.status = 'approved' THEN
        UPDATE clinic_protocolversion SET errata = vigil_errata_of(NEW.version_id)
        WHERE id = NEW.version_id;
    END IF;
    RETURN NULL;
END $$;

-- A version under review, published or retired keeps its document to the letter.
CREATE OR REPLACE FUNCTION vigil_frozen_version() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
    open_still text[] := ARRAY['errata'];
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'protocol versions are never removed' USING ERRCODE = 'restrict_violation';
    END IF;
    IF OLD.status <> 'draft' AND (
        NEW.document <> OLD.document OR NEW.digest <> OLD.digest OR NEW.number <> OLD.number
        OR NEW.protocol_id <> OLD.protocol_id OR NEW.key <> OLD.key OR NEW.id <> OLD.id
        OR NEW.is_made_up <> OLD.is_made_up
    ) THEN
        RAISE EXCEPTION 'this protocol version is frozen; write a new one'
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF OLD.status = 'in_review' AND NEW.status = 'published' AND EXISTS (
        SELECT FROM clinic_partchange c
        WHERE c.version_id = NEW.id AND c.changed_by_id = NEW.published_by_id
    ) THEN
        RAISE EXCEPTION 'a protocol version is published by somebody who wrote nothing of it'
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.errata IS DISTINCT FROM OLD.errata AND NEW.errata <> vigil_errata_of(NEW.id) THEN
        RAISE EXCEPTION 'the errata of a version are those that were approved'
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF OLD.status = 'published' AND NEW.status = 'retired' THEN
        open_still := ARRAY['status', 'retired_at', 'retired_by_id', 'retired_reason', 'errata'];
    END IF;
    IF OLD.status IN ('published', 'retired')
        AND to_jsonb(NEW) - open_still <> to_jsonb(OLD) - open_still
    THEN
        RAISE EXCEPTION 'who wrote and published this version, and what was confirmed, is frozen'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;

-- Answers go into an open form only; a completed one is opened again first.
CREATE OR REPLACE FUNCTION vigil_form_is_open() RETURNS trigger
LANGUAGE plpgsql SET search_path = public AS $$
BEGIN
    IF (SELECT status FROM clinic_form WHERE id = NEW.form_id) <> 'open' THEN
        RAISE EXCEPTION 'this form is completed' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
