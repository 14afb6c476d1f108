"""How documents meet."""

import polars as pl

from warehouse.tables.model import Column, Table

DOCUMENT_RELATIONS = Table(
    name="document_relations",
    grain="one judged pair of documents",
    key=("document_id", "other_document_id", "relation"),
    doc="Copies, near-copies and revisions. The later document comes first: it is a copy or a revision of the other.",
    columns=(
        Column("document_id", pl.String, "The later document.", references="documents.document_id"),
        Column("other_document_id", pl.String, "The earlier one.", references="documents.document_id"),
        Column("relation", pl.String, "How they meet.", values=("copy", "near_copy", "revision_of")),
        Column(
            "score",
            pl.Float32,
            "Share of the smaller article's word shingles found in the other.",
            unit="share",
            between=(0, 1),
        ),
    ),
)
