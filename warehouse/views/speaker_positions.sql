-- Who stands where: per entity and matter, the speakers and sources with the statement that they hold and their words.
-- A matter is a statement together with those that dispute it, directly or in turn; it is about every entity that one of these
-- is about. What an article reports in its own voice, and nobody else takes up or disputes, is a claim and no position.
-- One row: one claim about one entity.
CREATE OR REPLACE VIEW speaker_positions AS
WITH RECURSIVE
opposing AS (
    SELECT cluster_id, other_cluster_id, max_by(reason, score) AS reason
    FROM (
        SELECT cluster_id, other_cluster_id, reason, score FROM disputes
        UNION ALL
        SELECT other_cluster_id, cluster_id, reason, score FROM disputes
    )
    WHERE cluster_id <> other_cluster_id
    GROUP BY cluster_id, other_cluster_id
),
-- by way of a list: DuckDB expects a hundred times as many rows of these joins, of a recursion over them a thousand times as
-- many again, and what is joined to them would be joined the wrong way round
opposed AS (SELECT o.* FROM (SELECT unnest(list(opposing)) AS o FROM opposing)),
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
-- most statements are made by one claim alone, and disputed by none: they are matters of their own
shared AS (
    SELECT k.*, c.root_id
    FROM claim_clusters AS k
    LEFT JOIN component AS c ON c.cluster_id = k.cluster_id
    WHERE k.claim_count <> 1 OR c.root_id IS NOT NULL
),
-- a statement that denies nothing stands for the matter, so that the other side can deny it; of several the one that most
-- documents make; ties go to the earliest, then to the smallest id
matters AS (
    SELECT
        k.cluster_id,
        k.text AS position,
        first_value(k.cluster_id) OVER leading_first AS matter_id,
        first_value(k.text) OVER leading_first AS matter,
        k.root_id IS NOT NULL AS is_disputed
    FROM shared AS k
    JOIN (
        SELECT cluster_id, bool_and(is_negated) AS is_negated FROM claims SEMI JOIN shared USING (cluster_id) GROUP BY cluster_id
    ) AS w ON w.cluster_id = k.cluster_id
    WINDOW leading_first AS (
        PARTITION BY coalesce(k.root_id, k.cluster_id)
        ORDER BY w.is_negated, k.document_count DESC, k.claim_count DESC, k.first_published_at ASC NULLS LAST, k.cluster_id
    )
),
-- what is reported of nobody ("it is said that") is nobody's position
shared_claims AS (
    SELECT
        c.claim_id, c.cluster_id, c.voice, c.speaker_id, c.holder, c.claim_type, c.cue, c.attribution, c.modality, c.is_negated,
        m.matter_id, m.matter, m.position, m.is_disputed
    FROM current_claims AS c
    JOIN matters AS m ON m.cluster_id = c.cluster_id
    WHERE c.holder IS NOT NULL
),
holders AS (
    SELECT matter_id, count(DISTINCT (voice, coalesce(speaker_id, lower(holder))))::INTEGER AS holder_count
    FROM shared_claims GROUP BY matter_id
),
named AS (SELECT claim_id, entity_id, role FROM claim_entities WHERE role <> 'speaker'),
named_together AS (SELECT h.matter_id, a.* FROM named AS a JOIN shared_claims AS h USING (claim_id)),
-- of the matter are the entities that one of its statements has as subject or object
central AS (SELECT DISTINCT matter_id, entity_id FROM named_together WHERE role <> 'mentioned'),
-- of several parts the one that says most: subject, object, mentioned, which is their order by letters, too
about AS (
    SELECT claim_id, entity_id, max(role) AS entity_role
    FROM (
        FROM named
        UNION ALL
        SELECT h.claim_id, t.entity_id, NULL FROM shared_claims AS h JOIN central AS t USING (matter_id)
    )
    GROUP BY claim_id, entity_id
),
placed AS (
    SELECT h.* EXCLUDE (claim_type), n.holder_count, o.cluster_id IS NOT NULL AS is_opposed, o.reason
    FROM shared_claims AS h
    JOIN holders AS n ON n.matter_id = h.matter_id
    LEFT JOIN opposed AS o ON o.cluster_id = h.cluster_id AND o.other_cluster_id = h.matter_id
    WHERE h.voice = 'speaker' OR h.is_disputed OR n.holder_count > 1
        OR h.claim_type IN ('opinion', 'prediction', 'comparison', 'superlative', 'causal', 'definition')
    UNION ALL
    -- a statement that one claim alone makes and none disputes is a matter of its own, in the words of the claim
    SELECT
        c.claim_id, c.cluster_id, c.voice, c.speaker_id, c.holder, c.cue, c.attribution, c.modality, c.is_negated,
        c.cluster_id, NULL, NULL, false, 1, false, NULL
    FROM current_claims AS c
    ANTI JOIN shared AS k ON k.cluster_id = c.cluster_id
    WHERE c.holder IS NOT NULL AND (
        c.voice = 'speaker' OR c.claim_type IN ('opinion', 'prediction', 'comparison', 'superlative', 'causal', 'definition')
    )
),
cue_words AS (
    SELECT cue, regexp_split_to_array(lower(cue), '[^a-z]+') AS words
    FROM (SELECT DISTINCT cue FROM claims WHERE cue IS NOT NULL)
),
-- the last such word of a cue decides: "supports criticism of" is against; "does not support" is against as well
cued AS (
    SELECT
        w.cue,
        max_by(s.stance, (list_position(w.words, s.form), s.beside IS NOT NULL, s.stance)) AS plain,
        CASE
            WHEN NOT regexp_matches(lower(w.cue), '\b(not|never|no longer|refus\w+|declin\w+)\b|n[''’]t\b') THEN plain
            WHEN plain = 'supports' THEN 'opposes'
        END AS stance
    FROM (SELECT cue, words, unnest(words) AS form FROM cue_words) AS w
    JOIN cue_stances AS s ON s.form = w.form AND (s.beside IS NULL OR list_contains(w.words, s.beside))
    GROUP BY w.cue
),
-- what tells who stands where, claim by claim; words, articles and entities are looked up for those alone that are asked for
stood AS (
    SELECT
        p.*,
        CASE
            -- what stands between the marks is said outright, whatever the verb is
            WHEN cued.stance IS NOT NULL AND p.attribution <> 'direct' THEN cued.stance
            WHEN p.modality IN ('hedged', 'conditional') THEN 'hedges'
            WHEN p.is_opposed AND p.is_negated THEN 'denies'
            ELSE 'asserts'
        END AS stance
    FROM placed AS p LEFT JOIN cued ON cued.cue = p.cue
)
SELECT
    a.name AS entity,
    a.type AS entity_type,
    a.entity_role,
    coalesce(p.matter, c.text) AS matter,
    CASE
        WHEN p.cluster_id = p.matter_id THEN 'states'
        WHEN p.is_opposed THEN 'disputes'
        ELSE 'other'
    END AS side,
    p.stance,
    p.is_disputed,
    p.holder_count,
    p.holder,
    p.voice,
    coalesce(p.position, c.text) AS position,
    c.text AS quotation,
    c.resolved_text,
    p.attribution,
    c.speaker,
    p.cue,
    p.modality,
    p.is_negated,
    c.subject,
    c.predicate,
    c.object,
    p.reason,
    c.sentence,
    d.title,
    d.site,
    d.url,
    d.published_at,
    d.published_on,
    c.start_char,
    c.end_char,
    a.entity_id,
    p.matter_id,
    p.cluster_id,
    p.claim_id,
    p.speaker_id,
    c.document_id
