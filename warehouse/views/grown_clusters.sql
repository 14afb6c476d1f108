-- Statements that further pages took up: which, when, and by whom. Copies, and revisions of a page that made it before, are no
-- growth. One row: one statement in one run that met further pages with it.
CREATE OR REPLACE VIEW grown_clusters AS
WITH
-- most statements stand on the pages of one run: they are left out before anything is joined
taken_up AS (
    SELECT cluster_id FROM claim_history WHERE is_current
    GROUP BY cluster_id HAVING min(first_seen_at) < max(first_seen_at)
),
made AS (
    SELECT h.cluster_id, h.page_id, h.first_seen_at, h.run_id, h.title, h.site, h.url, h.document_id, c.holder
    FROM claim_history AS h
    JOIN current_claims AS c USING (claim_id)
    ANTI JOIN copied_claims AS o ON o.claim_id = h.claim_id
    WHERE h.is_current AND h.cluster_id IN (FROM taken_up)
),
met AS (
    SELECT
        cluster_id,
        first_seen_at AS grew_at,
        any_value(run_id) AS run_id,
        count(*)::INTEGER AS documents_added,
        list(DISTINCT site ORDER BY site) FILTER (site IS NOT NULL) AS sites,
        list(DISTINCT holder ORDER BY holder) FILTER (holder IS NOT NULL) AS holders,
        list(title ORDER BY url, document_id) AS titles,
        list(url ORDER BY url, document_id) AS urls,
        list(document_id ORDER BY url, document_id) AS document_ids
    FROM made
    GROUP BY cluster_id, first_seen_at
),
counted AS (
    SELECT
        *,
        coalesce(sum(documents_added) OVER earlier, 0)::INTEGER AS documents_before,
        min(grew_at) OVER (PARTITION BY cluster_id) AS first_seen_at
    FROM met
    WINDOW earlier AS (PARTITION BY cluster_id ORDER BY grew_at ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
)
SELECT
    k.text AS statement,
    g.grew_at,
    g.documents_before,
    g.documents_added,
    k.document_count,
    k.site_count,
    k.speaker_count,
    coalesce(g.holders, []) AS holders,
    coalesce(g.sites, []) AS sites,
    g.titles,
    g.urls,
    g.first_seen_at,
    g.run_id,
    g.document_ids,
    g.cluster_id
FROM counted AS g
JOIN claim_clusters AS k USING (cluster_id)
WHERE g.documents_before > 0;

COMMENT ON COLUMN grown_clusters.statement IS 'The representative wording.';
COMMENT ON COLUMN grown_clusters.grew_at IS 'Start of the run that met the further pages.';
COMMENT ON COLUMN grown_clusters.documents_before IS 'Pages met by earlier runs that make it now.';
COMMENT ON COLUMN grown_clusters.documents_added IS 'Further pages that this run met.';
COMMENT ON COLUMN grown_clusters.holders IS 'Who makes it there: speakers, and sites in their own voice.';
COMMENT ON COLUMN grown_clusters.sites IS 'Their sites.';
COMMENT ON COLUMN grown_clusters.titles IS 'Their headlines, in the order of urls.';
COMMENT ON COLUMN grown_clusters.urls IS 'Their addresses.';
COMMENT ON COLUMN grown_clusters.first_seen_at IS 'Start of the run that first met the statement.';
COMMENT ON COLUMN grown_clusters.run_id IS 'The run that met the further pages.';
COMMENT ON COLUMN grown_clusters.document_ids IS 'Their documents, in the order of urls.';
