-- What became of rows held back, which source a check was of, and what reading took. Of earlier runs these are not known: NULL.

ALTER TABLE quarantine ADD COLUMN resolution VARCHAR;
ALTER TABLE quarantine ADD COLUMN resolved_at TIMESTAMP;
ALTER TABLE quality_results ADD COLUMN source_id VARCHAR;
ALTER TABLE runs ADD COLUMN words BIGINT;
ALTER TABLE runs ADD COLUMN reading_seconds DOUBLE;
