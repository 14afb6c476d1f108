-- Claims that an article took over from one that it copies, beside the claim that they repeat. They are nobody's support for it.
-- One row: one claim of a copy, with the first claim of the original in the same cluster.
CREATE OR REPLACE VIEW copied_claims AS
SELECT
    c.text,
    o.text AS original_text,
    r.score,
    d.title,
    d.site,
    d.url,
    d.published_at,
    d.published_on,
    f.title AS original_title,
    f.site AS original_site,
    f.url AS original_url,
    c.claim_id,
    o.claim_id AS original_claim_id,
    c.cluster_id,
    c.document_id,
    o.document_id AS original_document_id
FROM document_relations AS r
JOIN claims AS c ON c.document_id = r.document_id
JOIN claims AS o ON o.document_id = r.other_document_id AND o.cluster_id = c.cluster_id
JOIN documents AS d ON d.document_id = c.document_id
JOIN documents AS f ON f.document_id = o.document_id
WHERE r.relation IN ('copy', 'near_copy')
    AND d.is_current AND d.outcome = 'kept'
    -- an original that was edited or is gone speaks no more: then its copy does
    AND f.is_current AND f.outcome = 'kept'
QUALIFY row_number() OVER (PARTITION BY c.claim_id ORDER BY f.published_at, o.document_id, o.start_char, o.claim_id) = 1;

COMMENT ON COLUMN copied_claims.original_text IS 'The same statement in the article that was copied.';
COMMENT ON COLUMN copied_claims.score IS 'Share of the smaller article''s word shingles found in the other.';
COMMENT ON COLUMN copied_claims.original_title IS 'Headline of the article that was copied.';
COMMENT ON COLUMN copied_claims.original_site IS 'Its site.';
COMMENT ON COLUMN copied_claims.original_url IS 'Its address.';
COMMENT ON COLUMN copied_claims.original_claim_id IS 'The claim that is repeated.';
COMMENT ON COLUMN copied_claims.original_document_id IS 'The article that was copied.';
