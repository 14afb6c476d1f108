-- Pairs of claims that may dispute each other, both sides in one row, with the reason. Candidates, never verdicts.
CREATE OR REPLACE VIEW disputes AS
SELECT
    a.text,
    b.text AS other_text,
    r.reason,
    r.score,
    a.holder,
    b.holder AS other_holder,
    a.speaker,
    b.speaker AS other_speaker,
    a.attribution,
    b.attribution AS other_attribution,
    a.cue,
    b.cue AS other_cue,
    a.modality,
    b.modality AS other_modality,
    a.sentence,
    b.sentence AS other_sentence,
    a.title,
    b.title AS other_title,
    a.site,
    b.site AS other_site,
    a.url,
    b.url AS other_url,
    a.published_at,
    b.published_at AS other_published_at,
    a.published_on,
    b.published_on AS other_published_on,
    r.claim_id,
    r.other_claim_id,
    a.cluster_id,
    b.cluster_id AS other_cluster_id,
    a.document_id,
    b.document_id AS other_document_id
FROM current_claims AS a
JOIN claim_relations AS r ON r.claim_id = a.claim_id
JOIN current_claims AS b ON b.claim_id = r.other_claim_id
WHERE r.relation = 'disputes';

COMMENT ON COLUMN disputes.text IS 'The statement of one side.';
COMMENT ON COLUMN disputes.other_text IS 'The statement of the other side.';
COMMENT ON COLUMN disputes.other_holder IS 'Who puts the other side forward.';
COMMENT ON COLUMN disputes.other_speaker IS 'Who is said to hold the other side; NULL where the article speaks or names nobody.';
COMMENT ON COLUMN disputes.other_attribution IS 'Whose voice the other side is in.';
COMMENT ON COLUMN disputes.other_cue IS 'The words that attribute the other side.';
COMMENT ON COLUMN disputes.other_modality IS 'How firmly the other side is put.';
COMMENT ON COLUMN disputes.other_sentence IS 'The sentence that the other side starts in.';
COMMENT ON COLUMN disputes.other_title IS 'Headline of the other side''s article.';
COMMENT ON COLUMN disputes.other_site IS 'Site of the other side''s article.';
COMMENT ON COLUMN disputes.other_url IS 'Address of the other side''s article.';
COMMENT ON COLUMN disputes.other_published_at IS 'Publication of the other side''s article, UTC.';
COMMENT ON COLUMN disputes.other_published_on IS 'Day of publication of the other side''s article, at the place.';
COMMENT ON COLUMN disputes.other_cluster_id IS 'Claims that say the same as the other side.';
COMMENT ON COLUMN disputes.other_document_id IS 'Document of the other side.';
