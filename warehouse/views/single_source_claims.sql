-- Claims that one document alone makes; its copies are left aside, and so is what they repeat. One row: one claim.
CREATE OR REPLACE VIEW single_source_claims AS
SELECT
    c.text,
    c.holder,
    c.voice,
    c.speaker,
    c.attribution,
    c.cue,
    c.modality,
    c.claim_type,
    c.checkworthiness,
    k.speaker_count,
    c.sentence,
    c.title,
    c.site,
    c.url,
    c.published_at,
    c.published_on,
    c.claim_id,
    c.cluster_id,
    c.speaker_id,
    c.subject_id,
    c.document_id
FROM current_claims AS c
JOIN claim_clusters AS k USING (cluster_id)
ANTI JOIN copied_claims AS o ON o.claim_id = c.claim_id
WHERE k.document_count = 1;
