-- What a run finds known claims and articles by. The next run that brings something new fills in what is missing here.

CREATE TABLE claim_terms (
    claim_id    VARCHAR NOT NULL,
    document_id VARCHAR NOT NULL,
    terms       UINTEGER[] NOT NULL,
    weights     FLOAT[] NOT NULL,
    entities    UINTEGER[] NOT NULL,
    place       UBIGINT NOT NULL
);

CREATE TABLE article_keys (
    document_id VARCHAR NOT NULL,
    keys        UBIGINT[] NOT NULL
);
