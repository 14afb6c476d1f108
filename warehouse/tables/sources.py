"""Where pages come from."""

import polars as pl

from warehouse.tables.model import TIMESTAMP, Column, Table

SOURCES = Table(
    name="sources",
    grain="one place that pages are read from",
    key=("source_id",),
    doc="Feeds, sitemaps, addresses, files and archives that runs were pointed at.",
    columns=(
        Column("source_id", pl.String, "Hash of kind and name; the name of a local INPUT is that of its last folder or file."),
        Column("kind", pl.String, "What the source is.", values=("feed", "sitemap", "url", "file", "warc")),
        Column("location", pl.String, "Address, or `file://` URI of the folder or file."),
        Column("title", pl.String, "Title as the source or the settings give it.", nullable=True),
        Column("added_at", TIMESTAMP, "When a run first met it."),
    ),
)
