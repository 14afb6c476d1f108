-- The first schema.

CREATE TABLE sources (
    source_id VARCHAR NOT NULL,
    kind      VARCHAR NOT NULL,
    location  VARCHAR NOT NULL,
    title     VARCHAR,
    added_at  TIMESTAMP NOT NULL
);

CREATE TABLE documents (
    document_id      VARCHAR NOT NULL,
    page_id          VARCHAR NOT NULL,
    page_key         VARCHAR NOT NULL,
    source_id        VARCHAR NOT NULL,
    url              VARCHAR NOT NULL,
    canonical_url    VARCHAR,
    site             VARCHAR,
    title            VARCHAR,
    authors          VARCHAR[] NOT NULL,
    published_at     TIMESTAMP,
    modified_at      TIMESTAMP,
    language         VARCHAR,
    text             VARCHAR,
    text_chars       INTEGER NOT NULL,
    word_count       INTEGER NOT NULL,
    content_hash     VARCHAR NOT NULL,
    raw_hash         VARCHAR NOT NULL,
    pipeline_version VARCHAR NOT NULL,
    fetched_at       TIMESTAMP NOT NULL,
    first_seen_at    TIMESTAMP NOT NULL,
    last_seen_at     TIMESTAMP NOT NULL,
    revision         INTEGER NOT NULL,
    is_current       BOOLEAN NOT NULL,
    duplicate_of     VARCHAR,
    outcome          VARCHAR NOT NULL,
    outcome_reason   VARCHAR
);

CREATE TABLE sentences (
    sentence_id VARCHAR NOT NULL,
    document_id VARCHAR NOT NULL,
    position    INTEGER NOT NULL,
    start_char  INTEGER NOT NULL,
    end_char    INTEGER NOT NULL,
    text        VARCHAR NOT NULL,
    zone        VARCHAR NOT NULL,
    section     VARCHAR
);

CREATE TABLE entities (
    entity_id      VARCHAR NOT NULL,
    name           VARCHAR NOT NULL,
    type           VARCHAR NOT NULL,
    wikidata_id    VARCHAR,
    description    VARCHAR,
    mention_count  INTEGER NOT NULL,
    document_count INTEGER NOT NULL
);

CREATE TABLE entity_aliases (
    entity_id VARCHAR NOT NULL,
    alias     VARCHAR NOT NULL
);

CREATE TABLE mentions (
    mention_id  VARCHAR NOT NULL,
    document_id VARCHAR NOT NULL,
    sentence_id VARCHAR NOT NULL,
    entity_id   VARCHAR,
    start_char  INTEGER NOT NULL,
    end_char    INTEGER NOT NULL,
    text        VARCHAR NOT NULL,
    type        VARCHAR NOT NULL,
    method      VARCHAR NOT NULL,
    score       FLOAT
);

CREATE TABLE claim_clusters (
    cluster_id         VARCHAR NOT NULL,
    text               VARCHAR NOT NULL,
    claim_count        INTEGER NOT NULL,
    document_count     INTEGER NOT NULL,
    site_count         INTEGER NOT NULL,
    speaker_count      INTEGER NOT NULL,
    first_published_at TIMESTAMP,
    last_published_at  TIMESTAMP
);

CREATE TABLE claims (
    claim_id           VARCHAR NOT NULL,
    document_id        VARCHAR NOT NULL,
    sentence_id        VARCHAR NOT NULL,
    start_char         INTEGER NOT NULL,
    end_char           INTEGER NOT NULL,
    text               VARCHAR NOT NULL,
    resolved_text      VARCHAR NOT NULL,
    attribution        VARCHAR NOT NULL,
    speaker            VARCHAR,
    speaker_id         VARCHAR,
    speaker_start_char INTEGER,
    speaker_end_char   INTEGER,
    cue                VARCHAR,
    cue_start_char     INTEGER,
    cue_end_char       INTEGER,
    claim_type         VARCHAR NOT NULL,
    modality           VARCHAR NOT NULL,
    is_negated         BOOLEAN NOT NULL,
    subject            VARCHAR,
    predicate          VARCHAR,
    object             VARCHAR,
    subject_id         VARCHAR,
    object_id          VARCHAR,
    checkworthiness    FLOAT NOT NULL,
    cluster_id         VARCHAR NOT NULL
);

CREATE TABLE claim_entities (
    claim_id  VARCHAR NOT NULL,
    entity_id VARCHAR NOT NULL,
    role      VARCHAR NOT NULL
);

CREATE TABLE quantities (
    quantity_id    VARCHAR NOT NULL,
    document_id    VARCHAR NOT NULL,
    sentence_id    VARCHAR NOT NULL,
    claim_id       VARCHAR,
    start_char     INTEGER NOT NULL,
    end_char       INTEGER NOT NULL,
    text           VARCHAR NOT NULL,
    value          DOUBLE,
    upper_value    DOUBLE,
    unit           VARCHAR,
    kind           VARCHAR NOT NULL,
    is_approximate BOOLEAN NOT NULL
);

CREATE TABLE time_expressions (
    time_id     VARCHAR NOT NULL,
    document_id VARCHAR NOT NULL,
    sentence_id VARCHAR NOT NULL,
    claim_id    VARCHAR,
    start_char  INTEGER NOT NULL,
    end_char    INTEGER NOT NULL,
    text        VARCHAR NOT NULL,
    earliest    DATE,
    latest      DATE,
    is_relative BOOLEAN NOT NULL
);

CREATE TABLE claim_relations (
    claim_id       VARCHAR NOT NULL,
    other_claim_id VARCHAR NOT NULL,
    relation       VARCHAR NOT NULL,
    score          FLOAT NOT NULL,
    reason         VARCHAR NOT NULL
);

CREATE TABLE document_relations (
    document_id       VARCHAR NOT NULL,
    other_document_id VARCHAR NOT NULL,
    relation          VARCHAR NOT NULL,
    score             FLOAT NOT NULL
);

CREATE TABLE runs (
    run_id        VARCHAR NOT NULL,
    flow_run_id   VARCHAR,
    started_at    TIMESTAMP NOT NULL,
    finished_at   TIMESTAMP,
    status        VARCHAR NOT NULL,
    pages         INTEGER NOT NULL,
    documents     INTEGER NOT NULL,
    claims        INTEGER NOT NULL,
    quarantined   INTEGER NOT NULL,
    code_version  VARCHAR NOT NULL,
    model_version VARCHAR NOT NULL
);

CREATE TABLE quality_results (
    run_id             VARCHAR NOT NULL,
    table_name         VARCHAR NOT NULL,
    expectation        VARCHAR NOT NULL,
    column_name        VARCHAR,
    severity           VARCHAR NOT NULL,
    success            BOOLEAN NOT NULL,
    observed_value     VARCHAR,
    unexpected_count   BIGINT,
    unexpected_percent DOUBLE,
    checked_at         TIMESTAMP NOT NULL
);

CREATE TABLE quarantine (
    run_id         VARCHAR NOT NULL,
    table_name     VARCHAR NOT NULL,
    row_key        VARCHAR NOT NULL,
    expectation    VARCHAR NOT NULL,
    reason         VARCHAR NOT NULL,
    row            VARCHAR NOT NULL,
    quarantined_at TIMESTAMP NOT NULL
);
