"""Every sentence of every document, with the zone it stands in."""

import polars as pl

from warehouse.tables.model import Column, Span, Table

ZONES = ("title", "body", "heading", "list", "caption", "boilerplate")
READ_ZONES = ("body", "list")
"""Zones that claims come from."""

SENTENCES = Table(
    name="sentences",
    grain="one sentence of one document (outside body and list: one block of text)",
    key=("sentence_id",),
    doc="The whole text in order, each piece with its zone, so that a reader sees what was left out.",
    spans=(Span(),),
    columns=(
        Column("sentence_id", pl.String, "Hash of document_id and position."),
        Column("document_id", pl.String, "Document it belongs to.", references="documents.document_id"),
        Column("position", pl.Int32, "Order in the document, from 0.", between=(0, None)),
        Column("start_char", pl.Int32, "First character in documents.text.", unit="code points", between=(0, None)),
        Column("end_char", pl.Int32, "Character after the last one.", unit="code points", between=(0, None)),
        Column("text", pl.String, "The sentence as it stands."),
        Column("zone", pl.String, "Part of the page; no claim or mention comes from boilerplate.", values=ZONES),
        Column("section", pl.String, "Nearest heading above it.", nullable=True),
    ),
)
