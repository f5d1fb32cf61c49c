-- What one database of Vigil needs before its first migration. Run as superuser, or as
-- vigil_owner in a database it owns. Running it again changes nothing.

CREATE EXTENSION IF NOT EXISTS btree_gist;
CREATE EXTENSION IF NOT EXISTS citext;
CREATE EXTENSION IF NOT EXISTS pg_trgm;

DO $$
BEGIN
    -- A temporary table could stand in for a real one before a function of the owner's.
    EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database());
    EXECUTE format(
        'GRANT CONNECT ON DATABASE %I TO vigil_owner, vigil_app, vigil_reader', current_database()
    );
END
$$;
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT ALL ON SCHEMA public TO vigil_owner;
GRANT USAGE ON SCHEMA public TO vigil_app, vigil_reader;

-- A table nobody thought of is append-only, not open: UPDATE and DELETE are granted one by one.
ALTER DEFAULT PRIVILEGES FOR ROLE vigil_owner GRANT SELECT, INSERT ON TABLES TO vigil_app;
ALTER DEFAULT PRIVILEGES FOR ROLE vigil_owner GRANT USAGE ON SEQUENCES TO vigil_app;
ALTER DEFAULT PRIVILEGES FOR ROLE vigil_owner GRANT SELECT ON TABLES TO vigil_reader;
ALTER DEFAULT PRIVILEGES FOR ROLE vigil_owner GRANT SELECT ON SEQUENCES TO vigil_reader;
