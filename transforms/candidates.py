"""Pairs of claims that are worth judging: those that share two of their heaviest terms, one and an entity, or a rare one.

A claim is a row of numbers here, as `claim_terms` keeps it, so that a new claim is held against millions of known ones without
a word of theirs being read. Cost grows with the new claims and the blocks they fall in, not with all pairs. A block that many
claims share is not paired out: its claims stand in the order of their places, which brings the same words and figures
together, and each new one meets its neighbours (sorted neighbourhood method, Hernández and Stolfo, SIGMOD 1995), so that one
statement made a thousand times still forms one chain of pairs.
"""

from collections.abc import Iterable, Iterator, Mapping
from itertools import combinations, pairwise, product
from zlib import crc32

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.sparse import csr_array

from warehouse.tables import CLAIM_TERMS

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
MOST_MET = 50
"""Claims that a new claim is judged with: those that share most with it. Among 5,400 claims of 181 news pages none that was
judged the same came later than fifth, but disputes share less, and ten claims of one story met more."""
MEAN_MET, SURELY_MET = 20, 10
"""Claims that the new claims are judged with on average, and those that each is judged with before that counts: judging costs
most, and in a large warehouse every claim would meet the most. Those 5,400 claims met 5 on average."""
MOST_ALIKE = 15
"""Of these, claims with the same words and figures: so that a statement made a thousand times leaves room for others."""
PAIRS_AT_ONCE = 1_000_000
"""Pairs that are weighed in one step: bounds memory to a few hundred megabytes."""

TERMED_CLAIMS = pl.Schema({name: kind for name, kind in CLAIM_TERMS.schema.items() if name != "document_id"})
"""What finding candidates needs of a claim."""

_TURNED = {"claim": "other", "place": "other_place", "other": "claim", "other_place": "place"}
Termed = tuple[list[int], list[float], list[int], int]
_Numbers = NDArray[np.uint64]
_HALF = np.uint64(32)
_LOWER = np.uint64(0xFFFFFFFF)


def numbered(weighted: Mapping[str, float], entity_ids: Iterable[str], figures: str) -> Termed:
    """terms, weights, entities and place of a claim, as `claim_terms` has them.

    Two claims with the same terms share a place but for its last 16 bits, which the same `figures` share as well; where they
    share most of their terms, their places often begin alike (MinHash, Broder 1997).
    """
    terms: dict[int, float] = {}
    for term, weight in sorted(weighted.items(), key=lambda item: (-item[1], item[0])):
        terms.setdefault(_number(term), weight)
    statement = crc32(repr(sorted(terms)).encode()) >> 16
    place = min(terms, default=0) << 32 | statement << 16 | crc32(figures.encode()) >> 16
    return list(terms), list(terms.values()), [_number(entity_id) for entity_id in sorted(set(entity_ids))], place


def _number(word: str) -> int:
    return crc32(word.encode("utf-8", "surrogatepass")) or 1  # 0 stands for no term


def find_candidates(new: pl.DataFrame, known: pl.DataFrame, *, least_share: float) -> pl.DataFrame:
    """Pairs of a new claim and a new or known one that share enough of their weighted terms to be judged.

    Both frames have the columns of `TERMED_CLAIMS`; a claim is in one of them only. `least_share` bounds the share, which is
    twice the weight of the shared terms over the weight of both. Returns `claim_id` < `other_claim_id` and `share`, sorted,
    each pair once. What two claims share decides whether they meet, except where a block has grown beyond `LARGEST_BLOCK` or
    more than `MOST_MET` share enough with a new claim, or more than `MEAN_MET` with the new claims on average.
    """
    new, known = (claims.filter(pl.col("terms").list.len() > 0).sort("place", "claim_id") for claims in (new, known))
    keys = np.unique(np.concatenate([np.empty(0, np.uint64), *_keys(new)]))
    keys = keys[keys > 0]
    blocks = _Blocks(_members(new, keys), _members(known, keys), keys.size)
    ranks = np.searchsorted(known["place"].to_numpy(), new["place"].to_numpy()).astype(np.uint64)
    among_new = [_weighed(new, new, pairs, least_share) for pairs in blocks.among_new()]
    among_known = [_weighed(new, known, pairs, least_share) for pairs in blocks.among_known(ranks)]
    turned = [pairs.rename(_TURNED).select(pairs.columns) for pairs in among_new]
    nothing = _weighed(new.clear(), known.clear(), np.empty(0, np.uint64), least_share)
    return _nearest(pl.concat([nothing, *among_new, *turned, *among_known]), new.height)


