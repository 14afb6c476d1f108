-- Claims that at least two documents make which are no copies of each other. One row: one claim in one of them.
CREATE OR REPLACE VIEW corroborated_claims AS
SELECT
    k.text AS statement,
    k.document_count,
    k.site_count,
    k.speaker_count,
    k.first_published_at,
    k.last_published_at,
    c.text,
    c.speaker,
    c.attribution,
    c.modality,
    c.sentence,
    c.title,
    c.site,
    c.url,
    c.published_at,
    c.claim_type,
    c.checkworthiness,
    c.claim_id,
    k.cluster_id,
    c.speaker_id,
    c.document_id
FROM current_claims AS c
JOIN claim_clusters AS k USING (cluster_id)
WHERE k.document_count >= 2;

COMMENT ON COLUMN corroborated_claims.statement IS 'The representative wording, the same for all claims of the cluster.';
