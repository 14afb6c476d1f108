"""One revision of one page, and what became of it."""

import polars as pl

from warehouse.tables.model import TIMESTAMP, Column, Table

OUTCOMES = ("kept", "duplicate", "too_short", "not_an_article", "unsupported_language", "unreadable", "gone")

DOCUMENTS = Table(
    name="documents",
    grain="one revision of one page",
    key=("document_id",),
    doc="Every page that was read, in every revision, with its text, its metadata and exactly one outcome.",
    columns=(
        Column("document_id", pl.String, "Hash of page_id and content_hash."),
        Column(
            "page_id",
            pl.String,
            "Hash of the page's identity: its canonical address, or a local file's path relative to the INPUT.",
        ),
        Column(
            "page_key",
            pl.String,
            "What names the page within its source: a path relative to the INPUT, with the row in a table; or an address.",
        ),
        Column("source_id", pl.String, "Where it was found.", references="sources.source_id"),
        Column("url", pl.String, "Address it was read from; `file://` for a local file."),
        Column("canonical_url", pl.String, "Address that the page itself calls canonical.", nullable=True),
        Column("site", pl.String, "Name of the site, else its host; NULL when the page gives neither.", nullable=True),
        Column("title", pl.String, "Headline.", nullable=True),
        Column("authors", pl.List(pl.String), "Authors in the byline's order; empty when the page names none."),
        Column("published_at", TIMESTAMP, "First publication as the page gives it, UTC.", nullable=True),
        Column("modified_at", TIMESTAMP, "Last change as the page gives it, UTC.", nullable=True),
        Column(
            "language",
            pl.String,
            "ISO 639-1 code of the detected language; NULL where there is too little text.",
            nullable=True,
        ),
        Column("text", pl.String, "Whole text: the article first, then what was left out. Spans point into it.", nullable=True),
        Column("text_chars", pl.Int32, "Length of text.", unit="code points", between=(0, None)),
        Column("word_count", pl.Int32, "Words of the article, without boilerplate.", unit="words", between=(0, None)),
        Column(
            "content_hash", pl.String, "Hash of the article's title and text; of the raw bytes where nothing could be read."
        ),
        Column("raw_hash", pl.String, "SHA-256 of the page as it was read; a page whose bytes are known is not read again."),
        Column("pipeline_version", pl.String, "Hash of the code, lexicons and model that read it."),
        Column("fetched_at", TIMESTAMP, "When these bytes were fetched; of a local file, when they were first read."),
        Column("first_seen_at", TIMESTAMP, "Start of the run that first met this revision."),
        Column("last_seen_at", TIMESTAMP, "Start of the last run that met this revision."),
        Column("revision", pl.Int32, "1 for the page's first revision, then counting up.", between=(1, None)),
        Column("is_current", pl.Boolean, "Whether it is the page's latest revision."),
        Column(
            "duplicate_of",
            pl.String,
            "Document whose article is the same to the word.",
            nullable=True,
            references="documents.document_id",
        ),
        Column("outcome", pl.String, "What became of the page.", values=OUTCOMES),
        Column("outcome_reason", pl.String, "Why, in words; NULL for a kept page.", nullable=True),
        Column(
            "published_on",
            pl.Date,
            "Calendar day of first publication in the page's own time zone: the day that it prints, and that one cites.",
            nullable=True,
        ),
    ),
)
