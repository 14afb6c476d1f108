"""Times in the text."""

import polars as pl

from warehouse.tables.model import Column, Span, Table

TIME_EXPRESSIONS = Table(
    name="time_expressions",
    grain="one expression of time at one place in one document",
    key=("time_id",),
    doc="Dates, periods and relative times, with the days they cover where that is known.",
    spans=(Span(),),
    columns=(
        Column("time_id", pl.String, "Hash of document_id and span."),
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
        Column("text", pl.String, "The expression as printed."),
        Column("earliest", pl.Date, "First day it can mean; NULL where that is unknown.", nullable=True),
        Column("latest", pl.Date, "Last day it can mean; NULL where that is unknown.", nullable=True),
        Column("is_relative", pl.Boolean, "Whether it counts from the day of writing."),
    ),
)
