-- The day of publication at the place. Pages that were read before have none until they are read again, as they are by the next
-- run: a day that is not known stays NULL.

ALTER TABLE documents ADD COLUMN published_on DATE;
