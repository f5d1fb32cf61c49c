-- What is drawn is checked by somebody else, whose own signature stands under that very order.
CREATE OR REPLACE FUNCTION vigil_checked_by_another() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF NEW.checked_by_id = NEW.prepared_by_id OR NOT EXISTS (
        SELECT FROM clinic_signature signature
        JOIN clinic_sessions_order ordered ON ordered.id = NEW.order_id
        WHERE signature.id = NEW.signature_id
          AND signature.by_id = NEW.checked_by_id
          AND signature.subject_key = ordered.key
          AND signature.site_id = NEW.site_id
    ) THEN
        RAISE EXCEPTION 'a prepared dose bears the signature of the second person who checked it'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;

-- A dose given on an order was checked by a second person, where the version of its case names that
-- gate. One that nobody authorised is recorded without an order, whatever stood open.
CREATE OR REPLACE FUNCTION vigil_given_with_another() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF NEW.order_id IS NULL THEN
        RETURN NEW;
    END IF;
    IF NOT EXISTS (SELECT FROM clinic_sessions_order ordered
                   WHERE ordered.id = NEW.order_id AND ordered.session_id = NEW.session_id) THEN
        RAISE EXCEPTION 'a dose is given on an order of its own session'
            USING ERRCODE = 'check_violation';
    END IF;
    IF EXISTS (
        SELECT FROM clinic_sessions_supervisedsession session
        JOIN clinic_case c ON c.id = session.case_id
        JOIN clinic_protocolversion version ON version.id = c.protocol_version_id
        WHERE session.id = NEW.session_id
          AND version.document -> 'gates' @> '[{"code": "second_person"}]'
    ) AND NOT EXISTS (
        SELECT FROM clinic_sessions_prepareddose prepared
        WHERE prepared.order_id = NEW.order_id
          AND NEW.second_person_id IN (prepared.prepared_by_id, prepared.checked_by_id)
          AND NEW.second_person_id <> NEW.by_id
    ) THEN
        RAISE EXCEPTION 'this dose needs the second person who checked it, who is not the first'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