FROM stood AS p
JOIN claims AS c ON c.claim_id = p.claim_id
JOIN documents AS d ON d.document_id = c.document_id
LEFT JOIN (FROM about LEFT JOIN entities USING (entity_id)) AS a ON a.claim_id = p.claim_id;

COMMENT ON COLUMN speaker_positions.entity IS
    'Canonical name of an entity that the matter is about; NULL where it is about none that is known: search in matter then.';
COMMENT ON COLUMN speaker_positions.entity_type IS 'Type of that entity.';
COMMENT ON COLUMN speaker_positions.entity_role IS
    'Part that the entity plays in this claim; NULL where only another claim of the matter names it.';
COMMENT ON COLUMN speaker_positions.matter IS
    'The statement at issue: among those that dispute each other the one that most documents make, of those that deny nothing.';
COMMENT ON COLUMN speaker_positions.side IS
    'How the claim stands to the matter: it `states` it, `disputes` it directly, or is an `other` statement in the same dispute.';
COMMENT ON COLUMN speaker_positions.stance IS
    'How the holder stands to the quotation: by the cue `supports`, `opposes` or `denies` it; else `hedges`, where it is put as possible or conditional; else `denies`, where it is the negation of the matter; else `asserts` it.';
COMMENT ON COLUMN speaker_positions.is_disputed IS 'Whether any claim disputes the matter. A candidate, never a verdict.';
COMMENT ON COLUMN speaker_positions.holder_count IS 'Speakers and sites that take a side in the matter.';
COMMENT ON COLUMN speaker_positions.holder IS 'Who stands there: the speaker, else the site of the article that says it in its own voice.';
COMMENT ON COLUMN speaker_positions.voice IS 'Whether the holder is a `speaker` or the `article` itself.';
COMMENT ON COLUMN speaker_positions.position IS 'The representative wording of the statement that the holder makes.';
COMMENT ON COLUMN speaker_positions.quotation IS 'The statement in this article''s words.';
COMMENT ON COLUMN speaker_positions.reason IS 'Why it disputes the matter, in words; NULL where it does not directly.';
COMMENT ON COLUMN speaker_positions.matter_id IS 'Cluster of the statement at issue.';
