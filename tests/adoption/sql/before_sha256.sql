-- The stage before fingerprints and links: articles and posts side by side, two Alembic heads, articles stored twice,
-- posts without a time.
UPDATE alembic_version SET version_num = 'bc11d78134d9';
INSERT INTO alembic_version VALUES ('8e4f525b4312');
ALTER TABLE epaper DROP COLUMN sha256;
ALTER TABLE post DROP COLUMN epaper_id, DROP COLUMN party, ALTER created_at DROP NOT NULL;
INSERT INTO epaper (publication_name, publication_date, raw_text) SELECT publication_name, publication_date, raw_text
FROM epaper WHERE id IN (1, 3) ORDER BY id;
UPDATE post SET created_at = NULL WHERE id IN (1, 4);
