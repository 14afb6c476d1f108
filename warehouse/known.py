"""What a run asks of the warehouse: of all that it knows only what new rows may meet. All frames in and out are Polars."""
# ruff: noqa: S608   names in the SQL come from the declarations; values travel in registered frames

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import polars as pl

from warehouse.database import Connection, over_frames
from warehouse.frames import ids, registered
from warehouse.load import of_replaced, to_replace
from warehouse.tables import DOCUMENTS, ENTITY_ALIASES, TABLES, Table

# What is not asked for is not read: of a million claims that is most of the cost.
_TO_COMPARE = """
    claim_id, document_id, sentence_id, start_char, end_char, text, resolved_text, speaker, speaker_id, subject, subject_id,
    predicate, modality, is_negated, checkworthiness, cluster_id
"""
# A figure or a time belongs to every claim whose span holds it; its own claim_id names only the smallest.
_CLAIMS_TO_COMPARE = """
    WITH near AS (SELECT DISTINCT document_id FROM chosen)
    SELECT
        c.claim_id, c.document_id, d.page_id, c.text, c.resolved_text, c.speaker, c.speaker_id, c.subject,
        c.subject_id, c.predicate, c.modality, c.is_negated, c.checkworthiness, c.cluster_id,
        d.is_current, d.published_at, d.site, s.text AS sentence,
        coalesce(e.entity_ids, []) AS entity_ids, coalesce(q.quantities, []) AS quantities, coalesce(t.times, []) AS times
    FROM chosen AS c
    JOIN documents AS d USING (document_id)
    LEFT JOIN (SELECT sentence_id, text FROM sentences SEMI JOIN chosen USING (sentence_id)) AS s USING (sentence_id)
    LEFT JOIN (
        SELECT claim_id, list(DISTINCT entity_id ORDER BY entity_id) AS entity_ids
        FROM claim_entities SEMI JOIN chosen USING (claim_id) WHERE role <> 'speaker' GROUP BY claim_id
    ) AS e USING (claim_id)
    LEFT JOIN (
        SELECT c.claim_id, list({
            'value': q.value, 'upper_value': q.upper_value, 'unit': q.unit, 'kind': q.kind, 'is_approximate': q.is_approximate
        } ORDER BY q.start_char, q.quantity_id) AS quantities
        FROM chosen AS c JOIN (FROM quantities SEMI JOIN near USING (document_id)) AS q USING (document_id)
        WHERE q.start_char >= c.start_char AND q.end_char <= c.end_char GROUP BY c.claim_id
    ) AS q USING (claim_id)
    LEFT JOIN (
        SELECT c.claim_id, list({'earliest': t.earliest, 'latest': t.latest} ORDER BY t.start_char, t.time_id) AS times
        FROM chosen AS c JOIN (FROM time_expressions SEMI JOIN near USING (document_id)) AS t USING (document_id)
        WHERE t.start_char >= c.start_char AND t.end_char <= c.end_char GROUP BY c.claim_id
    ) AS t USING (claim_id)
    WHERE d.outcome = 'kept'
    ORDER BY c.claim_id
"""

_CLAIMS_TO_CLUSTER = """
    SELECT
        c.claim_id, c.document_id, d.page_id, c.text, c.checkworthiness, d.is_current, d.site, c.speaker, c.speaker_id,
        d.published_at, c.cluster_id
    FROM claims AS c SEMI JOIN asked USING (claim_id)
    JOIN documents AS d USING (document_id)
    WHERE d.outcome = 'kept'
    ORDER BY c.claim_id
"""

# Revisions of a page share a claim when its words are the same: letters and digits alone take in every such pair.
_WORDS = "trim(regexp_replace(lower(text), '[^a-z0-9]+', ' ', 'g'))"
_CLAIMS_LINKED = f"""
    WITH mine AS MATERIALIZED (SELECT document_id, cluster_id, text FROM claims SEMI JOIN asked USING (claim_id)),
    pages AS MATERIALIZED (
        SELECT other.document_id, mine.page_id FROM documents AS other
        JOIN (SELECT DISTINCT document_id, page_id FROM documents SEMI JOIN mine USING (document_id)) AS mine USING (page_id)
        WHERE other.document_id <> mine.document_id
    ),
    unchanged AS (SELECT claim_id, page_id, {_WORDS} AS words FROM claims JOIN pages USING (document_id))
    SELECT other_claim_id AS claim_id FROM claim_relations SEMI JOIN asked USING (claim_id) WHERE relation = 'same'
    UNION
    SELECT claim_id FROM claim_relations WHERE relation = 'same' AND other_claim_id IN (FROM asked)
    UNION
    SELECT claim_id FROM claims SEMI JOIN (SELECT DISTINCT cluster_id FROM mine) AS clusters USING (cluster_id)
    UNION
    SELECT claim_id FROM unchanged SEMI JOIN (
        SELECT page_id, {_WORDS} AS words FROM mine JOIN (SELECT document_id, page_id FROM documents) USING (document_id)
    ) AS mine USING (page_id, words)
"""
_COPIES_LINKED = """
    SELECT other_document_id AS document_id FROM document_relations SEMI JOIN asked USING (document_id)
    WHERE relation <> 'revision_of'
    UNION
    SELECT document_id FROM document_relations WHERE relation <> 'revision_of' AND other_document_id IN (FROM asked)
"""

