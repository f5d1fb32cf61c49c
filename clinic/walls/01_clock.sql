-- The one clock of the record. It obeys a set clock only where all data are made up.
CREATE OR REPLACE FUNCTION vigil_now() RETURNS timestamptz
LANGUAGE plpgsql VOLATILE SET search_path = public AS $$
DECLARE
    clock text := NULLIF(current_setting('vigil.clock', true), '');
BEGIN
    IF clock IS NOT NULL AND (SELECT made_up FROM clinic_organisation WHERE id = 1) THEN
        RETURN clock::timestamptz;
    END IF;
    RETURN clock_timestamp();
END $$;

-- When the database had it: nobody states this time, and nobody can.
CREATE OR REPLACE FUNCTION vigil_received() RETURNS trigger
LANGUAGE plpgsql SET search_path = public AS $$
BEGIN
    NEW.received_at := vigil_now();
    RETURN NEW;
END $$;
