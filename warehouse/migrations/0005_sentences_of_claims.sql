-- A claim beside the sentence that makes it: most questions ask for both, and to find one among millions took most of their time.

ALTER TABLE claims ADD COLUMN sentence VARCHAR;
ALTER TABLE claims ADD COLUMN section VARCHAR;
UPDATE claims SET sentence = s.text, section = s.section FROM sentences AS s WHERE s.sentence_id = claims.sentence_id;
