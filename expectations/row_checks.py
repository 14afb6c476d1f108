"""Every check of each table's rows."""

from collections.abc import Mapping

from expectations.declared import declared_checks
from expectations.model import Check
from expectations.of_claims import CLAIM_CHECKS, CLAIM_ENTITY_CHECKS
from expectations.of_documents import DOCUMENT_CHECKS, SENTENCE_CHECKS
from expectations.of_entities import CLAIM_RELATION_CHECKS, CLUSTER_CHECKS, ENTITY_ALIAS_CHECKS, ENTITY_CHECKS
from expectations.of_findings import MENTION_CHECKS, QUANTITY_CHECKS, TIME_CHECKS
from expectations.of_keys import (
    ARTICLE_KEY_CHECKS,
    ARTICLES_HAVE_KEYS,
    CLAIM_TERM_CHECKS,
    DOCUMENT_RELATION_CHECKS,
    SOURCE_CHECKS,
)
from expectations.of_pages import PAGE_CHECKS, PIECE_CHECKS
from expectations.of_runs import QUALITY_RESULT_CHECKS, QUARANTINE_CHECKS, RUN_CHECKS
from warehouse.tables import Table

ACROSS: Mapping[str, tuple[Check, ...]] = {
    "sources": SOURCE_CHECKS,
    "documents": (*DOCUMENT_CHECKS, *PAGE_CHECKS, ARTICLES_HAVE_KEYS),
    "sentences": (*SENTENCE_CHECKS, *PIECE_CHECKS),
    "entities": ENTITY_CHECKS,
    "entity_aliases": ENTITY_ALIAS_CHECKS,
    "mentions": MENTION_CHECKS,
    "claim_clusters": CLUSTER_CHECKS,
    "claims": CLAIM_CHECKS,
    "claim_entities": CLAIM_ENTITY_CHECKS,
    "quantities": QUANTITY_CHECKS,
    "time_expressions": TIME_CHECKS,
    "claim_relations": CLAIM_RELATION_CHECKS,
    "document_relations": DOCUMENT_RELATION_CHECKS,
    "claim_terms": CLAIM_TERM_CHECKS,
    "article_keys": ARTICLE_KEY_CHECKS,
    "runs": RUN_CHECKS,
    "quality_results": QUALITY_RESULT_CHECKS,
    "quarantine": QUARANTINE_CHECKS,
}
"""The checks of each table beyond its declaration."""


def row_checks(table: Table) -> list[Check]:
    """Every check of the table's rows: those that its declaration implies, then those across columns and tables."""
    return [*declared_checks(table), *ACROSS.get(table.name, ())]