_ENTITY = "entities.entity_id"

_FORMS = """
    SELECT entity_id, text, type, count(*) AS mentions
    FROM mentions SEMI JOIN asked USING (entity_id) GROUP BY entity_id, text, type
"""
_COUNTS = """
    SELECT entity_id, count(*) AS mention_count, count(DISTINCT document_id) AS document_count
    FROM mentions SEMI JOIN asked USING (entity_id) JOIN documents USING (document_id) WHERE is_current GROUP BY entity_id
"""


def readings(con: Connection) -> pl.DataFrame:
    """document_id, url, raw_hash and pipeline_version of every document: which bytes were read, where, and by which version.

    Those that were held back, and that a person has dropped, are among them: they are not read again and again.
    """
    return con.execute("""
        SELECT document_id, url, raw_hash, pipeline_version FROM documents
        UNION ALL BY NAME
        FROM (
            SELECT DISTINCT row ->> 'document_id' AS document_id, row ->> 'url' AS url, row ->> 'raw_hash' AS raw_hash,
                row ->> 'pipeline_version' AS pipeline_version
            FROM quarantine WHERE table_name = 'documents' AND resolution = 'dropped'
        ) ANTI JOIN documents USING (document_id)
        ORDER BY document_id, pipeline_version
    """).pl()


def pages_read(con: Connection, places: pl.DataFrame) -> pl.DataFrame:
    """source_id, page_key and page_id of the pages that were last read from these places (source_id, page_key), one each."""
    with registered(con, places=places.select("source_id", "page_key").unique()):
        return con.execute("""
            SELECT source_id, page_key, max_by(page_id, (last_seen_at, document_id)) AS page_id
            FROM documents SEMI JOIN places USING (source_id, page_key)
            WHERE outcome NOT IN ('unreadable', 'gone') GROUP BY ALL ORDER BY ALL
        """).pl()


def documents_beside(con: Connection, new: pl.DataFrame) -> pl.DataFrame:
    """Known documents that new ones may replace or supersede, and the duplicates of these, in every column but text; sorted.

    They share the id, the page, or the address and the bytes with one of `new`, rows of `documents`.
    """
    with registered(con, new=new.select("document_id", "page_id", "url", "raw_hash")):
        return con.execute("""
            WITH met AS (
                SELECT document_id FROM documents SEMI JOIN new USING (document_id)
                UNION SELECT document_id FROM documents SEMI JOIN new USING (page_id)
                UNION SELECT document_id FROM documents SEMI JOIN new USING (url, raw_hash)
            )
            SELECT * EXCLUDE (text) FROM documents
            WHERE document_id IN (FROM met) OR duplicate_of IN (FROM met) ORDER BY document_id
        """).pl()


def that_came_after(con: Connection, document_ids: pl.Series, replaced: pl.Series) -> pl.DataFrame:
    """Rows of `document_relations` that have one of these documents as the earlier, and a later one that is not `replaced`.

    Revisions are left out: their order follows from their numbers.
    """
    with registered(con, asked=ids("document_id", document_ids), gone=ids("document_id", replaced)):
        return con.execute("""
            FROM document_relations
            WHERE relation <> 'revision_of' AND other_document_id IN (FROM asked) AND document_id NOT IN (FROM gone)
            ORDER BY ALL
        """).pl()


@contextmanager
def as_it_will_be(con: Connection, replaced: pl.Series, changed: pl.DataFrame) -> Iterator[None]:
    """In the block this connection shows the warehouse without the `replaced` documents and with the `changed` ones.

    `changed` has document_id and is_current. The file itself is not touched.
    """
    [[database]] = con.execute("SELECT current_database()").fetchall()
    shown = [table for table in TABLES if of_replaced(table)]
    with to_replace(con, replaced), registered(con, changed=changed.select("document_id", will_be="is_current")):
        for table in shown:
            rows = f"{database}.{table.name}"
            if table is DOCUMENTS:
                rows = f"""(
                    SELECT d.* REPLACE (coalesce(c.will_be, d.is_current) AS is_current)
                    FROM {rows} AS d LEFT JOIN changed AS c USING (document_id)
                )"""
            con.execute(f"CREATE TEMP VIEW {table.name} AS FROM {rows} WHERE NOT ({of_replaced(table)})")
        try:
            yield
        finally:
            for table in shown:
                con.execute(f"DROP VIEW temp.{table.name}")


