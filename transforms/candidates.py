"""Pairs of claims that are worth judging: those that share two of their heaviest terms, one and an entity, or a rare one.

Cost grows with the new claims and the blocks they fall in, not with all pairs. A block that many claims share is not
paired out: its claims are sorted by their terms, and each meets its neighbours (sorted neighbourhood method, Hernández
and Stolfo, SIGMOD 1995), so that one statement made a thousand times still forms one chain of pairs.
"""

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.sparse import csr_array

TERMS_PER_CLAIM = 8
"""Heaviest terms of a claim that make its keys: 28 pairs of terms at most."""
ENTITIES_PER_CLAIM = 3
"""Entities that make keys with these terms: "Facebook" and "Meta" share no word."""
RARE_WEIGHT = 3.5
"""A term this heavy, about as rare as three in a million words, is a key of its own."""
LARGEST_BLOCK = 40
"""Claims in a block up to which all of them meet each other."""
NEIGHBOURS = 4
"""Claims on each side that a claim meets in a larger block."""
PAIRS_AT_ONCE = 500_000
"""Pairs whose shared terms are summed in one step: bounds memory to a few hundred megabytes."""

_STRINGS = pl.List(pl.String)
TERMED_CLAIMS = pl.Schema([
    ("claim_id", pl.String), ("terms", _STRINGS), ("weights", pl.List(pl.Float64)), ("entities", _STRINGS),
    ("figures", pl.String),
])  # fmt: skip
"""What finding candidates needs of a claim: `terms` and `entities` without repeats, `weights` one for each term, `figures` a
string that is the same for the same figures and brings them together in a crowded block."""


def find_candidates(new: pl.DataFrame, known: pl.DataFrame, *, least_share: float) -> pl.DataFrame:
    """Pairs of a new claim and a new or known one that share enough of their weighted terms to be judged.

    Both frames have the columns of `TERMED_CLAIMS`; a claim is in one of them only. `least_share` bounds the share, which is
    twice the weight of the shared terms over the weight of both. Returns `claim_id` < `other_claim_id` and `share`, sorted,
    each pair once.
    """
    claims = pl.concat([new.with_columns(is_new=pl.lit(value=True)), known.with_columns(is_new=pl.lit(value=False))])
    claims = claims.sort("claim_id").with_row_index("claim")
    keyed = _keys(claims)
    met = keyed.filter("is_new").select("key").unique()
    keyed = keyed.join(met, on="key", how="semi")
    is_small = pl.len().over("key") <= LARGEST_BLOCK
    pairs = pl.concat([_all_pairs(keyed.filter(is_small)), _neighbours(keyed.filter(~is_small), claims)])
    pairs = pairs.unique().sort("claim", "other")
    pairs = pairs.with_columns(share=pl.Series(_shares(claims, pairs))).filter(pl.col("share") >= least_share)
    ids = claims["claim_id"]
    return pairs.select(
        claim_id=ids.gather(pairs["claim"]), other_claim_id=ids.gather(pairs["other"]), share=pl.col("share"),
    )  # fmt: skip


def _keys(claims: pl.DataFrame) -> pl.DataFrame:
    """One row for each claim and key; a key is a pair of terms, a term and an entity, or a rare term twice."""
    heaviest = (
        claims.select("claim", "is_new", "terms", "weights")
        .explode("terms", "weights")
        .with_columns(term=pl.col("terms").rank("dense").cast(pl.UInt64))
        .sort("claim", "weights", "terms", descending=[False, True, False])
        .group_by("claim", maintain_order=True)
        .head(TERMS_PER_CLAIM)
    )
    entities = claims.select("claim", entity=pl.col("entities").list.head(ENTITIES_PER_CLAIM)).explode("entity")
    first_entity = claims["terms"].explode().n_unique() + 1  # an entity's number is above every term's
    named = entities.select("claim", other=pl.col("entity").rank("dense").cast(pl.UInt64) + first_entity)
    pairs = heaviest.join(heaviest.select("claim", other="term"), on="claim").filter(pl.col("term") < pl.col("other"))
    rare = heaviest.filter(pl.col("weights") >= RARE_WEIGHT).with_columns(other="term")
    return pl.concat(
        frame.select("claim", "is_new", key=pl.col("term") * 2**32 + pl.col("other"))
        for frame in (pairs, heaviest.join(named, on="claim"), rare)
    )


def _all_pairs(keyed: pl.DataFrame) -> pl.DataFrame:
    others = keyed.select("key", other="claim", other_is_new="is_new")
    pairs = keyed.filter("is_new").join(others, on="key")
    # Two new claims meet from both sides: keep one. The first half also drops a claim's meeting with itself.
    return _ordered(pairs.filter((pl.col("claim") < pl.col("other")) | ~pl.col("other_is_new")))


def _neighbours(keyed: pl.DataFrame, claims: pl.DataFrame) -> pl.DataFrame:
    by_terms = claims.sort(pl.col("terms").list.sort().list.join(" "), "figures", "claim").select("claim")
    blocks = keyed.join(by_terms.with_row_index("place"), on="claim").sort("key", "place")
    steps = (
        blocks.with_columns(
            other=pl.col("claim").shift(-step).over("key"), other_is_new=pl.col("is_new").shift(-step).over("key"),
        ).filter(pl.col("other").is_not_null() & (pl.col("is_new") | pl.col("other_is_new")))
        for step in range(1, NEIGHBOURS + 1)
    )  # fmt: skip
    return _ordered(pl.concat(steps))


def _ordered(pairs: pl.DataFrame) -> pl.DataFrame:
    return pairs.select(claim=pl.min_horizontal("claim", "other"), other=pl.max_horizontal("claim", "other")).unique()


def _shares(claims: pl.DataFrame, pairs: pl.DataFrame) -> NDArray[np.float32]:
    terms = claims.select("claim", "terms", "weights").explode("terms", "weights")
    terms = terms.with_columns(term=pl.col("terms").rank("dense") - 1)
    places = (terms["claim"].to_numpy(), terms["term"].to_numpy())
    shape = (claims.height, terms["term"].n_unique() or 1)
    weights = csr_array((terms["weights"].to_numpy().astype(np.float32), places), shape=shape)
    presence = csr_array((np.ones(terms.height, dtype=np.float32), places), shape=shape)
    totals = np.asarray(weights.sum(axis=1)).ravel()
    shares = np.zeros(pairs.height, dtype=np.float32)
    for start in range(0, pairs.height, PAIRS_AT_ONCE):
        part = pairs.slice(start, PAIRS_AT_ONCE)
        ours, theirs = part["claim"].to_numpy(), part["other"].to_numpy()
        shared = np.asarray(weights[ours].multiply(presence[theirs]).sum(axis=1)).ravel()
        shares[start : start + part.height] = 2 * shared / (totals[ours] + totals[theirs])
    return shares
