-- Who stands where: per entity and matter, the speakers and sources with the statement that they hold and their words.
-- A matter is a statement together with those that dispute it, directly or in turn. One row: one claim about one entity.
CREATE OR REPLACE VIEW speaker_positions AS
WITH RECURSIVE
opposed AS (
    SELECT DISTINCT cluster_id, other_cluster_id FROM disputes WHERE cluster_id <> other_cluster_id
    UNION
    SELECT DISTINCT other_cluster_id, cluster_id FROM disputes WHERE cluster_id <> other_cluster_id
),
-- connected components: every statement takes over the smallest id that it can reach
component (cluster_id, root_id) USING KEY (cluster_id) AS (
    SELECT DISTINCT cluster_id, cluster_id FROM opposed
    UNION
    SELECT o.other_cluster_id, min(c.root_id)
    FROM component AS c
    JOIN opposed AS o ON o.cluster_id = c.cluster_id
    JOIN recurring.component AS known ON known.cluster_id = o.other_cluster_id
    WHERE c.root_id < known.root_id
    GROUP BY o.other_cluster_id
),
-- the statement that most documents make stands for the matter; ties go to the earliest, then to the smallest id
matters AS (
    SELECT
        k.cluster_id,
        k.text AS position,
        first_value(k.cluster_id) OVER leading_first AS matter_id,
        first_value(k.text) OVER leading_first AS matter,
        c.root_id IS NOT NULL AS is_disputed
    FROM claim_clusters AS k
    LEFT JOIN component AS c ON c.cluster_id = k.cluster_id
    WINDOW leading_first AS (
        PARTITION BY coalesce(c.root_id, k.cluster_id)
        ORDER BY k.document_count DESC, k.claim_count DESC, k.first_published_at ASC NULLS LAST, k.cluster_id
    )
)
SELECT
    e.name AS entity,
    e.type AS entity_type,
    m.matter,
    CASE
        WHEN m.cluster_id = m.matter_id THEN 'states'
        WHEN EXISTS (FROM opposed AS o WHERE o.cluster_id = m.cluster_id AND o.other_cluster_id = m.matter_id) THEN 'disputes'
        ELSE 'other'
    END AS side,
    m.is_disputed,
    coalesce(c.speaker, c.site, c.title, c.url) AS holder,
    CASE WHEN c.speaker IS NULL THEN 'article' ELSE 'speaker' END AS voice,
    m.position,
    c.text AS quotation,
    c.attribution,
    c.modality,
    c.is_negated,
    c.sentence,
    c.title,
    c.site,
    c.url,
    c.published_at,
    e.entity_id,
    m.matter_id,
    c.cluster_id,
    c.claim_id,
    c.speaker_id,
    c.document_id
FROM current_claims AS c
JOIN matters AS m ON m.cluster_id = c.cluster_id
JOIN (SELECT DISTINCT claim_id, entity_id FROM claim_entities WHERE role <> 'speaker') AS about ON about.claim_id = c.claim_id
JOIN entities AS e ON e.entity_id = about.entity_id
-- what is reported of nobody ("it is said that") is nobody's position
WHERE c.speaker IS NOT NULL OR c.attribution = 'author';

COMMENT ON COLUMN speaker_positions.entity IS 'Canonical name of the entity that the claim is about.';
COMMENT ON COLUMN speaker_positions.entity_type IS 'Type of that entity.';
COMMENT ON COLUMN speaker_positions.matter IS 'The statement at issue: the one that most documents make among those that dispute each other.';
COMMENT ON COLUMN speaker_positions.side IS
    'How the claim stands to the matter: it `states` it, `disputes` it directly, or is an `other` statement in the same dispute.';
COMMENT ON COLUMN speaker_positions.is_disputed IS 'Whether any claim disputes the matter. A candidate, never a verdict.';
COMMENT ON COLUMN speaker_positions.holder IS 'Who stands there: the speaker, else the site of the article that says it in its own voice.';
COMMENT ON COLUMN speaker_positions.voice IS 'Whether the holder is a `speaker` or the `article` itself.';
COMMENT ON COLUMN speaker_positions.position IS 'The representative wording of the statement that the holder makes.';
COMMENT ON COLUMN speaker_positions.quotation IS 'The statement in this article''s words.';
COMMENT ON COLUMN speaker_positions.matter_id IS 'Cluster of the statement at issue.';
