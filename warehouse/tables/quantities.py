"""Figures in the text."""

import polars as pl

from warehouse.tables.model import Column, Span, Table

QUANTITIES = Table(
    name="quantities",
    grain="one figure at one place in one document",
    key=("quantity_id",),
    doc="Counts, money, percentages, ratios, durations and ranks, with value and unit.",
    spans=(Span(),),
    columns=(
        Column("quantity_id", pl.String, "Hash of document_id and span."),
        Column("document_id", pl.String, "Document.", references="documents.document_id"),
        Column("sentence_id", pl.String, "Sentence that holds it.", references="sentences.sentence_id"),
        Column(
            "claim_id",
            pl.String,
            "Smallest claim that holds it; NULL where none does.",
            nullable=True,
            references="claims.claim_id",
        ),
        Column("start_char", pl.Int32, "First character in documents.text.", unit="code points", between=(0, None)),
        Column("end_char", pl.Int32, "Character after the last one.", unit="code points", between=(0, None)),
        Column("text", pl.String, "The figure as printed, with its unit."),
        Column("value", pl.Float64, "The number; the lower bound of a range.", nullable=True),
        Column(
            "upper_value", pl.Float64, "Upper bound of a range; NULL for a single number and for an open range.", nullable=True
        ),
        Column("unit", pl.String, "What is counted or measured: `parameter`, `USD`, `percent`, `year`.", nullable=True),
        Column("kind", pl.String, "Kind of figure.", values=("count", "money", "percent", "ratio", "duration", "rank")),
        Column(
            "is_approximate", pl.Boolean, "Whether the text itself says about, nearly, more than, or gives a magnitude only."
        ),
    ),
)
