-- Sentences that came into a page or went out of it from one kept revision to the next. Menus and other boilerplate are left
-- aside. One row: one sentence of one of two revisions that the other does not have.
CREATE OR REPLACE VIEW sentence_changes AS
WITH pairs AS (
    SELECT document_id, previous_document_id FROM page_revisions WHERE outcome = 'kept' AND previous_document_id IS NOT NULL
),
changed AS (
    SELECT 'added' AS change, p.document_id AS later_id, s.*
    FROM pairs AS p JOIN sentences AS s USING (document_id)
    WHERE s.zone <> 'boilerplate' AND NOT EXISTS (
        FROM sentences AS o
        WHERE o.document_id = p.previous_document_id AND o.text = s.text AND o.zone <> 'boilerplate'
    )
    UNION ALL
    SELECT 'removed', p.document_id, s.*
    FROM pairs AS p JOIN sentences AS s ON s.document_id = p.previous_document_id
    WHERE s.zone <> 'boilerplate' AND NOT EXISTS (
        FROM sentences AS o WHERE o.document_id = p.document_id AND o.text = s.text AND o.zone <> 'boilerplate'
    )
),
worded AS (SELECT *, list_distinct(regexp_extract_all(lower(text), '\w+')) AS words FROM changed),
alike AS (
    SELECT
        a.sentence_id,
        a.later_id,
        b.text AS counterpart,
        len(list_intersect(a.words, b.words)) / greatest(len(list_distinct(a.words || b.words)), 1) AS share
    FROM worded AS a
    JOIN worded AS b ON b.later_id = a.later_id AND b.change <> a.change
    -- half of all words in common: else it is another sentence
    WHERE share >= 0.5
    QUALIFY row_number() OVER (PARTITION BY a.later_id, a.sentence_id ORDER BY share DESC, b.position, b.sentence_id) = 1
)
SELECT
    s.change,
    s.text AS sentence,
    a.counterpart,
    s.zone,
    s.section,
    p.title,
    p.site,
    p.url,
    p.previous_revision,
    p.revision,
    p.first_seen_at AS changed_at,
    p.modified_at,
    p.published_at,
    p.published_on,
    p.run_id,
    s.position,
    s.sentence_id,
    s.document_id,
    p.document_id AS later_document_id,
    p.page_id
FROM worded AS s
JOIN page_revisions AS p ON p.document_id = s.later_id
LEFT JOIN alike AS a ON a.sentence_id = s.sentence_id AND a.later_id = s.later_id;

COMMENT ON COLUMN sentence_changes.change IS 'Whether the later revision `added` or `removed` it.';
COMMENT ON COLUMN sentence_changes.sentence IS 'The sentence as it stands in the revision that has it.';
COMMENT ON COLUMN sentence_changes.counterpart IS
    'What stands for it in the other revision: the changed sentence with most of its words, at least half; NULL where none has.';
COMMENT ON COLUMN sentence_changes.previous_revision IS 'Number of the earlier revision.';
COMMENT ON COLUMN sentence_changes.revision IS 'Number of the later revision.';
COMMENT ON COLUMN sentence_changes.changed_at IS 'Start of the run that first met the later revision.';
COMMENT ON COLUMN sentence_changes.modified_at IS 'Last change as the later revision gives it, UTC.';
COMMENT ON COLUMN sentence_changes.run_id IS 'The run that first met the later revision.';
COMMENT ON COLUMN sentence_changes.document_id IS 'The revision that has the sentence.';
COMMENT ON COLUMN sentence_changes.later_document_id IS 'The later revision.';
