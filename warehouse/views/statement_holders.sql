-- Who makes each statement, and who made it first. A speaker whom ten articles quote is one holder, and so is a site however
-- many of its articles say it; copies add none. One row: one holder of one statement.
CREATE OR REPLACE VIEW statement_holders AS
WITH
-- most statements are made by one claim alone, which needs no counting
shared AS (SELECT cluster_id, text FROM claim_clusters WHERE claim_count <> 1),
held AS (
    SELECT
        c.cluster_id,
        c.voice,
        CASE WHEN c.voice = 'article' THEN coalesce(c.site, c.document_id) ELSE coalesce(c.speaker_id, lower(c.speaker)) END
            AS holder_key,
        min_by(c.holder, (c.published_at, c.claim_id)) AS dated_holder,
        coalesce(dated_holder, min(c.holder)) AS holder,
        count(*)::INTEGER AS claim_count,
        count(DISTINCT c.document_id)::INTEGER AS document_count,
        list_sort(list_distinct(list(c.site))) AS sites,
        list_sort(list_distinct(list(c.modality))) AS modalities,
        min(c.published_at) AS first_published_at,
        min(c.published_on) AS first_published_on,
        -- of claims without a date the one with the smallest id, after all that have one
        min_by(c.claim_id, (coalesce(c.published_at, 'infinity'), c.claim_id)) AS first_claim_id
    FROM current_claims AS c
    SEMI JOIN shared USING (cluster_id)
    ANTI JOIN copied_claims AS o ON o.claim_id = c.claim_id
    WHERE c.holder IS NOT NULL
    GROUP BY c.cluster_id, c.voice, holder_key
)
SELECT
    k.text AS statement,
    h.holder,
    h.voice,
    h.document_count,
    h.claim_count,
    coalesce(h.sites, []) AS sites,
    h.modalities,
    h.first_published_at,
    h.first_published_on,
    rank() OVER (PARTITION BY h.cluster_id ORDER BY h.first_published_at NULLS LAST)
        = 1 AND h.first_published_at IS NOT NULL AS is_first,
    count(*) OVER (PARTITION BY h.cluster_id)::INTEGER AS holder_count,
    c.text,
    c.cue,
    d.title,
    d.site,
    d.url,
    h.cluster_id,
    c.speaker_id,
    h.first_claim_id AS claim_id,
    c.document_id
FROM held AS h
JOIN shared AS k USING (cluster_id)
JOIN claims AS c ON c.claim_id = h.first_claim_id
JOIN documents AS d ON d.document_id = c.document_id
UNION ALL
SELECT
    c.text,
    c.holder,
    c.voice,
    1,
    1,
    CASE WHEN c.site IS NULL THEN [] ELSE [c.site] END,
    [c.modality],
    c.published_at,
    c.published_on,
    c.published_at IS NOT NULL,
    1,
    c.text,
    c.cue,
    c.title,
    c.site,
    c.url,
    c.cluster_id,
    c.speaker_id,
    c.claim_id,
    c.document_id
FROM current_claims AS c
ANTI JOIN shared AS k ON k.cluster_id = c.cluster_id
WHERE c.holder IS NOT NULL;

COMMENT ON COLUMN statement_holders.statement IS 'The representative wording, the same for all holders of the statement.';
COMMENT ON COLUMN statement_holders.holder IS 'Who makes it: a speaker, or the site of an article in its own voice.';
COMMENT ON COLUMN statement_holders.voice IS 'Whether the holder is a `speaker` or the `article` itself.';
COMMENT ON COLUMN statement_holders.document_count IS 'Current documents in which this holder makes it, copies left aside.';
COMMENT ON COLUMN statement_holders.claim_count IS 'Claims by which this holder makes it, copies left aside.';
COMMENT ON COLUMN statement_holders.sites IS 'Sites on which this holder makes it, by name.';
COMMENT ON COLUMN statement_holders.modalities IS 'How firmly this holder puts it, in all places.';
COMMENT ON COLUMN statement_holders.first_published_at IS 'Earliest known publication in which this holder makes it, UTC.';
COMMENT ON COLUMN statement_holders.first_published_on IS 'Earliest known day of publication, at the place.';
COMMENT ON COLUMN statement_holders.is_first IS
    'Whether no holder is known to have made it earlier; several are first where they stand in one article. False without a date.';
COMMENT ON COLUMN statement_holders.holder_count IS 'Holders of the statement. 1: it rests on one voice, whoever repeats it.';
COMMENT ON COLUMN statement_holders.text IS 'The earliest wording of this holder.';
COMMENT ON COLUMN statement_holders.title IS 'Headline of the article with that wording.';
COMMENT ON COLUMN statement_holders.site IS 'Site of that article.';
COMMENT ON COLUMN statement_holders.url IS 'Address of that article.';
COMMENT ON COLUMN statement_holders.claim_id IS 'The claim with that wording.';
