-- The original's schema at its head, as its Alembic revisions leave it in PostgreSQL.
CREATE TABLE alembic_version (version_num varchar(32) PRIMARY KEY);
INSERT INTO alembic_version VALUES ('a6b6e1cd81e2');
CREATE TABLE "user" (
    id serial PRIMARY KEY, username varchar(80) NOT NULL UNIQUE, email varchar(120) NOT NULL UNIQUE,
    password_hash varchar(256) NOT NULL
);
CREATE TABLE author (id serial PRIMARY KEY, name varchar(120) NOT NULL UNIQUE, party varchar(64));
CREATE TABLE epaper (
    id serial PRIMARY KEY, publication_name varchar(100) NOT NULL, publication_date date NOT NULL,
    raw_text text NOT NULL, created_at timestamp, sha256 varchar(64) NOT NULL
);
CREATE INDEX ix_epaper_publication_date ON epaper (publication_date);
CREATE UNIQUE INDEX uq_epaper_sha256 ON epaper (sha256);
CREATE TABLE post (
    id serial PRIMARY KEY, text text NOT NULL, author_id integer REFERENCES author (id), city varchar(120),
    emotion varchar(64), party varchar(64), created_at timestamp NOT NULL,
    epaper_id integer CONSTRAINT fk_post_epaper REFERENCES epaper (id)
);
CREATE INDEX ix_post_created_at ON post (created_at);
CREATE INDEX ix_post_epaper_id ON post (epaper_id);
CREATE UNIQUE INDEX uq_post_epaper_id ON post (epaper_id) WHERE epaper_id IS NOT NULL;
CREATE TABLE alert (
    id serial PRIMARY KEY, ward varchar(120), description varchar(512), severity varchar(32), opportunities text,
    threats text, actionable_alerts text, source_articles text, created_at timestamp NOT NULL,
    updated_at timestamp NOT NULL
);
CREATE INDEX ix_alert_ward ON alert (ward);
CREATE TABLE election (
    id serial PRIMARY KEY, type varchar(16) NOT NULL, year integer NOT NULL, round varchar(32),
    official_ref varchar(256)
);
CREATE TABLE polling_station (
    id serial PRIMARY KEY, ps_id varchar(64) NOT NULL UNIQUE, name varchar(256), address varchar(512), lat float8,
    lon float8, ac_id varchar(64), pc_id varchar(64), ward_id varchar(64), ward_name varchar(256), source_meta json
);
CREATE TABLE result_ps (
    id serial PRIMARY KEY, election_id integer NOT NULL REFERENCES election (id), ps_id varchar(64) NOT NULL,
    party varchar(64) NOT NULL, candidate varchar(256), votes integer, total_polled integer, rejected integer,
    created_at timestamp NOT NULL
);
CREATE TABLE result_ward_agg (
    id serial PRIMARY KEY, election_id integer NOT NULL REFERENCES election (id), ward_id varchar(64) NOT NULL,
    party varchar(64) NOT NULL, votes integer, vote_share float8, turnout_pct float8, computed_at timestamp NOT NULL
);
CREATE INDEX ix_result_ward_agg_ward_id ON result_ward_agg (ward_id);
CREATE TABLE ward_profile (
    id serial PRIMARY KEY, ward_id varchar(64) NOT NULL UNIQUE, electors integer, votes_cast integer,
    turnout_pct float8, last_winner_party varchar(64), last_winner_year integer, updated_at timestamp NOT NULL
);
CREATE TABLE ward_demographics (
    id serial PRIMARY KEY, ward_id varchar(64) NOT NULL UNIQUE, literacy_idx float8, muslim_idx float8,
    scst_idx float8, secc_deprivation_idx float8, updated_at timestamp NOT NULL
);
CREATE TABLE ward_features (
    id serial PRIMARY KEY, ward_id varchar(64) NOT NULL UNIQUE, as23_party_shares json, ls24_party_shares json,
    dvi json, aci_23 float8, turnout_volatility float8, incumbency_weakness json, updated_at timestamp NOT NULL
);

-- The original's fingerprint, written once more in SQL.
CREATE FUNCTION folded(value text) RETURNS text LANGUAGE sql AS
$$ SELECT lower(regexp_replace(btrim(value, E' \n\t'), '\s+', ' ', 'g')) $$;
CREATE FUNCTION fingerprint(publication text, day date, value text) RETURNS text LANGUAGE sql AS
$$ SELECT encode(sha256(convert_to(folded(publication) || '|' || day || '|' || folded(value), 'UTF8')), 'hex') $$;