def article_text(con: Connection, document_ids: pl.Series) -> pl.DataFrame:
    """document_id, page_id, revision, published_at, url, site, is_copy and text: its own sentences, in order, one a line.

    What stands outside body, lists and headings is left out; a document without any of these has no row. Sorted by
    document_id.
    """
    with registered(con, asked=ids("document_id", document_ids)):
        return con.execute("""
            SELECT d.document_id, any_value(d.page_id) AS page_id, any_value(d.revision) AS revision,
                any_value(d.published_at) AS published_at, any_value(d.url) AS url, any_value(d.site) AS site,
                any_value(d.duplicate_of IS NOT NULL) AS is_copy,
                string_agg(s.text, chr(10) ORDER BY s.position) AS text
            FROM (FROM documents SEMI JOIN asked USING (document_id)) AS d
            JOIN (FROM sentences SEMI JOIN asked USING (document_id)) AS s USING (document_id)
            WHERE s.zone IN ('body', 'list', 'heading')
            GROUP BY d.document_id ORDER BY d.document_id
        """).pl()


def known_claims(con: Connection, claim_ids: pl.Series) -> pl.DataFrame:
    """These claims, where their document was kept, with what comparing needs. Sorted by claim_id.

    `entity_ids` are the entities that the claim is about or mentions, sorted; the speaker is none of them. `quantities`
    and `times` are those that stand within the claim's span, in its order.
    """
    with registered(con, asked=ids("claim_id", claim_ids)):
        # A table of them in between takes half the time of one query: claims are many, and these are few.
        con.execute(f"CREATE TEMP TABLE chosen AS SELECT {_TO_COMPARE} FROM claims SEMI JOIN asked USING (claim_id)")
    try:
        return con.execute(_CLAIMS_TO_COMPARE).pl()
    finally:
        con.execute("DROP TABLE temp.chosen")


