-- Who may do what in LokDarpan's database. Run it as a superuser, connected to that database; it can be repeated:
--     psql --dbname lokdarpan --file roles.sql
--
-- lokdarpan_owner   owns the schema and changes it (`lokdarpan db upgrade`); also takes backups
-- lokdarpan         the web server and the worker: rows, but no tables
-- lokdarpan_read    people who look with psql or a notebook: everything may be read, nothing written
--
-- They log in by the name of their system account, over the Unix socket (`peer`), without a password. From another
-- machine they need one: ALTER ROLE lokdarpan PASSWORD '…', and a line in pg_hba.conf.
\set ON_ERROR_STOP on

SELECT format('CREATE ROLE %I LOGIN', wanted) AS statement
FROM unnest(ARRAY['lokdarpan_owner', 'lokdarpan', 'lokdarpan_read']) AS wanted
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = wanted) \gexec

BEGIN;
ALTER ROLE lokdarpan_read SET default_transaction_read_only = on;
ALTER ROLE lokdarpan_read SET statement_timeout = '5min';

ALTER DATABASE :"DBNAME" OWNER TO lokdarpan_owner;
REVOKE ALL ON DATABASE :"DBNAME" FROM PUBLIC;
GRANT CONNECT, TEMPORARY ON DATABASE :"DBNAME" TO lokdarpan;  -- an import loads into a temporary table first
GRANT CONNECT ON DATABASE :"DBNAME" TO lokdarpan_read;

ALTER SCHEMA public OWNER TO lokdarpan_owner;
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO lokdarpan, lokdarpan_read;

-- What is there already, and what lokdarpan_owner will make.
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO lokdarpan;
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO lokdarpan;
GRANT SELECT ON ALL TABLES IN SCHEMA public TO lokdarpan_read;
ALTER DEFAULT PRIVILEGES FOR ROLE lokdarpan_owner IN SCHEMA public
    GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO lokdarpan;
ALTER DEFAULT PRIVILEGES FOR ROLE lokdarpan_owner IN SCHEMA public
    GRANT USAGE, SELECT ON SEQUENCES TO lokdarpan;
ALTER DEFAULT PRIVILEGES FOR ROLE lokdarpan_owner IN SCHEMA public
    GRANT SELECT ON TABLES TO lokdarpan_read;
COMMIT;
