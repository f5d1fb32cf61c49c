-- A row stands behind the wall its parent stands behind.
CREATE OR REPLACE FUNCTION vigil_same_site() RETURNS trigger
LANGUAGE plpgsql SET search_path = public AS $$
DECLARE
    parent bigint := (to_jsonb(NEW) ->> TG_ARGV[1])::bigint;
    site integer;
BEGIN
    IF parent IS NULL THEN
        RETURN NEW;
    END IF;
    EXECUTE format('SELECT site_id FROM %I WHERE id = $1', TG_ARGV[0]) INTO site USING parent;
    IF site IS DISTINCT FROM NEW.site_id THEN
        RAISE EXCEPTION 'a row of % must stand at the site of its %', TG_TABLE_NAME, TG_ARGV[1]
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