def _nearest(meetings: pl.DataFrame, claims: int) -> pl.DataFrame:
    """The pairs that count for one of so many new claims; `meetings` has each pair once for each new claim in it."""
    nearest_first = meetings.sort("claim", "share", "other", descending=[False, True, False])
    told_apart = nearest_first.filter(pl.int_range(pl.len()).over("claim", "other_place") < MOST_ALIKE)
    nearest = told_apart.with_columns(at=pl.int_range(pl.len()).over("claim")).filter(pl.col("at") < MOST_MET)
    by_share = nearest.sort(pl.col("at") >= SURELY_MET, "share", "claim", "other", descending=[False, True, False, False])
    nearest = by_share.head(MEAN_MET * claims)
    pairs = nearest.select(
        claim_id=pl.min_horizontal("claim", "other"), other_claim_id=pl.max_horizontal("claim", "other"), share="share"
    )
    return pairs.unique().sort("claim_id", "other_claim_id")


def _keys(claims: pl.DataFrame) -> Iterator[_Numbers]:
    """The keys of all claims, one array for each two places among a claim's terms and entities; 0 where a claim has no key."""
    terms = _columns(claims["terms"], TERMS_PER_CLAIM)
    entities = _columns(claims["entities"], ENTITIES_PER_CLAIM)
    is_rare = _columns(claims["weights"].list.eval((pl.element() >= RARE_WEIGHT).cast(pl.UInt64)), TERMS_PER_CLAIM)
    for one, other in combinations(terms, 2):
        yield np.where((one > 0) & (other > 0), np.maximum(one, other) << _HALF | np.minimum(one, other), 0)
    for term, entity in product(terms, entities):
        yield np.where((term > 0) & (entity > 0), term << _HALF | entity, 0)
    for term, rare in zip(terms, is_rare, strict=True):
        yield (term << _HALF | term) * rare


def _columns(lists: pl.Series, width: int) -> list[_Numbers]:
    """The first, second, … values of the lists, 0 where a list is shorter."""
    values = (lists.list.get(at, null_on_oob=True).fill_null(0) for at in range(width))
    return [column.cast(pl.UInt64).to_numpy() for column in values]


def _members(claims: pl.DataFrame, keys: _Numbers) -> _Numbers:
    """Which claims have which of the keys, sorted: the number of the key in the upper half, the claim's row in the lower."""
    bits = np.uint64(min(28, 6 + int(keys.size).bit_length()))
    is_asked = np.zeros(1 << int(bits), dtype=np.bool_)  # most keys of most claims are dismissed by one look here
    is_asked[_spread(keys, bits)] = True
    found = [np.empty(0, np.uint64)]
    for column in _keys(claims):
        rows = np.flatnonzero(is_asked[_spread(column, bits)])
        at = np.searchsorted(keys, column[rows])
        is_met = keys[np.minimum(at, keys.size - 1)] == column[rows]
        found.append(at[is_met].astype(np.uint64) << _HALF | rows[is_met].astype(np.uint64))
    return np.sort(np.concatenate(found))


def _spread(keys: _Numbers, bits: np.uint64) -> _Numbers:
    return keys * np.uint64(0x9E3779B97F4A7C15) >> np.uint64(64) - bits  # Fibonacci hashing: Knuth, TAOCP 3, 6.4


