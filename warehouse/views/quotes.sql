-- Who said what, verbatim. One row: one claim in quotation marks, whole (`direct`) or in part (`mixed`).
CREATE OR REPLACE VIEW quotes AS
SELECT
    speaker,
    text AS quote,
    -- a mixed claim is reported speech around quoted fragments: only what stands between its marks is verbatim
    CASE attribution
        WHEN 'direct' THEN [text]
        ELSE list_transform(regexp_extract_all(text, '["“”„«]([^"“”„«»]+)["“”»]', 1), lambda words: trim(words))
    END AS quoted_words,
    attribution,
    cue,
    sentence,
    title,
    site,
    url,
    published_at,
    published_on,
    claim_type,
    start_char,
    end_char,
    claim_id,
    cluster_id,
    speaker_id,
    document_id
FROM current_claims
WHERE attribution IN ('direct', 'mixed');

COMMENT ON COLUMN quotes.quote IS 'The statement: the words between the marks, or the reported clause that holds quoted words.';
COMMENT ON COLUMN quotes.quoted_words IS 'Only the words between quotation marks; the whole quote where it is direct.';
