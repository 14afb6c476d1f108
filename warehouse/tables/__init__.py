"""Every table of the warehouse, in the order in which they are loaded: a table comes after those it refers to."""

from warehouse.tables.claim_clusters import CLAIM_CLUSTERS
from warehouse.tables.claim_relations import CLAIM_RELATIONS
from warehouse.tables.claims import ATTRIBUTIONS, CLAIM_ENTITIES, CLAIM_TYPES, CLAIMS, MODALITIES
from warehouse.tables.document_relations import DOCUMENT_RELATIONS
from warehouse.tables.documents import DOCUMENTS, OUTCOMES
from warehouse.tables.entities import ENTITIES, ENTITY_ALIASES
from warehouse.tables.keys import ARTICLE_KEYS, CLAIM_TERMS
from warehouse.tables.mentions import MENTION_TYPES, MENTIONS
from warehouse.tables.model import TIMESTAMP, Column, Span, Table
from warehouse.tables.quantities import QUANTITIES
from warehouse.tables.runs import QUALITY_RESULTS, QUARANTINE, RUNS, SEVERITIES
from warehouse.tables.sentences import READ_ZONES, SENTENCES, ZONES
from warehouse.tables.sources import SOURCES
from warehouse.tables.time_expressions import TIME_EXPRESSIONS

TABLES = (
    SOURCES,
    DOCUMENTS,
    SENTENCES,
    ENTITIES,
    ENTITY_ALIASES,
    MENTIONS,
    CLAIM_CLUSTERS,
    CLAIMS,
    CLAIM_ENTITIES,
    QUANTITIES,
    TIME_EXPRESSIONS,
    CLAIM_RELATIONS,
    DOCUMENT_RELATIONS,
    CLAIM_TERMS,
    ARTICLE_KEYS,
    RUNS,
    QUALITY_RESULTS,
    QUARANTINE,
)
BATCH_TABLES = (DOCUMENTS, SENTENCES, MENTIONS, CLAIMS, CLAIM_ENTITIES, QUANTITIES, TIME_EXPRESSIONS)
"""What reading a batch of pages gives: tables that a document fills by itself."""

__all__ = [
    "ARTICLE_KEYS",
    "ATTRIBUTIONS",
    "BATCH_TABLES",
    "CLAIMS",
    "CLAIM_CLUSTERS",
    "CLAIM_ENTITIES",
    "CLAIM_RELATIONS",
    "CLAIM_TERMS",
    "CLAIM_TYPES",
    "DOCUMENTS",
    "DOCUMENT_RELATIONS",
    "ENTITIES",
    "ENTITY_ALIASES",
    "MENTIONS",
    "MENTION_TYPES",
    "MODALITIES",
    "OUTCOMES",
    "QUALITY_RESULTS",
    "QUANTITIES",
    "QUARANTINE",
    "READ_ZONES",
    "RUNS",
    "SENTENCES",
    "SEVERITIES",
    "SOURCES",
    "TABLES",
    "TIMESTAMP",
    "TIME_EXPRESSIONS",
    "ZONES",
    "Column",
    "Span",
    "Table",
]
