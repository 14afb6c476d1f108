-- What every page came to when it was read, in figures: how long, how many claims, how much of it is furniture.
-- One row: one revision of one page. What only kept articles have is NULL for all others.
CREATE OR REPLACE VIEW article_measures AS
WITH pieces AS (
    SELECT
        d.source_id,
        d.first_seen_at,
        d.page_id,
        d.document_id,
        s.zone,
        len(s.text) AS chars,
        CASE WHEN s.zone IN ('body', 'list') THEN hash(s.text) END AS words,
        s.zone IN ('body', 'list') AS is_read,
        -- closing marks may follow what ends a sentence
        s.zone = 'body' AND NOT regexp_matches(right(s.text, 4), '[.!?…:;]\W*$') AS is_unended
    FROM sentences AS s
    JOIN documents AS d USING (document_id)
    WHERE d.outcome = 'kept'
),
-- three times in all is a quick look, which spares counting the pages of most
often AS (SELECT source_id, first_seen_at, words FROM pieces WHERE is_read GROUP BY ALL HAVING count(*) >= 3),
-- what at least three pages have in the same words is the site's own, as for copies: two may share a passage of their story
furniture AS (
    SELECT source_id, first_seen_at, words
    FROM pieces
    SEMI JOIN often USING (source_id, first_seen_at, words)
    WHERE is_read
    GROUP BY ALL
    HAVING count(DISTINCT page_id) >= 3
),
cut AS (
    SELECT
        p.document_id,
        count(*) AS sentence_count,
        count_if(p.zone = 'boilerplate') AS boilerplate_count,
        count_if(p.zone = 'body') AS body_sentence_count,
        count_if(p.is_unended) AS unended_count,
        coalesce(sum(p.chars) FILTER (p.is_read), 0) AS read_chars,
        coalesce(sum(p.chars) FILTER (p.is_read AND f.words IS NOT NULL), 0) AS repeated_chars
    FROM pieces AS p
    LEFT JOIN furniture AS f USING (source_id, first_seen_at, words)
    GROUP BY p.document_id
),
stated AS (
    SELECT document_id, count(*) AS claim_count, count_if(attribution <> 'author') AS attributed_count
    FROM claims
    GROUP BY document_id
)
SELECT
    d.title,
    d.site,
    d.url,
    d.outcome,
    d.word_count,
    CASE WHEN d.outcome = 'kept' THEN coalesce(t.claim_count, 0) END::INTEGER AS claim_count,
    CASE WHEN d.outcome = 'kept' THEN coalesce(t.attributed_count, 0) END::INTEGER AS attributed_count,
    c.sentence_count::INTEGER AS sentence_count,
    c.boilerplate_count::INTEGER AS boilerplate_count,
    c.body_sentence_count::INTEGER AS body_sentence_count,
    c.unended_count::INTEGER AS unended_count,
    c.read_chars::INTEGER AS read_chars,
    c.repeated_chars::INTEGER AS repeated_chars,
    d.published_at IS NOT NULL AS has_date,
    d.title IS NOT NULL AS has_title,
    len(d.authors) > 0 AS has_author,
    d.published_at,
    d.first_seen_at,
    d.source_id,
    d.document_id,
    d.page_id
FROM documents AS d
LEFT JOIN cut AS c ON c.document_id = d.document_id
LEFT JOIN stated AS t ON t.document_id = d.document_id;

COMMENT ON COLUMN article_measures.claim_count IS 'Claims that it makes.';
COMMENT ON COLUMN article_measures.attributed_count IS 'Those of them that it says of somebody.';
COMMENT ON COLUMN article_measures.sentence_count IS 'Sentences and blocks of the whole page.';
COMMENT ON COLUMN article_measures.boilerplate_count IS 'Those of them that are no part of the article.';
COMMENT ON COLUMN article_measures.body_sentence_count IS 'Sentences of the body.';
COMMENT ON COLUMN article_measures.unended_count IS 'Those of them that end without a mark, as labels and links do.';
COMMENT ON COLUMN article_measures.read_chars IS 'Length of what claims come from: body and lists. Unit: code points.';
COMMENT ON COLUMN article_measures.repeated_chars IS
    'Length of those sentences of it that at least three pages of its source have which the same run first met: furniture, such as navigation, that was taken for text. Unit: code points.';
COMMENT ON COLUMN article_measures.has_date IS 'Whether the page gives a date of publication.';
COMMENT ON COLUMN article_measures.has_title IS 'Whether a headline was found.';
COMMENT ON COLUMN article_measures.has_author IS 'Whether a byline was found.';
