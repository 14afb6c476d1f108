-- Words in cues that say where a speaker stands: for what is named, against it, or that it is not so. Every other cue (said,
-- found, according to) leaves that to the statement. One row: one form of one word, with the words that must stand beside it.
CREATE OR REPLACE VIEW cue_stances AS
WITH listed (word, beside, stance) AS (
    VALUES
    ('deny', NULL, 'denies'), ('denial', NULL, 'denies'), ('dispute', NULL, 'denies'), ('refute', NULL, 'denies'),
    ('rebut', NULL, 'denies'), ('contradict', NULL, 'denies'), ('disavow', NULL, 'denies'), ('debunk', NULL, 'denies'),
    ('doubt', NULL, 'denies'), ('disbelieve', NULL, 'denies'), ('disprove', NULL, 'denies'),
    ('oppose', NULL, 'opposes'), ('opposition', NULL, 'opposes'), ('reject', NULL, 'opposes'), ('dismiss', NULL, 'opposes'),
    ('criticise', NULL, 'opposes'), ('criticize', NULL, 'opposes'), ('criticism', 'of', 'opposes'),
    ('critical', 'of', 'opposes'), ('condemn', NULL, 'opposes'), ('denounce', NULL, 'opposes'), ('decry', NULL, 'opposes'),
    ('deplore', NULL, 'opposes'), ('blast', NULL, 'opposes'), ('slam', NULL, 'opposes'), ('attack', NULL, 'opposes'),
    ('assail', NULL, 'opposes'),
    ('protest', 'against', 'opposes'), ('rail', 'against', 'opposes'), ('warn', 'against', 'opposes'),
    ('caution', 'against', 'opposes'), ('argue', 'against', 'opposes'), ('vote', 'against', 'opposes'),
    ('come', 'against', 'opposes'), ('object', 'to', 'opposes'), ('objection', 'to', 'opposes'),
    ('disagree', 'with', 'opposes'), ('disapprove', 'of', 'opposes'), ('concern', 'about', 'opposes'),
    ('concern', 'over', 'opposes'), ('worry', 'about', 'opposes'), ('worry', 'over', 'opposes'),
    ('alarm', 'about', 'opposes'), ('alarm', 'over', 'opposes'), ('sceptical', 'of', 'opposes'),
    ('skeptical', 'of', 'opposes'), ('wary', 'of', 'opposes'),
    ('support', NULL, 'supports'), ('back', NULL, 'supports'), ('endorse', NULL, 'supports'),
    ('endorsement', 'of', 'supports'), ('favour', NULL, 'supports'), ('favor', NULL, 'supports'),
    ('prefer', NULL, 'supports'), ('champion', NULL, 'supports'), ('advocate', NULL, 'supports'),
    ('defend', NULL, 'supports'), ('welcome', NULL, 'supports'), ('praise', NULL, 'supports'),
    ('applaud', NULL, 'supports'), ('laud', NULL, 'supports'), ('hail', NULL, 'supports'), ('embrace', NULL, 'supports'),
    ('approve', 'of', 'supports'), ('agree', 'with', 'supports'), ('call', 'for', 'supports'), ('push', 'for', 'supports'),
    ('press', 'for', 'supports'), ('argue', 'for', 'supports'), ('urge', NULL, 'supports'), ('demand', NULL, 'supports')
),
stems AS (
    SELECT *, regexp_replace(word, '(e|y)$', '') AS stem, regexp_extract(word, '(e|[^aeiou]y|)$', 1)[-1:] AS ending FROM listed
)
SELECT stance, word, form, beside
FROM stems, unnest(
    CASE ending
        WHEN 'e' THEN [word, word || 's', word || 'd', stem || 'ing']
        WHEN 'y' THEN [word, stem || 'ies', stem || 'ied', word || 'ing']
        ELSE [word, word || 's', word || 'ed', word || 'ing', word || right(word, 1) || 'ed', word || right(word, 1) || 'ing']
    END || CASE word WHEN 'come' THEN ['came'] ELSE [] END
) AS forms (form);

COMMENT ON COLUMN cue_stances.stance IS 'What a cue with it says: the speaker `supports`, `opposes` or `denies`.';
COMMENT ON COLUMN cue_stances.word IS 'The word as a dictionary lists it.';
COMMENT ON COLUMN cue_stances.form IS 'The form as it may stand in a cue.';
COMMENT ON COLUMN cue_stances.beside IS 'A word that must stand in the cue as well; NULL where none need.';
