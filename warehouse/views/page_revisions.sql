-- How pages follow their edits: each kept revision beside the one before it. A page that is kept no more ends with a row
-- that says so in `outcome`; one that never was has none. One row: one revision of one page.
CREATE OR REPLACE VIEW page_revisions AS
SELECT
    d.title,
    d.site,
    d.url,
    d.outcome,
    d.is_current,
    d.revision,
    lag(d.revision) OVER in_order AS previous_revision,
    row_number() OVER in_order AS place,
    d.published_at,
    d.published_on,
    d.modified_at,
    d.first_seen_at,
    d.last_seen_at,
    r.run_id,
    d.page_id,
    d.document_id,
    lag(d.document_id) OVER in_order AS previous_document_id
FROM documents AS d
LEFT JOIN (SELECT started_at, min(run_id) AS run_id FROM runs GROUP BY started_at) AS r ON r.started_at = d.first_seen_at
WHERE d.outcome = 'kept' OR d.is_current
-- the current one is the latest by date, also where an older one was read after it
WINDOW in_order AS (PARTITION BY d.page_id ORDER BY d.is_current, d.revision, d.document_id)
QUALIFY bool_or(d.outcome = 'kept') OVER (PARTITION BY d.page_id);

COMMENT ON COLUMN page_revisions.previous_revision IS 'Number of the kept revision before; NULL for the first.';
COMMENT ON COLUMN page_revisions.place IS 'Place among the rows of the page, from 1; the current one is the last.';
COMMENT ON COLUMN page_revisions.run_id IS 'The run that first met it; NULL where no run is on record for that time.';
COMMENT ON COLUMN page_revisions.previous_document_id IS 'The kept revision before; NULL for the first.';
