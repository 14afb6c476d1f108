-- Claims with a figure. One row: one figure in one claim.
CREATE OR REPLACE VIEW numeric_claims AS
SELECT
    c.text,
    q.text AS figure,
    q.value,
    q.upper_value,
    q.unit,
    q.kind,
    q.is_approximate,
    c.subject,
    c.predicate,
    c.holder,
    c.voice,
    c.speaker,
    c.attribution,
    c.cue,
    c.modality,
    c.is_negated,
    c.sentence,
    c.title,
    c.site,
    c.url,
    c.published_at,
    c.published_on,
    q.start_char,
    q.end_char,
    q.quantity_id,
    c.claim_id,
    c.cluster_id,
    c.subject_id,
    c.speaker_id,
    c.document_id
FROM current_claims AS c
JOIN quantities AS q USING (claim_id);

COMMENT ON COLUMN numeric_claims.start_char IS 'First character of the figure in documents.text. Unit: code points.';
COMMENT ON COLUMN numeric_claims.end_char IS 'Character after it. Unit: code points.';
COMMENT ON COLUMN numeric_claims.figure IS 'The figure as printed, with its unit.';
