"""How claims meet."""

import polars as pl

from warehouse.tables.model import Column, Table

CLAIM_RELATIONS = Table(
    name="claim_relations",
    grain="one judged pair of claims, the smaller id first",
    key=("claim_id", "other_claim_id", "relation"),
    doc="Pairs that say the same, and pairs that may dispute each other: candidates with a reason, never a verdict.",
    columns=(
        Column("claim_id", pl.String, "Claim with the smaller id.", references="claims.claim_id"),
        Column("other_claim_id", pl.String, "The other claim.", references="claims.claim_id"),
        Column("relation", pl.String, "How they meet.", values=("same", "disputes")),
        Column("score", pl.Float32, "Strength of the judgement.", between=(0, 1)),
        Column("reason", pl.String, "What speaks for it, in words."),
    ),
)
