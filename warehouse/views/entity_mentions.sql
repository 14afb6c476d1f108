-- Where names stand. One row: one name at one place in a current document; entity is NULL where it is open whom it names.
CREATE OR REPLACE VIEW entity_mentions AS
SELECT
    e.name AS entity,
    e.type AS entity_type,
    m.text AS mention,
    m.type AS mention_type,
    m.method,
    m.score,
    s.text AS sentence,
    s.zone,
    s.section,
    d.title,
    d.site,
    d.url,
    d.published_at,
    d.published_on,
    m.start_char,
    m.end_char,
    m.mention_id,
    m.entity_id,
    e.wikidata_id,
    m.sentence_id,
    m.document_id
FROM mentions AS m
JOIN documents AS d USING (document_id)
JOIN sentences AS s USING (sentence_id)
LEFT JOIN entities AS e ON e.entity_id = m.entity_id
WHERE d.is_current AND d.outcome = 'kept';

COMMENT ON COLUMN entity_mentions.entity IS 'Canonical name of the entity; NULL where that is open.';
COMMENT ON COLUMN entity_mentions.entity_type IS 'Type of the entity.';
COMMENT ON COLUMN entity_mentions.mention IS 'The name as printed here.';
COMMENT ON COLUMN entity_mentions.mention_type IS 'Kind of thing named at this place.';
COMMENT ON COLUMN entity_mentions.sentence IS 'The sentence that holds it.';
