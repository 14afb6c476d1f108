-- Every claim of a current, kept document, beside the article that makes it. One row: one claim.
-- The other claim views read from this one.
CREATE OR REPLACE VIEW current_claims AS
SELECT
    c.text,
    c.resolved_text,
    c.attribution,
    c.speaker,
    c.cue,
    c.claim_type,
    c.modality,
    c.is_negated,
    c.subject,
    c.predicate,
    c.object,
    c.checkworthiness,
    s.text AS sentence,
    s.section,
    d.title,
    d.site,
    d.url,
    d.authors,
    d.published_at,
    d.first_seen_at,
    c.start_char,
    c.end_char,
    c.claim_id,
    c.cluster_id,
    c.speaker_id,
    c.subject_id,
    c.object_id,
    c.sentence_id,
    c.document_id,
    d.page_id
FROM claims AS c
JOIN documents AS d USING (document_id)
JOIN sentences AS s USING (sentence_id)
WHERE d.is_current AND d.outcome = 'kept';

COMMENT ON COLUMN current_claims.sentence IS 'The sentence that the claim starts in, as it stands.';