def staged_claims(frames: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """The same as `known_claims` for all claims of frames that are not loaded yet, under their tables' names."""
    tables = ("documents", "sentences", "claims", "claim_entities", "quantities", "time_expressions")
    con = over_frames({name: frames[name] for name in tables})
    try:
        con.execute("CREATE TEMP VIEW chosen AS FROM claims")
        return con.execute(_CLAIMS_TO_COMPARE).pl()
    finally:
        con.close()


def source_ids(con: Connection) -> pl.Series:
    """Ids of all sources."""
    return _ids(con, "SELECT source_id FROM sources")


def known_terms(con: Connection) -> pl.DataFrame:
    """Rows of `claim_terms` that have terms, without their documents, in no order."""
    return con.execute("SELECT * EXCLUDE (document_id) FROM claim_terms WHERE len(terms) > 0").pl()


def claims_without_terms(con: Connection) -> pl.Series:
    """Ids of claims that have no row in `claim_terms`, sorted: those that an earlier version loaded."""
    [counts] = con.execute("SELECT (SELECT count(*) FROM claims), (SELECT count(*) FROM claim_terms)").fetchall()
    if counts[0] == counts[1]:  # to look for what is missing takes ten times as long
        return pl.Series("claim_id", [], dtype=pl.String)
    return _ids(con, "SELECT claim_id FROM claims ANTI JOIN claim_terms USING (claim_id) ORDER BY claim_id")


def articles_without_keys(con: Connection) -> pl.Series:
    """Ids of articles, kept or duplicate, that have no row in `article_keys`, sorted: those that an earlier version loaded."""
    return _ids(con, """
        SELECT document_id FROM documents ANTI JOIN article_keys USING (document_id)
        WHERE outcome IN ('kept', 'duplicate') ORDER BY document_id
    """)  # fmt: skip


def articles_met(con: Connection, articles: pl.DataFrame, pages: pl.Series, *, most: int, least_share: float) -> pl.Series:
    """Ids of known articles that may be copies of these, or show what their site prints everywhere, or are of these pages;
    sorted.

    `articles` has document_id, site (null where unknown) and keys, as `article_keys` has them. Met are those that share a key,
    of those that share one key the `most` that were published first, those without a date last, ties by address; of another
    site only those that share at least `least_share` of the keys of the one that has fewer.
    """
    with registered(con, asked=articles.select("document_id", "site", "keys"), pages=ids("page_id", pages)):
        return _ids(con, f"""
            WITH asked_keys AS (SELECT document_id, unnest(keys) AS key FROM asked),
            sharing AS (
                SELECT key, document_id FROM (SELECT document_id, unnest(keys) AS key FROM article_keys)
                SEMI JOIN asked_keys USING (key) JOIN documents USING (document_id)
                QUALIFY row_number() OVER (
                    PARTITION BY key ORDER BY published_at IS NULL, published_at, url, document_id
                ) <= {most}
            ),
            pairs AS (
                SELECT DISTINCT a.document_id AS new_id, s.document_id FROM asked_keys AS a JOIN sharing AS s USING (key)
            )
            SELECT DISTINCT d.document_id FROM pairs JOIN asked AS a ON a.document_id = pairs.new_id
            JOIN documents AS d ON d.document_id = pairs.document_id
            JOIN article_keys AS k ON k.document_id = pairs.document_id
            WHERE a.site = d.site
                OR len(list_intersect(a.keys, k.keys)) >= {least_share} * least(len(a.keys), len(k.keys))
            UNION SELECT document_id FROM documents SEMI JOIN pages USING (page_id) WHERE outcome IN ('kept', 'duplicate')
            ORDER BY document_id
        """)  # fmt: skip


def claims_of(con: Connection, document_ids: pl.Series) -> pl.Series:
    """Ids of the claims of these documents."""
    with registered(con, asked=ids("document_id", document_ids)):
        return _ids(con, "SELECT claim_id FROM claims SEMI JOIN asked USING (document_id)")


def claims_around(con: Connection, claim_ids: pl.Series) -> pl.Series:
    """These claims and all that hang together with them: in one cluster, judged the same, unchanged in another revision."""
    return _around(con, ids("claim_id", claim_ids), _CLAIMS_LINKED)


def copies_around(con: Connection, document_ids: pl.Series) -> pl.Series:
    """These documents and those that copies and near-copies join them with, through however many others."""
    return _around(con, ids("document_id", document_ids), _COPIES_LINKED)


def claims_to_cluster(con: Connection, claim_ids: pl.Series) -> pl.DataFrame:
    """These claims, where their document was kept, with what clustering needs. Sorted by claim_id."""
    with registered(con, asked=ids("claim_id", claim_ids)):
        return con.execute(_CLAIMS_TO_CLUSTER).pl()


def relations_of(con: Connection, table: Table, of: pl.Series) -> pl.DataFrame:
    """Rows of a table of relations whose first side is one of these ids, sorted by key."""
    with registered(con, asked=ids(table.key[0], of)):
        return con.execute(f"FROM {table.name} SEMI JOIN asked USING ({table.key[0]}) ORDER BY {', '.join(table.key)}").pl()


def entities_in(con: Connection, document_ids: pl.Series) -> pl.Series:
    """Ids of the entities that these documents mention."""
    with registered(con, asked=ids("document_id", document_ids)):
        return _ids(con, "SELECT DISTINCT entity_id FROM mentions SEMI JOIN asked USING (document_id) WHERE entity_id NOTNULL")


def known_mentions(con: Connection, entity_ids: pl.Series) -> tuple[pl.DataFrame, pl.DataFrame]:
    """`forms` and `counts` of these entities, as `transforms.entities.build_entities` takes them."""
    with registered(con, asked=ids("entity_id", entity_ids)):
        return con.execute(_FORMS).pl(), con.execute(_COUNTS).pl()


def staged_mentions(frames: Mapping[str, pl.DataFrame]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The same for all entities of frames that are not loaded yet."""
    con = over_frames({name: frames[name] for name in ("mentions", "documents")})
    try:
        return known_mentions(con, frames["mentions"]["entity_id"].drop_nulls().unique())
    finally:
        con.close()


def referring_to_entities(con: Connection, entity_ids: pl.Series) -> dict[str, pl.Series]:
    """Of these entities those that known rows refer to, by the `table.column` that does."""
    columns = [(table.name, column.name) for table in TABLES for column in table.columns if column.references == _ENTITY]
    with registered(con, asked=ids("entity_id", entity_ids)):
        return {
            f"{table}.{column}": _ids(con, f"SELECT DISTINCT {column} FROM {table} WHERE {column} IN (FROM asked)")
            for table, column in columns
            if table != ENTITY_ALIASES.name
        }


def _around(con: Connection, start: pl.DataFrame, linked: str) -> pl.Series:
    """The ids that can be reached from these; `linked` selects the next ones from those `asked`."""
    reached = asked = start.unique()
    while not asked.is_empty():
        with registered(con, asked=asked):
            asked = con.execute(linked).pl().join(reached, on=reached.columns, how="anti")
        reached = pl.concat([reached, asked])
    return reached.to_series().sort()


def _ids(con: Connection, sql: str) -> pl.Series:
    return con.execute(sql).pl().to_series()
