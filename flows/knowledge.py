"""What the warehouse knows before a run: the documents it has, and the rows that new ones are held against."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import polars as pl

from warehouse.database import Connection, WarehouseMissing, in_memory, open_readonly
from warehouse.load import article_text, known_claims, known_documents, read_table
from warehouse.tables import CLAIM_ENTITIES, CLAIM_RELATIONS, DOCUMENT_RELATIONS, MENTIONS


@dataclass(frozen=True)
class Known:
    """Rows of the warehouse, as the functions of `warehouse.load` give them."""

    documents: pl.DataFrame
    articles: pl.DataFrame
    claims: pl.DataFrame
    claim_entities: pl.DataFrame
    claim_relations: pl.DataFrame
    document_relations: pl.DataFrame
    mentions: pl.DataFrame

    def without(self, document_ids: pl.Series) -> "Known":
        """The same as if these documents had never been loaded; `documents` still lists them."""
        of_documents = pl.DataFrame({"document_id": document_ids}, schema={"document_id": pl.String})
        of_claims = self.claims.join(of_documents, on="document_id", how="semi").select("claim_id")
        return Known(
            documents=self.documents,
            articles=_without(self.articles, of_documents),
            claims=_without(self.claims, of_documents),
            claim_entities=_without(self.claim_entities, of_claims),
            claim_relations=_without(self.claim_relations, of_claims, other="other_claim_id"),
            document_relations=_without(self.document_relations, of_documents, other="other_document_id"),
            mentions=_without(self.mentions, of_documents),
        )


def documents_known(warehouse: Path) -> pl.DataFrame:
    """Every document of the warehouse, without its text; none where there is no warehouse yet."""
    with _reading(warehouse) as con:
        return known_documents(con)


def all_known(warehouse: Path) -> Known:
    """All that new documents are held against."""
    with _reading(warehouse) as con:
        return Known(
            documents=known_documents(con),
            articles=article_text(con),
            claims=known_claims(con),
            claim_entities=read_table(con, CLAIM_ENTITIES),
            claim_relations=read_table(con, CLAIM_RELATIONS),
            document_relations=read_table(con, DOCUMENT_RELATIONS),
            mentions=read_table(con, MENTIONS),
        )


@contextmanager
def _reading(warehouse: Path) -> Iterator[Connection]:
    try:
        con = open_readonly(warehouse)
    except WarehouseMissing:
        con = _nothing().cursor()
    with closing(con):
        yield con


@cache
def _nothing() -> Connection:
    """An empty warehouse to ask where there is none yet; to make one takes longer than all questions to it."""
    return in_memory()


def _without(frame: pl.DataFrame, gone: pl.DataFrame, other: str | None = None) -> pl.DataFrame:
    [key] = gone.columns
    frame = frame.join(gone, on=key, how="anti")
    return frame.join(gone, left_on=other, right_on=key, how="anti") if other else frame
