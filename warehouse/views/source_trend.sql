-- What each source gave, run by run: how many pages, how much of them, and what they lacked. For a source that suddenly gives
-- half the claims, or navigation instead of articles. One row: the pages of one source that one run first met.
CREATE OR REPLACE VIEW source_trend AS
SELECT
    m.first_seen_at,
    coalesce(s.title, s.location) AS source,
    s.kind,
    count(*)::INTEGER AS pages,
    count_if(m.outcome = 'kept')::INTEGER AS kept,
    round(100 * avg((m.outcome NOT IN ('kept', 'duplicate'))::INTEGER), 1) AS left_out_percent,
    round(avg(m.word_count) FILTER (m.outcome = 'kept'), 1) AS words_per_article,
    round(avg(m.claim_count), 1) AS claims_per_article,
    round(100 * sum(m.claim_count) / nullif(sum(m.word_count) FILTER (m.outcome = 'kept'), 0), 2) AS claims_per_100_words,
    round(100 * sum(m.attributed_count) / nullif(sum(m.claim_count), 0), 1) AS attributed_percent,
    round(100 * sum(m.boilerplate_count) / nullif(sum(m.sentence_count), 0), 1) AS boilerplate_percent,
    round(100 * sum(m.unended_count) / nullif(sum(m.body_sentence_count), 0), 1) AS unended_percent,
    round(100 * sum(m.repeated_chars) / nullif(sum(m.read_chars), 0), 1) AS repeated_percent,
    round(100 * avg((NOT m.has_date)::INTEGER) FILTER (m.outcome = 'kept'), 1) AS undated_percent,
    round(100 * avg((NOT m.has_title)::INTEGER) FILTER (m.outcome = 'kept'), 1) AS untitled_percent,
    round(100 * avg((NOT m.has_author)::INTEGER) FILTER (m.outcome = 'kept'), 1) AS unsigned_percent,
    any_value(r.run_id) AS run_id,
    m.source_id
FROM article_measures AS m
LEFT JOIN sources AS s ON s.source_id = m.source_id
LEFT JOIN (SELECT started_at, min(run_id) AS run_id FROM runs GROUP BY started_at) AS r ON r.started_at = m.first_seen_at
GROUP BY m.source_id, s.title, s.location, s.kind, m.first_seen_at;

COMMENT ON COLUMN source_trend.first_seen_at IS 'Start of the run that first met the pages.';
COMMENT ON COLUMN source_trend.source IS 'The source''s title, else where it is.';
COMMENT ON COLUMN source_trend.pages IS 'Revisions of pages that the run first met.';
COMMENT ON COLUMN source_trend.kept IS 'Those of them that were kept as articles; all figures below are of these.';
COMMENT ON COLUMN source_trend.left_out_percent IS
    'Share of the pages that were neither kept nor duplicates: too short, no article, unreadable, gone. Unit: percent.';
COMMENT ON COLUMN source_trend.words_per_article IS 'Mean length of the articles. Unit: words.';
COMMENT ON COLUMN source_trend.claims_per_article IS 'Mean number of claims in an article.';
COMMENT ON COLUMN source_trend.claims_per_100_words IS 'Claims for every 100 words of the articles.';
COMMENT ON COLUMN source_trend.attributed_percent IS 'Share of the claims that are said of somebody. Unit: percent.';
COMMENT ON COLUMN source_trend.boilerplate_percent IS
    'Share of the sentences and blocks that are no part of an article. Unit: percent.';
COMMENT ON COLUMN source_trend.unended_percent IS
    'Share of the body''s sentences that end without a mark, as labels and links do. Unit: percent.';
COMMENT ON COLUMN source_trend.repeated_percent IS
    'Share of what claims come from that at least three of the pages have in the same words: navigation and the like. Unit: percent.';
COMMENT ON COLUMN source_trend.undated_percent IS 'Share of the articles without a date of publication. Unit: percent.';
COMMENT ON COLUMN source_trend.untitled_percent IS 'Share of the articles without a headline. Unit: percent.';
COMMENT ON COLUMN source_trend.unsigned_percent IS 'Share of the articles without a byline. Unit: percent.';
COMMENT ON COLUMN source_trend.run_id IS 'The run that first met them; NULL where no run is on record for that time.';
