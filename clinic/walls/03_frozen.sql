-- What is written once stays as it was written.
CREATE OR REPLACE FUNCTION vigil_append_only() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'rows of % are never changed or removed; add a later one', TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
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

-- A version under review, published or retired keeps its document to the letter.
CREATE OR REPLACE FUNCTION vigil_frozen_version() RETURNS trigger
LANGUAGE plpgsql AS $$
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
    IF OLD.status IN ('published', 'retired') AND (
        to_jsonb(NEW) - ARRAY['status', 'retired_at', 'retired_by_id']
        <> to_jsonb(OLD) - ARRAY['status', 'retired_at', 'retired_by_id']
    ) THEN
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
