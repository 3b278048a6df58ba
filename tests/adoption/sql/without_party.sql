-- A stage whose posts have no party of their own: it was counted by the author's.
ALTER TABLE post DROP COLUMN party;
