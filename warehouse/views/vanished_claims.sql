-- Claims that an edit took out of a page, beside what stands in their place. One row: one statement that its page made and no
-- longer makes.
CREATE OR REPLACE VIEW vanished_claims AS
WITH gone AS (
    SELECT
        h.text, h.speaker, h.attribution, h.cue, h.claim_type, h.checkworthiness, h.first_seen_at, h.vanished_at,
        h.last_revision, h.vanished_revision, h.title, h.site, h.url, h.published_at, h.published_on, h.vanished_run_id,
        h.claim_id, h.cluster_id, h.speaker_id, h.document_id, h.vanished_document_id, h.page_id,
        list_distinct(regexp_extract_all(lower(h.text), '\w+')) AS words
    FROM claim_history AS h
    WHERE h.vanished_at IS NOT NULL
),
-- what the revision without it states and the one before it did not
came AS (
    SELECT n.document_id, n.claim_id, n.text, list_distinct(regexp_extract_all(lower(n.text), '\w+')) AS words
    FROM (SELECT DISTINCT document_id, vanished_document_id FROM gone) AS g
    JOIN claims AS n ON n.document_id = g.vanished_document_id
    ANTI JOIN claims AS o ON o.document_id = g.document_id AND o.cluster_id = n.cluster_id
),
alike AS (
    SELECT
        gone.claim_id,
        came.text AS replacement,
        len(list_intersect(gone.words, came.words)) / len(list_distinct(gone.words || came.words)) AS share
    FROM gone
    JOIN came ON came.document_id = gone.vanished_document_id
    -- half of all words in common: else it is another statement
    WHERE share >= 0.5
    QUALIFY row_number() OVER (PARTITION BY gone.claim_id ORDER BY share DESC, came.claim_id) = 1
)
SELECT
    g.text,
    a.replacement,
    round(a.share, 2) AS replacement_share,
    g.speaker,
    g.attribution,
    g.cue,
    g.claim_type,
    g.checkworthiness,
    c.sentence,
    CASE WHEN n.outcome = 'kept' THEN 'edited' ELSE n.outcome END AS reason,
    g.first_seen_at,
    g.vanished_at,
    g.last_revision,
    g.vanished_revision,
    k.document_count,
    n.title,
    g.title AS previous_title,
    g.site,
    g.url,
    g.published_at,
    g.published_on,
    n.modified_at,
    g.vanished_run_id,
    g.claim_id,
    g.cluster_id,
    g.speaker_id,
    g.document_id,
    g.vanished_document_id,
    g.page_id
FROM gone AS g
JOIN claims AS c USING (claim_id)
JOIN claim_clusters AS k ON k.cluster_id = g.cluster_id
JOIN documents AS n ON n.document_id = g.vanished_document_id
LEFT JOIN alike AS a ON a.claim_id = g.claim_id;

COMMENT ON COLUMN vanished_claims.text IS 'The statement in the words of the last revision that made it.';
COMMENT ON COLUMN vanished_claims.replacement IS
    'The new claim in the later revision that shares most words with it, at least half; NULL where none does.';
COMMENT ON COLUMN vanished_claims.replacement_share IS 'Words that the two have in common. Unit: share.';
COMMENT ON COLUMN vanished_claims.sentence IS 'The sentence that it stood in.';
COMMENT ON COLUMN vanished_claims.reason IS 'What happened to the page: it was `edited`, else its outcome, such as `gone`.';
COMMENT ON COLUMN vanished_claims.document_count IS 'Documents that still make the statement, copies counted once.';
COMMENT ON COLUMN vanished_claims.title IS 'Headline of the revision without it.';
COMMENT ON COLUMN vanished_claims.previous_title IS 'Headline of the revision that made it.';
COMMENT ON COLUMN vanished_claims.modified_at IS 'Last change as the revision without it gives it, UTC.';
