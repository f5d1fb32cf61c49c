-- What may still be said of a signed row is said once: each argument names the columns that are
-- written together with the first of them, and never after it.
CREATE OR REPLACE FUNCTION vigil_once() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
    before jsonb := to_jsonb(OLD);
    after jsonb := to_jsonb(NEW);
    columns text[];
    part text;
BEGIN
    FOREACH part IN ARRAY TG_ARGV LOOP
        columns := string_to_array(part, ',');
        IF (before ->> columns[1] IS NOT NULL OR after ->> columns[1] IS NULL) AND EXISTS (
            SELECT FROM unnest(columns) name WHERE before -> name IS DISTINCT FROM after -> name
        ) THEN
            RAISE EXCEPTION 'this of % is written once and stays', TG_TABLE_NAME
                USING ERRCODE = 'restrict_violation';
        END IF;
    END LOOP;
    RETURN NEW;
END $$;

-- A counter-signature is another person's own, under a record of the same case.
CREATE OR REPLACE FUNCTION vigil_another_signs() RETURNS trigger
LANGUAGE plpgsql SET search_path = public AS $$
DECLARE
    first_one clinic_signature;
    second_one clinic_signature;
BEGIN
    SELECT * INTO first_one FROM clinic_signature WHERE id = NEW.first_id;
    SELECT * INTO second_one FROM clinic_signature WHERE id = NEW.signature_id;
    IF second_one.by_id IS DISTINCT FROM NEW.countersigned_by_id
       OR first_one.by_id IS NOT DISTINCT FROM NEW.countersigned_by_id
       OR first_one.case_id IS DISTINCT FROM NEW.case_id
       OR second_one.case_id IS DISTINCT FROM NEW.case_id THEN
        RAISE EXCEPTION 'a counter-signature is another person''s, under a record of the same case'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