class _Blocks:
    """Claims by the keys of the new ones: `ours` are those of new claims, `theirs` of known ones, as `_members` has them."""

    def __init__(self, ours: _Numbers, theirs: _Numbers, keys: int) -> None:
        self._ours, self._theirs = ours, theirs
        self._key = (ours >> _HALF).astype(np.int64)
        bounds = np.arange(keys + 1, dtype=np.uint64) << _HALF
        self._our_bounds, self._their_bounds = np.searchsorted(ours, bounds), np.searchsorted(theirs, bounds)
        self._is_crowded = (np.diff(self._our_bounds) + np.diff(self._their_bounds) > LARGEST_BLOCK)[self._key]

    def among_new(self) -> Iterator[_Numbers]:
        """Pairs of new claims, by their rows, in parts: every pair of a block, of a crowded one those that stand near."""
        first = np.arange(1, self._ours.size + 1)
        last = self._our_bounds[self._key + 1]
        near = np.minimum(last, first + NEIGHBOURS)
        yield from _pairs(self._ours, self._ours, first, np.where(self._is_crowded, near, last))

    def among_known(self, ranks: _Numbers) -> Iterator[_Numbers]:
        """The same with the known claims; `ranks` has the row of the known claims before which each new one stands."""
        first, last = self._their_bounds[self._key], self._their_bounds[self._key + 1]
        at = np.searchsorted(self._theirs, self._ours & ~_LOWER | ranks[self._ours & _LOWER])
        nearest, farthest = np.maximum(first, at - NEIGHBOURS), np.minimum(last, at + NEIGHBOURS)
        first, last = np.where(self._is_crowded, nearest, first), np.where(self._is_crowded, farthest, last)
        yield from _pairs(self._ours, self._theirs, first, last)


def _pairs(ours: _Numbers, others: _Numbers, first: NDArray[np.int64], last: NDArray[np.int64]) -> Iterator[_Numbers]:
    """Each of `ours` with the `others` from its first to before its last: our row in the upper half, theirs in the lower."""
    by_row = np.argsort(ours & _LOWER, kind="stable")
    rows, first, counts = (ours & _LOWER)[by_row], first[by_row], (last - first)[by_row]
    part = np.cumsum(counts) // PAIRS_AT_ONCE
    part = part[np.searchsorted(rows, rows)]  # a claim's keys stay together, so that a pair comes in one part only
    for start, end in pairwise([*np.unique(part, return_index=True)[1].tolist(), part.size]):
        times = counts[start:end]
        within = np.arange(times.sum()) - np.repeat(np.cumsum(times) - times, times)
        met = others[np.repeat(first[start:end], times) + within] & _LOWER
        yield np.unique(np.repeat(rows[start:end], times) << _HALF | met)


def _weighed(new: pl.DataFrame, others: pl.DataFrame, pairs: _Numbers, least_share: float) -> pl.DataFrame:
    """The pairs that share enough: claim and place of ours, other and other_place of theirs, share."""
    ours, theirs = (pairs >> _HALF).astype(np.int64), (pairs & _LOWER).astype(np.int64)
    met, theirs_met = np.unique(theirs, return_inverse=True)
    others = others[met]
    vocabulary = np.unique(new["terms"].explode().to_numpy())
    weights, totals = _matrix(new, vocabulary)
    other_weights, other_totals = _matrix(others, vocabulary)
    other_weights.data[:] = 1
    shared = np.asarray(weights[ours].multiply(other_weights[theirs_met]).sum(axis=1)).ravel()
    share = (2 * shared / (totals[ours] + other_totals[theirs_met])).astype(np.float32)
    enough = share >= least_share
    one, other = new[ours[enough]], others[theirs_met[enough]]
    return pl.DataFrame({
        "claim": one["claim_id"], "place": one["place"], "other": other["claim_id"], "other_place": other["place"],
        "share": share[enough],
    })  # fmt: skip


def _matrix(claims: pl.DataFrame, vocabulary: NDArray[np.generic]) -> tuple[csr_array, NDArray[np.float64]]:
    """Weight of each term of the vocabulary in each claim, and the weight of all terms of each."""
    lengths = claims["terms"].list.len().to_numpy()
    rows = np.repeat(np.arange(claims.height), lengths)
    terms, weights = claims["terms"].explode().to_numpy(), claims["weights"].explode().to_numpy()
    at = np.searchsorted(vocabulary, terms)
    is_known = vocabulary[np.minimum(at, vocabulary.size - 1)] == terms
    cells = (weights[is_known], (rows[is_known], at[is_known]))
    totals = np.bincount(rows, weights=weights, minlength=claims.height)
    return csr_array(cells, shape=(claims.height, vocabulary.size)), totals
