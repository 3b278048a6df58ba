-- A clean database at the head: a few articles in two languages, posts of people, alerts, two elections.
INSERT INTO "user" (username, email, password_hash) VALUES ('admin', 'admin@example.org', 'x');
INSERT INTO author (name, party) VALUES ('Eenadu', NULL), ('Sakshi', NULL), ('A. Speaker', 'BRS');
INSERT INTO epaper (publication_name, publication_date, raw_text, created_at, sha256)
SELECT name, day, value, '2025-08-11 06:00:01.25', fingerprint(name, day, value)
FROM (VALUES
    ('Eenadu', date '2025-08-10', E'GHMC sanitation drive\n\nResidents report mixed results in ...'),
    ('Sakshi', date '2025-08-10', E'Ward 12 road repairs\n\nWork to be completed before ...'),
    ('Eenadu', date '2025-08-11', E'జూబ్లీహిల్స్‌లో రోడ్ల మరమ్మతు\n\nపనులు  నెలాఖరుకు పూర్తి.'),
    ('Sakshi', date '2025-08-12', 'An article without a post'),
    ('Sakshi', date '2025-08-12', 'Long: ' || repeat('the same again ', 1000))
) AS article (name, day, value);
INSERT INTO post (text, author_id, city, emotion, party, created_at, epaper_id)
SELECT left(raw_text, 10000), author.id, 'Hyderabad', 'Hope', CASE epaper.id WHEN 2 THEN 'INC' END, publication_date,
       epaper.id
FROM epaper JOIN author ON name = publication_name WHERE epaper.id <= 3 ORDER BY epaper.id;
INSERT INTO post (text, author_id, city, emotion, party, created_at) VALUES
    ('What a day in Jubilee Hills', 3, 'Jubilee Hills', 'Joy', NULL, '2025-08-10 17:45:12'),
    ((SELECT left(raw_text, 10000) FROM epaper WHERE id = 5), 2, 'Hyderabad', NULL, NULL, '2025-08-12 00:00');
INSERT INTO alert (ward, description, severity, opportunities, threats, actionable_alerts, source_articles, created_at,
                   updated_at) VALUES
    ('Jubilee Hills', 'Roads', 'High', '{"points": ["a", "b"]}', '[]', NULL, '["https://example.org/1"]',
     '2025-08-12 01:00', '2025-08-13 02:30'),
    ('WARD_001', 'Drains', 'Info', 'null', '"text"', '12', '', '2025-08-12 01:00', '2025-08-12 01:00');
INSERT INTO election (type, year, round, official_ref) VALUES
    ('ASSEMBLY', 2023, 'seed', 'cli'), ('LOKSABHA', 2024, NULL, NULL), ('GHMC', 2020, NULL, NULL);
INSERT INTO polling_station (ps_id, name, lat, lon, ac_id, pc_id, ward_id, ward_name, source_meta) VALUES
    ('60-1', 'School', 17.4, 78.4, '60', '8', 'WARD_095', 'Jubilee Hills', '{"ingest": "csv"}'),
    ('60-2', 'Hall', NULL, NULL, '60', '8', NULL, 'Jubilee Hills', 'null'),
    ('60-3', 'Library', NULL, NULL, '60', '8', 'Nowhere', NULL, NULL);
INSERT INTO result_ps (election_id, ps_id, party, candidate, votes, total_polled, rejected, created_at)
SELECT election, station, party, candidate, votes, 400, 3, '2025-08-14 09:00'
FROM (VALUES (1, 100), (2, 200)) AS held (election, more)
CROSS JOIN (VALUES ('60-1', 0), ('60-2', 10), ('60-3', 20)) AS place (station, extra)
CROSS JOIN LATERAL (VALUES ('BRS', 'One', more + extra), ('INC', NULL, 50 + extra), ('BJP', 'Three', 7)) AS result
    (party, candidate, votes)
ORDER BY election, station, votes DESC;
INSERT INTO result_ward_agg (election_id, ward_id, party, votes, vote_share, turnout_pct, computed_at) VALUES
    (1, 'WARD_095', 'BRS', 1, 2.0, 100.0, '2025-08-14 10:00'), (3, 'WARD_095', 'BRS', 600, 60.0, 100.0, '2025-08-14 10:00'),
    (3, 'WARD_095', 'INC', 400, 40.0, 100.0, '2025-08-14 10:00');
INSERT INTO ward_profile (ward_id, electors, votes_cast, turnout_pct, last_winner_party, last_winner_year, updated_at)
VALUES ('WARD_001', 50000, 27500, 55.0, 'BRS', 2020, '2025-08-14 10:00'),
       ('WARD_095', 41000, 20500, 50.0, 'AIMIM', 2020, '2025-08-14 11:00');
INSERT INTO ward_demographics (ward_id, literacy_idx, muslim_idx, scst_idx, secc_deprivation_idx, updated_at)
VALUES ('WARD_001', 0.72, 0.30, 0.22, 0.45, '2025-08-14 10:00'), ('WARD_095', 0.8, 0.1, 0.2, NULL, '2025-08-14 11:00');
INSERT INTO ward_features (ward_id, as23_party_shares, ls24_party_shares, dvi, aci_23, turnout_volatility,
                           incumbency_weakness, updated_at)
VALUES ('WARD_001', '{"BRS": 0.38, "INC": 0.32, "BJP": 0.26, "AIMIM": 0.04}',
        '{"BRS": 0.28, "INC": 0.36, "BJP": 0.32, "AIMIM": 0.04}',
        '{"BRS": -0.10, "INC": 0.04, "BJP": 0.06, "AIMIM": 0.00}', 0.58, 4.2, '{"BRS": 0.62}', '2025-08-14 10:00'),
       ('WARD_095', '{"BRS": 0.4, "INC": 0.6}', 'null', NULL, 0.6, 3.5, 'null', '2025-08-14 12:00');
