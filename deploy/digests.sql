-- One line for each table: its name, how many rows it has, and a sum over all of them that any change would change,
-- whatever their order. The same rows give the same lines on any server.
SET timezone = 'UTC';
SET extra_float_digits = 1;
SET datestyle = 'ISO, YMD';
SET intervalstyle = 'postgres';
SET bytea_output = 'hex';
SELECT format('SELECT %L, count(*), coalesce(sum(hashtextextended(CAST(row AS text), 0)::numeric), 0) FROM %I.%I AS row',
              tablename, schemaname, tablename)
FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename COLLATE "C" \gexec
