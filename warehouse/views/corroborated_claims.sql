-- Claims that at least two documents make which are no copies of each other. One row: one claim in one of them.
-- `holder_count` tells whether more than one voice stands behind it: five articles that quote one person are one voice.
CREATE OR REPLACE VIEW corroborated_claims AS
WITH
repeated AS (SELECT * FROM claim_clusters WHERE document_count >= 2),
-- as many as `statement_holders` has rows, without what it tells of each
held AS (
    SELECT
        c.cluster_id,
        count(DISTINCT (
            c.voice,
            CASE WHEN c.voice = 'article' THEN coalesce(c.site, c.document_id) ELSE coalesce(c.speaker_id, lower(c.speaker)) END
        ))::INTEGER AS holder_count
    FROM current_claims AS c
    SEMI JOIN repeated USING (cluster_id)
    ANTI JOIN copied_claims AS o ON o.claim_id = c.claim_id
    WHERE c.holder IS NOT NULL
    GROUP BY c.cluster_id
)
SELECT
    k.text AS statement,
    k.document_count,
    k.site_count,
    k.speaker_count,
    coalesce(held.holder_count, 0) AS holder_count,
    k.first_published_at,
    k.last_published_at,
    c.text,
    c.holder,
    c.voice,
    c.speaker,
    c.attribution,
    c.cue,
    c.modality,
    c.claim_id IN (SELECT claim_id FROM copied_claims) AS is_copied,
    c.sentence,
    c.title,
    c.site,
    c.url,
    c.published_at,
    c.published_on,
    c.claim_type,
    c.checkworthiness,
    c.claim_id,
    k.cluster_id,
    c.speaker_id,
    c.document_id
FROM current_claims AS c
JOIN repeated AS k USING (cluster_id)
LEFT JOIN held ON held.cluster_id = c.cluster_id;

COMMENT ON COLUMN corroborated_claims.statement IS 'The representative wording, the same for all claims of the cluster.';
COMMENT ON COLUMN corroborated_claims.is_copied IS 'Whether the article took it over from another that it copies.';
COMMENT ON COLUMN corroborated_claims.holder_count IS
    'Voices behind the statement: speakers, and sites that say it themselves. 1 where all documents rest on one voice.';
