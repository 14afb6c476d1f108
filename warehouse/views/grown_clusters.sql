-- Statements that further pages took up: which, when, and by whom. Copies, and revisions of a page that made it before, are no
-- growth. One row: one statement in one run that met further pages with it.
CREATE OR REPLACE VIEW grown_clusters AS
WITH
-- most statements are made by one claim alone, or stand on the pages of one run: they are left out before anything is joined
shared AS (SELECT cluster_id FROM claim_clusters WHERE claim_count <> 1),
stated AS MATERIALIZED (
    SELECT h.cluster_id, h.page_id, h.first_seen_at, h.run_id, h.title, h.site, h.url, h.document_id, h.claim_id
    FROM claim_history AS h
    SEMI JOIN shared USING (cluster_id)
    WHERE h.is_current
),
taken_up AS (SELECT cluster_id FROM stated GROUP BY cluster_id HAVING min(first_seen_at) < max(first_seen_at)),
made AS (
    SELECT h.*, c.holder
    FROM stated AS h
    SEMI JOIN taken_up AS t ON t.cluster_id = h.cluster_id
    JOIN (FROM current_claims SEMI JOIN shared USING (cluster_id)) AS c ON c.claim_id = h.claim_id
    ANTI JOIN copied_claims AS o ON o.claim_id = h.claim_id
),
-- sorting and counting apart in short lists takes a tenth of what ordered aggregates do
gathered AS (
    SELECT
        cluster_id,
        first_seen_at AS grew_at,
        any_value(run_id) AS run_id,
        count(*)::INTEGER AS documents_added,
        list_sort(list({'url': url, 'document_id': document_id, 'title': title})) AS pages,
        list(site) AS all_sites,
        list(holder) AS all_holders
    FROM made
    GROUP BY cluster_id, first_seen_at
),
met AS (
    SELECT
        cluster_id,
        grew_at,
        run_id,
        documents_added,
        list_sort(list_distinct(all_sites)) AS sites,
        list_sort(list_distinct(all_holders)) AS holders,
        list_transform(pages, lambda page: page.title) AS titles,
        list_transform(pages, lambda page: page.url) AS urls,
        list_transform(pages, lambda page: page.document_id) AS document_ids
    FROM gathered
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
