-- Pages that changed: the current revision beside the kept one before it, with the claims that came and went.
-- One row: one page with at least two kept revisions.
CREATE OR REPLACE VIEW edited_documents AS
WITH pairs AS (
    SELECT document_id, previous_document_id
    FROM page_revisions
    WHERE is_current AND outcome = 'kept' AND previous_document_id IS NOT NULL
),
gained AS (
    SELECT pairs.document_id, list(c.text ORDER BY c.start_char, c.claim_id) AS texts
    FROM pairs JOIN claims AS c ON c.document_id = pairs.document_id
    WHERE NOT EXISTS (FROM claims AS old WHERE old.document_id = pairs.previous_document_id AND old.text = c.text)
    GROUP BY pairs.document_id
),
lost AS (
    SELECT pairs.document_id, list(c.text ORDER BY c.start_char, c.claim_id) AS texts
    FROM pairs JOIN claims AS c ON c.document_id = pairs.previous_document_id
    WHERE NOT EXISTS (FROM claims AS new WHERE new.document_id = pairs.document_id AND new.text = c.text)
    GROUP BY pairs.document_id
),
sentences_changed AS (
    SELECT later_document_id, count_if(change = 'added') AS added, count_if(change = 'removed') AS removed
    FROM sentence_changes GROUP BY later_document_id
)
SELECT
    d.title,
    p.title AS previous_title,
    d.site,
    d.url,
    d.revision,
    p.revision AS previous_revision,
    coalesce(len(gained.texts), 0) AS claims_gained,
    coalesce(len(lost.texts), 0) AS claims_lost,
    coalesce(gained.texts, []) AS gained,
    coalesce(lost.texts, []) AS lost,
    coalesce(x.added, 0) AS sentences_added,
    coalesce(x.removed, 0) AS sentences_removed,
    d.word_count,
    p.word_count AS previous_word_count,
    d.published_at,
    d.published_on,
    d.modified_at,
    p.modified_at AS previous_modified_at,
    d.first_seen_at,
    p.first_seen_at AS previous_first_seen_at,
    d.page_id,
    d.document_id,
    p.document_id AS previous_document_id
FROM documents AS d
JOIN pairs ON pairs.document_id = d.document_id
JOIN documents AS p ON p.document_id = pairs.previous_document_id
LEFT JOIN gained ON gained.document_id = d.document_id
LEFT JOIN lost ON lost.document_id = d.document_id
LEFT JOIN sentences_changed AS x ON x.later_document_id = d.document_id;

COMMENT ON COLUMN edited_documents.previous_title IS 'Headline of the revision before.';
COMMENT ON COLUMN edited_documents.previous_revision IS 'Number of the kept revision before.';
COMMENT ON COLUMN edited_documents.claims_gained IS 'Claims whose words the revision before did not have.';
COMMENT ON COLUMN edited_documents.claims_lost IS 'Claims of the revision before whose words are gone.';
COMMENT ON COLUMN edited_documents.gained IS 'Texts of the claims gained, in the order of the text.';
COMMENT ON COLUMN edited_documents.lost IS 'Texts of the claims lost, in the order of the text.';
COMMENT ON COLUMN edited_documents.sentences_added IS 'Sentences that the revision before did not have, reworded ones among them.';
COMMENT ON COLUMN edited_documents.sentences_removed IS 'Sentences of the revision before that are gone, reworded ones among them.';
COMMENT ON COLUMN edited_documents.previous_word_count IS 'Words of the article before. Unit: words.';
COMMENT ON COLUMN edited_documents.previous_modified_at IS 'Last change that the revision before gave, UTC.';
COMMENT ON COLUMN edited_documents.previous_first_seen_at IS 'Start of the run that first met the revision before.';
COMMENT ON COLUMN edited_documents.previous_document_id IS 'The revision before.';
