"""Names in the text."""

import polars as pl

from warehouse.tables.model import Column, Span, Table

MENTION_TYPES = ("PERSON", "ORG", "GPE", "LOC", "PRODUCT", "EVENT", "WORK", "LAW", "NORP", "OTHER")

MENTIONS = Table(
    name="mentions",
    grain="one name at one place in one document",
    key=("mention_id",),
    doc="Every name found in the article's own text, with the entity it stands for.",
    spans=(Span(),),
    columns=(
        Column("mention_id", pl.String, "Hash of document_id and span."),
        Column("document_id", pl.String, "Document.", references="documents.document_id"),
        Column("sentence_id", pl.String, "Sentence that holds it.", references="sentences.sentence_id"),
        Column(
            "entity_id",
            pl.String,
            "Entity it stands for; NULL where that is open.",
            nullable=True,
            references="entities.entity_id",
        ),
        Column("start_char", pl.Int32, "First character in documents.text.", unit="code points", between=(0, None)),
        Column("end_char", pl.Int32, "Character after the last one.", unit="code points", between=(0, None)),
        Column("text", pl.String, "The name as printed."),
        Column("type", pl.String, "Kind of thing named.", values=MENTION_TYPES),
        Column(
            "method",
            pl.String,
            "How it was found: listed in the catalogue, a pattern, the model, or a short form of a name in the same document.",
            values=("catalogue", "pattern", "model", "short_form"),
        ),
        Column(
            "score", pl.Float32, "Probability, where the method gives one.", unit="probability", nullable=True, between=(0, 1)
        ),
    ),
)
