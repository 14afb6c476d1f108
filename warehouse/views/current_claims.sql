-- Every claim of a current, kept document, beside the article that makes it. One row: one claim.
-- The other claim views read from this one.
CREATE OR REPLACE VIEW current_claims AS
SELECT
    c.text,
    c.resolved_text,
    -- a pronoun that was not resolved names nobody
    CASE
        WHEN c.speaker_id IS NULL AND regexp_full_match(lower(c.speaker),
            'i|me|my|you|your|he|him|his|she|her|it|its|we|us|our|they|them|their|who|this|that|these|those|one') THEN NULL
        WHEN c.speaker IS NOT NULL THEN c.speaker
        WHEN c.attribution = 'author' THEN coalesce(d.site, d.title, regexp_extract(d.url, '[^/]+/?$'))
    END AS holder,
    CASE WHEN c.attribution = 'author' THEN 'article' WHEN holder IS NULL THEN 'unnamed' ELSE 'speaker' END AS voice,
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
    c.sentence,
    c.section,
    d.title,
    d.site,
    d.url,
    d.authors,
    d.published_at,
    d.published_on,
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
WHERE d.is_current AND d.outcome = 'kept';

COMMENT ON COLUMN current_claims.holder IS
    'Who puts it forward: the speaker, else the site (else the title, the file) of the article that says it in its own voice; NULL where it is said of somebody without a name.';
COMMENT ON COLUMN current_claims.voice IS 'Whether the holder is a `speaker`, the `article` itself, or `unnamed`.';
COMMENT ON COLUMN current_claims.sentence IS 'The sentence that the claim starts in, as it stands.';
