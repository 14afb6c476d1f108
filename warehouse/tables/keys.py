"""What a run finds known rows by, kept so that it reads of the warehouse only what new rows may meet."""

import polars as pl

from warehouse.tables.model import Column, Table

CLAIM_TERMS = Table(
    name="claim_terms",
    grain="one claim",
    key=("claim_id",),
    doc="For runs, not for queries: the words of each claim as numbers, by which new claims find those they may meet.",
    columns=(
        Column("claim_id", pl.String, "Claim.", references="claims.claim_id"),
        Column("document_id", pl.String, "Document.", references="documents.document_id"),
        Column("terms", pl.List(pl.UInt32), "Checksums of the words that carry matter, heaviest first."),
        Column("weights", pl.List(pl.Float32), "How much each of them says."),
        Column("entities", pl.List(pl.UInt32), "Checksums of the ids of entities that it is about or mentions, sorted by id."),
        Column("place", pl.UInt64, "Place in an order in which the same words, then the same figures, stand together."),
    ),
)

ARTICLE_KEYS = Table(
    name="article_keys",
    grain="one article, kept or duplicate",
    key=("document_id",),
    doc="For runs, not for queries: numbers of which two articles share one where they may be copies.",
    columns=(
        Column("document_id", pl.String, "Document.", references="documents.document_id"),
        Column("keys", pl.List(pl.UInt64), "Checksums of passages, one for about nine words; `transforms.shingles` says which"),
    ),
)
