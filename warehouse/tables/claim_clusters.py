"""The same claim, wherever it stands."""

import polars as pl

from warehouse.tables.model import TIMESTAMP, Column, Table

CLAIM_CLUSTERS = Table(
    name="claim_clusters",
    grain="one statement, however often and in whatever words it is made",
    key=("cluster_id",),
    doc="Connected components of the claims judged the same; a claim that stands alone is its own cluster.",
    written="touched",
    columns=(
        Column("cluster_id", pl.String, "Id of the claim that founded the cluster; it stays while the cluster grows."),
        Column("text", pl.String, "The representative claim's text."),
        Column(
            "claim_count", pl.Int32, "Claims in current documents; 0 where only older revisions make it.", between=(0, None)
        ),
        Column("document_count", pl.Int32, "Current documents that make it; copies count once.", between=(0, None)),
        Column("site_count", pl.Int32, "Sites that make it; 0 where no page names its site.", between=(0, None)),
        Column("speaker_count", pl.Int32, "Speakers it is attributed to.", between=(0, None)),
        Column("first_published_at", TIMESTAMP, "Earliest known publication.", nullable=True),
        Column("last_published_at", TIMESTAMP, "Latest known publication.", nullable=True),
    ),
)
