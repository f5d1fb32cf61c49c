-- A signed session is frozen: no page, admin, bulk action or console of the application's role.
CREATE OR REPLACE FUNCTION vigil_signed_is_frozen() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.status = 'signed' THEN
        RAISE EXCEPTION 'this session is signed; add to it, never change it'
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'sessions are never removed' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE OR REPLACE FUNCTION vigil_session_is_unsigned() RETURNS trigger
LANGUAGE plpgsql SET search_path = public AS $$
BEGIN
    IF (SELECT status FROM clinic_sessions_supervisedsession WHERE id = NEW.session_id)
        = 'signed' THEN
        RAISE EXCEPTION 'this session is signed; add an amendment' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
