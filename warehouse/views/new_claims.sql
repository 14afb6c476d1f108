-- Claims first seen in the latest run that loaded anything, and not made by an earlier revision of the same page.
-- One row: one claim.
CREATE OR REPLACE VIEW new_claims AS
WITH latest AS (
    -- Runs stand in the order in which they were loaded. Their times may be in another: a clock that was ahead is set right.
    SELECT run_id, started_at FROM runs WHERE status = 'loaded' ORDER BY rowid DESC LIMIT 1
)
SELECT
    c.text,
    c.holder,
    c.voice,
    c.speaker,
    c.attribution,
    c.cue,
    c.claim_type,
    c.modality,
    c.checkworthiness,
    NOT EXISTS (
        FROM claims AS earlier JOIN documents AS seen USING (document_id)
        WHERE earlier.cluster_id = c.cluster_id AND seen.first_seen_at <> latest.started_at
    ) AS is_new_statement,
    c.sentence,
    c.title,
    c.site,
    c.url,
    c.published_at,
    c.published_on,
    c.first_seen_at,
    latest.run_id,
    c.claim_id,
    c.cluster_id,
    c.speaker_id,
    c.document_id,
    c.page_id
FROM current_claims AS c
JOIN latest ON c.first_seen_at = latest.started_at
WHERE NOT EXISTS (
    FROM claims AS earlier JOIN documents AS revision USING (document_id)
    WHERE revision.page_id = c.page_id AND revision.document_id <> c.document_id AND earlier.text = c.text
);

COMMENT ON COLUMN new_claims.is_new_statement IS 'Whether no document of an earlier run says the same.';
COMMENT ON COLUMN new_claims.run_id IS 'The run that first saw it.';
