-- The three roles Vigil knows, for the whole server. Run once as superuser, in any database:
--
--     psql -d postgres -f deploy/roles.sql
--     psql -d postgres -c "CREATE DATABASE vigil OWNER vigil_owner"
--     psql -d vigil -f deploy/database.sql
--
-- then give each a password (\password vigil_owner, …). Running it again changes nothing.

DO $$
DECLARE
    wanted text;
BEGIN
    FOREACH wanted IN ARRAY ARRAY['vigil_owner', 'vigil_app', 'vigil_reader'] LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = wanted) THEN
            EXECUTE format('CREATE ROLE %I', wanted);
        END IF;
    END LOOP;
END
$$;

-- owner migrates, backs up and seeds; app serves people and sees what its policies let it see;
-- reader sees everything and changes nothing, so that it can check the trail.
ALTER ROLE vigil_owner LOGIN CREATEDB NOSUPERUSER NOCREATEROLE NOREPLICATION NOBYPASSRLS;
ALTER ROLE vigil_app LOGIN NOCREATEDB NOSUPERUSER NOCREATEROLE NOREPLICATION NOBYPASSRLS;
ALTER ROLE vigil_reader LOGIN NOCREATEDB NOSUPERUSER NOCREATEROLE NOREPLICATION BYPASSRLS;
ALTER ROLE vigil_reader SET default_transaction_read_only = on;

-- The owner may end connections, without which it could not drop a database in use.
GRANT pg_signal_backend TO vigil_owner;
