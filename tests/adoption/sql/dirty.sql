-- Doubled and dirty, with as many posts as `fixture.posts` says (a multiple of 40).
UPDATE alembic_version SET version_num = 'a6b6e1cd81e2';
INSERT INTO alembic_version VALUES ('dad14c523c2b');
DROP INDEX uq_epaper_sha256, uq_post_epaper_id;
ALTER TABLE epaper ALTER sha256 DROP NOT NULL;
ALTER TABLE post ALTER created_at DROP NOT NULL;
ALTER TABLE ward_profile DROP CONSTRAINT ward_profile_ward_id_key;
ALTER TABLE post ADD drivers text;
CREATE TABLE embedding_store (id serial PRIMARY KEY, epaper_id integer REFERENCES epaper (id), chunk text);
CREATE VIEW posts_a_day AS SELECT created_at::date AS day, count(*) AS posts FROM post GROUP BY 1;

INSERT INTO author (name, party) SELECT 'Paper ' || n, NULL FROM generate_series(0, 9) AS n;
INSERT INTO author (name, party) SELECT 'Person ' || n, 'INC' FROM generate_series(0, 9) AS n;
-- a quarter are articles, a tenth of those are there twice
INSERT INTO epaper (id, publication_name, publication_date, raw_text, created_at, sha256)
SELECT n, name, day, value, CASE WHEN n % 11 > 0 THEN day + interval '1 day 6 hours' END,
       CASE WHEN n % 5 = 0 THEN '' WHEN n % 5 = 1 THEN NULL WHEN n % 7 = 0 THEN 'abc'
            WHEN n = 3 THEN repeat('0', 64) ELSE fingerprint(name, day, value) END
FROM generate_series(1, current_setting('fixture.posts')::int / 4) AS n
CROSS JOIN LATERAL (SELECT 'Paper ' || n % 10 AS name, date '2025-01-01' + n % 200 AS day,
                           E'Title ' || n || E'\n\nBody ' || repeat(md5(n::text) || '  ', 6) AS value) AS article;
INSERT INTO epaper (id, publication_name, publication_date, raw_text, created_at, sha256)
SELECT id + current_setting('fixture.posts')::int / 4, publication_name, publication_date, upper(raw_text), created_at,
       NULL
FROM epaper WHERE id <= current_setting('fixture.posts')::int / 40;
INSERT INTO embedding_store (epaper_id, chunk) VALUES (1, 'a chunk');
-- every article has a post, the doubled ones two; the rest is said by people
INSERT INTO post (id, text, author_id, city, emotion, party, created_at, epaper_id)
SELECT epaper.id, raw_text, author.id, 'Hyderabad', NULL, NULL,
       CASE WHEN epaper.id % 500 > 0 THEN publication_date END, epaper.id
FROM epaper JOIN author ON name = publication_name;
INSERT INTO post (id, text, author_id, city, emotion, party, created_at)
SELECT n, 'Said ' || n, author.id, 'Hyderabad', 'Anger', 'BJP',
       CASE WHEN n % 1000 > 0 THEN timestamp '2025-03-01 18:30' + n * interval '1 minute' END
FROM generate_series(current_setting('fixture.posts')::int * 11 / 40 + 1, current_setting('fixture.posts')::int) AS n
JOIN author ON name = 'Person ' || n % 10;

INSERT INTO alert (ward, description, severity, opportunities, threats, actionable_alerts, source_articles, created_at,
                   updated_at)
SELECT CASE n % 4 WHEN 0 THEN 'Jubilee Hills' WHEN 1 THEN 'WARD_001' WHEN 2 THEN 'Atlantis' END, 'Alert ' || n, 'High',
       CASE n % 5 WHEN 0 THEN 'not JSON [' WHEN 1 THEN '{"a": 1}' WHEN 2 THEN ' ' END, '["\u0000"]', '{"a": NaN}', '[]',
       '2025-03-01 18:30', '2025-03-01 18:31'
FROM generate_series(1, 20) AS n;

INSERT INTO election (type, year, round, official_ref) VALUES
    ('ASSEMBLY', 2023, NULL, NULL), ('assembly ', 2023, NULL, 'gazette'), ('LOKSABHA', 2024, NULL, NULL);
INSERT INTO polling_station (ps_id, ac_id, pc_id, ward_id, ward_name)
SELECT '60-' || n, '60', '8', CASE WHEN n <= 10 THEN 'WARD_095' WHEN n <= 20 THEN 'ward 1' ELSE 'Atlantis' END, NULL
FROM generate_series(1, 30) AS n;
INSERT INTO result_ps (election_id, ps_id, party, candidate, votes, total_polled, rejected, created_at)
SELECT CASE WHEN turn = 2 THEN 2 ELSE 1 END, '60-' || station, party, 'Candidate of ' || party,
       CASE WHEN station = 1 AND party = 'BRS' AND turn = 2 THEN 999 ELSE 100 + station END, 400, 0, '2025-03-01 10:00'
FROM generate_series(1, 3) AS turn, generate_series(1, 30) AS station, unnest(ARRAY['BRS', 'INC']) AS party
ORDER BY turn, station, party;
INSERT INTO result_ward_agg (election_id, ward_id, party, votes, vote_share, turnout_pct, computed_at)
SELECT election, ward, 'BRS', 1000 * turn, 50.0, 100.0, timestamp '2025-03-01 10:00' + turn * interval '1 hour'
FROM generate_series(1, 3) AS election, generate_series(1, 2) AS turn, unnest(ARRAY['WARD_095', 'UNKNOWN']) AS ward;
INSERT INTO ward_profile (ward_id, electors, updated_at) VALUES
    ('WARD_002', 1, '2025-03-01 10:00'), ('WARD_002', 3, '2025-03-03 10:00'), ('ward_002', 2, '2025-03-02 10:00');
SELECT setval('epaper_id_seq', (SELECT max(id) FROM epaper)), setval('post_id_seq', (SELECT max(id) FROM post));
