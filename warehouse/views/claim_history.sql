-- What each page stated over its revisions: since when, until when, in which words. For what is new since any run or day, and
-- for what an edit took away. One row: one statement of one page.
CREATE OR REPLACE VIEW claim_history AS
WITH
-- most statements are made by one claim alone: what it says is all of their history
further AS (
    SELECT cluster_id FROM claim_clusters WHERE claim_count <> 1
    UNION
    SELECT c.cluster_id FROM claims AS c JOIN documents AS d USING (document_id) WHERE NOT d.is_current
),
told AS (
    SELECT
        p.page_id, c.cluster_id, c.claim_id, c.text, c.checkworthiness, p.document_id, p.place, p.revision, p.first_seen_at,
        p.last_seen_at, p.run_id, p.is_current
    FROM (FROM claims SEMI JOIN further USING (cluster_id)) AS c
    JOIN page_revisions AS p USING (document_id)
    WHERE p.outcome = 'kept'
),
met AS (SELECT cluster_id, min(first_seen_at) AS first_seen_at FROM told GROUP BY cluster_id),
-- and of the others most are made once by each of their pages
retold AS (SELECT page_id, cluster_id FROM told GROUP BY page_id, cluster_id HAVING count(*) > 1),
made AS (
    SELECT
        page_id,
        cluster_id,
        max(place) AS last_place,
        min(revision) AS first_revision,
        max(revision) AS last_revision,
        count(DISTINCT document_id)::INTEGER AS revision_count,
        min(first_seen_at) AS first_seen_at,
        max(last_seen_at) AS last_seen_at,
        min_by(run_id, (first_seen_at, place)) AS run_id,
        bool_or(is_current) AS is_current,
        list(DISTINCT text ORDER BY text) AS wordings,
        -- of the last revision that makes it, the claim most worth checking
        max_by(claim_id, (place, checkworthiness, claim_id)) AS claim_id
    FROM told
    SEMI JOIN retold USING (page_id, cluster_id)
    GROUP BY page_id, cluster_id
)
SELECT
    c.text,
    c.speaker,
    c.attribution,
    c.cue,
    c.claim_type,
    c.modality,
    c.checkworthiness,
    m.is_current,
    m.first_seen_at,
    f.first_seen_at AS statement_first_seen_at,
    m.last_seen_at,
    n.first_seen_at AS vanished_at,
    m.first_revision,
    m.last_revision,
    n.revision AS vanished_revision,
    m.revision_count,
    m.wordings,
    d.title,
    d.site,
    d.url,
    d.published_at,
    d.published_on,
    m.run_id,
    n.run_id AS vanished_run_id,
    n.document_id AS vanished_document_id,
    m.claim_id,
    m.cluster_id,
    c.speaker_id,
    c.document_id,
    m.page_id
FROM made AS m
JOIN met AS f ON f.cluster_id = m.cluster_id
JOIN claims AS c USING (claim_id)
JOIN documents AS d ON d.document_id = c.document_id
LEFT JOIN page_revisions AS n ON n.page_id = m.page_id AND n.place = m.last_place + 1
UNION ALL
SELECT
    c.text,
    c.speaker,
    c.attribution,
    c.cue,
    c.claim_type,
    c.modality,
    c.checkworthiness,
    p.is_current,
    p.first_seen_at,
    coalesce(f.first_seen_at, p.first_seen_at),
    p.last_seen_at,
    n.first_seen_at,
    p.revision,
    p.revision,
    n.revision,
    1,
    [c.text],
    p.title,
    p.site,
    p.url,
    p.published_at,
    p.published_on,
    p.run_id,
    n.run_id,
    n.document_id,
    c.claim_id,
    c.cluster_id,
    c.speaker_id,
    c.document_id,
    p.page_id
FROM claims AS c
JOIN page_revisions AS p ON p.document_id = c.document_id
ANTI JOIN retold AS r ON r.page_id = p.page_id AND r.cluster_id = c.cluster_id
LEFT JOIN met AS f ON f.cluster_id = c.cluster_id
LEFT JOIN page_revisions AS n ON n.page_id = p.page_id AND n.place = p.place + 1
WHERE p.outcome = 'kept';

COMMENT ON COLUMN claim_history.text IS 'The statement in the words of the last revision that makes it.';
COMMENT ON COLUMN claim_history.is_current IS 'Whether the page states it now.';
COMMENT ON COLUMN claim_history.first_seen_at IS 'Start of the run that first met it on this page.';
COMMENT ON COLUMN claim_history.statement_first_seen_at IS
    'Start of the run that first met it on any page; where it equals first_seen_at, nobody said it before.';
COMMENT ON COLUMN claim_history.last_seen_at IS 'Start of the last run that met a revision that makes it.';
COMMENT ON COLUMN claim_history.vanished_at IS 'Start of the run that met the page without it; NULL while it stands.';
COMMENT ON COLUMN claim_history.first_revision IS 'First revision that makes it.';
COMMENT ON COLUMN claim_history.last_revision IS 'Last revision that makes it.';
COMMENT ON COLUMN claim_history.vanished_revision IS 'Revision in which it no longer stands; NULL while it stands.';
COMMENT ON COLUMN claim_history.revision_count IS 'Revisions that make it.';
COMMENT ON COLUMN claim_history.wordings IS 'All wordings in which the page made it.';
COMMENT ON COLUMN claim_history.run_id IS 'The run that first met it on this page.';
COMMENT ON COLUMN claim_history.vanished_run_id IS 'The run that met the page without it.';
COMMENT ON COLUMN claim_history.vanished_document_id IS 'The revision in which it no longer stands.';
COMMENT ON COLUMN claim_history.claim_id IS 'Its claim in the last revision that makes it.';
COMMENT ON COLUMN claim_history.document_id IS 'The last revision that makes it.';
