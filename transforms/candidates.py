"""Pairs of claims that are worth judging: those that share two of their heaviest terms, one and an entity, or a rare one.

A claim is a row of numbers here, as `claim_terms` keeps it, so that a new claim is held against millions of known ones without
a word of theirs being read. Cost grows with the new claims and the blocks they fall in, not with all pairs. A block that many
claims share is not paired out: its claims stand in the order of their places, which brings the same words and figures
together, and each new one meets its neighbours (sorted neighbourhood method, Hernández and Stolfo, SIGMOD 1995), so that one
statement made a thousand times still forms one chain of pairs.
"""

from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from itertools import combinations, pairwise, product, starmap
from zlib import crc32

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.sparse import csr_array

from transforms.shingles import distinct
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
MEAN_MET, SURELY_MET = 10, 5
"""Claims that the new claims are judged with on average, and those that each is judged with before that counts: judging costs
most, and in a large warehouse every claim would meet the most. 24,900 claims of 412 news pages met 9.6 on average; of 757 pairs
that were judged the same nine in ten were among the first five of one side."""
MEAN_MET_OF_ONE_ENTITY = 10
"""Further ones on average that name an entity which the new claim names, too. Without them next to nothing is lost among a
million made claims, but of 17 articles on one event five of thirteen possible disputes: these share few words."""
MOST_ALIKE = 15
"""Of these, claims with the same words and figures: so that a statement made a thousand times leaves room for others."""
CLAIMS_AT_ONCE = 60_000
"""Claims whose keys are looked up in one step: what fits a processor's cache is twice as fast."""
THREADS = 2
"""Threads that look keys up: numpy lets go of the interpreter for most of it."""
PAIRS_AT_ONCE = 250_000
"""Pairs that are weighed in one step: bounds memory to some fifty megabytes."""

TERMED_CLAIMS = pl.Schema({name: kind for name, kind in CLAIM_TERMS.schema.items() if name != "document_id"})
"""What finding candidates needs of a claim."""

_TURNED = {"claim": "other", "place": "other_place", "other": "claim", "other_place": "place"}
Termed = tuple[list[int], list[float], list[int], int]
_Numbers = NDArray[np.uint64]
_Halves = NDArray[np.uint32]
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
    more than `MOST_MET` share enough with a new claim; where more than `MEAN_MET` do with the new claims on average, only
    `MEAN_MET_OF_ONE_ENTITY` others count that name an entity of it.
    """
    new, known = _with_terms(new).sort("place", "claim_id"), _with_terms(known)
    keys = distinct(np.concatenate([np.empty(0, np.uint64), *starmap(_keys, _halves(new))]))
    keys = keys[(keys >> _HALF > 0) & (keys & _LOWER > 0)]
    order = known.select("place", "claim_id").with_row_index().sort("place", "claim_id")["index"].to_numpy()
    places = known["place"].to_numpy()[order]
    blocks = _Blocks(_members(new, keys), _members(known, keys, _ranks(order)), keys.size)
    before = np.searchsorted(places, new["place"].to_numpy()).astype(np.uint64)
    among_new = [_weighed(new, new, pairs, least_share) for pairs in blocks.among_new()]
    # A claim meets its known ones in one part: those that do not count there count nowhere, and take no memory.
    among_known = [_nearest(_weighed(new, known, _by_row(pairs, order), least_share)) for pairs in blocks.among_known(before)]
    turned = [pairs.rename(_TURNED).select(pairs.columns) for pairs in among_new]
    nothing = _weighed(new.clear(), known.clear(), np.empty(0, np.uint64), least_share)
    return _counting(pl.concat([nothing, *among_new, *turned, *among_known]), new.height)


def _with_terms(claims: pl.DataFrame) -> pl.DataFrame:
    """The claims that have terms: most often all of them, and then without a copy of a large frame."""
    has_terms = claims["terms"].list.len() > 0
    return claims if has_terms.all() else claims.filter(has_terms)


def _nearest(meetings: pl.DataFrame) -> pl.DataFrame:
    """The meetings of each claim that count, the nearest first."""
    nearest_first = meetings.sort("claim", "share", "other", descending=[False, True, False])
    told_apart = nearest_first.filter(pl.int_range(pl.len()).over("claim", "other_place") < MOST_ALIKE)
    return told_apart.filter(pl.int_range(pl.len()).over("claim") < MOST_MET)


def _counting(meetings: pl.DataFrame, claims: int) -> pl.DataFrame:
    """The pairs that count for one of so many new claims; `meetings` has each pair once for each new claim in it."""
    nearest = _nearest(meetings).with_columns(at=pl.int_range(pl.len()).over("claim"))
    by_share = nearest.sort(pl.col("at") >= SURELY_MET, "share", "claim", "other", descending=[False, True, False, False])
    further = by_share.slice(MEAN_MET * claims).filter("is_of_one_entity")
    counting = pl.concat([by_share.head(MEAN_MET * claims), further.head(MEAN_MET_OF_ONE_ENTITY * claims)])
    pairs = counting.select(
        claim_id=pl.min_horizontal("claim", "other"), other_claim_id=pl.max_horizontal("claim", "other"), share="share"
    )
    return pairs.unique().sort("claim_id", "other_claim_id")


def _halves(claims: pl.DataFrame) -> Iterator[tuple[_Halves, _Halves]]:
    """The two halves of the keys of all claims, for each two places among a claim's terms and entities.

    A half is 0 where a claim has no term or entity in that place.
    """
    lengths = claims["terms"].list.len().to_numpy()
    heaviest = claims["terms"].explode().to_numpy().astype(np.uint32)
    is_heavy = claims["weights"].explode().to_numpy() >= RARE_WEIGHT
    terms = _columns(heaviest, lengths, TERMS_PER_CLAIM)
    rare = _columns(heaviest * is_heavy, lengths, TERMS_PER_CLAIM)
    alone = np.ones(claims.height, np.uint32)
    yield from combinations(terms, 2)
    yield from product(terms, _entities(claims))
    yield from product(rare, [alone])


def _entities(claims: pl.DataFrame) -> list[_Halves]:
    """The first, second, … entity of all claims, 0 where a claim names fewer."""
    named = claims["entities"].explode().drop_nulls().to_numpy().astype(np.uint32)
    return _columns(named, claims["entities"].list.len().to_numpy(), ENTITIES_PER_CLAIM)


def _keys(one: _Halves, other: _Halves) -> _Numbers:
    """The keys that have these halves, in whatever order."""
    return np.maximum(one, other).astype(np.uint64) << _HALF | np.minimum(one, other)


def _columns(values: _Halves, lengths: NDArray[np.uint32], width: int) -> list[_Halves]:
    """The first, second, … values of lists of these lengths that follow each other, 0 where a list is shorter."""
    starts = np.cumsum(lengths, dtype=np.int64) - lengths
    ends = np.append(values, np.zeros(width, np.uint32))
    return [ends[starts + at] * (lengths > at) for at in range(width)]


def _ranks(order: NDArray[np.uint32]) -> _Numbers:
    """The place of each row in an order of rows."""
    ranks = np.empty(order.size, np.uint64)
    ranks[order] = np.arange(order.size)
    return ranks


def _by_row(pairs: _Numbers, order: NDArray[np.uint32]) -> _Numbers:
    """The pairs with the row of the other claim in the lower half, where they have its rank in this order."""
    rows: _Numbers = order[pairs & _LOWER].astype(np.uint64)
    return pairs & ~_LOWER | rows


def _members(claims: pl.DataFrame, keys: _Numbers, ranks: _Numbers | None = None) -> _Numbers:
    """Which claims have which of the keys, sorted: the number of the key in the upper half, the claim's rank in the lower.

    Without `ranks` the claims stand in order, and a rank is a row.
    """
    ranks = np.arange(claims.height, dtype=np.uint64) if ranks is None else ranks
    mask = np.uint32((1 << min(28, 6 + int(keys.size).bit_length())) - 1)
    is_asked = np.zeros(int(mask) + 1, np.bool_)  # most keys of most claims are dismissed by one look here
    is_asked[(keys >> _HALF ^ keys) & mask] = True

    def found(start: int) -> _Numbers:
        members = []
        for one, other in _halves(claims.slice(start, CLAIMS_AT_ONCE)):
            rows = np.flatnonzero(np.take(is_asked, (one ^ other) & mask))
            met = _keys(one[rows], other[rows])
            at = np.searchsorted(keys, met)
            is_met = keys[np.minimum(at, keys.size - 1)] == met
            members.append(at[is_met].astype(np.uint64) << _HALF | ranks[rows[is_met] + start])
        return np.sort(np.concatenate(members))

    with ThreadPoolExecutor(THREADS) as threads:
        parts = [np.empty(0, np.uint64), *threads.map(found, range(0, claims.height, CLAIMS_AT_ONCE))]
    return np.sort(np.concatenate(parts), kind="stable")  # which merges sorted runs


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

    def among_known(self, before: _Numbers) -> Iterator[_Numbers]:
        """The same with the known claims, by their rank; `before` has that of the first that stands behind each new one."""
        first, last = self._their_bounds[self._key], self._their_bounds[self._key + 1]
        at = np.searchsorted(self._theirs, self._ours & ~_LOWER | before[self._ours & _LOWER])
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
        yield distinct(np.repeat(rows[start:end], times) << _HALF | met)


def _weighed(new: pl.DataFrame, others: pl.DataFrame, pairs: _Numbers, least_share: float) -> pl.DataFrame:
    """The pairs that share enough: claim and place of ours, other and other_place of theirs, share, is_of_one_entity."""
    ours, theirs = (pairs >> _HALF).astype(np.int64), (pairs & _LOWER).astype(np.int64)
    met = distinct(theirs)
    theirs_met = np.searchsorted(met, theirs)
    others = others[met]
    vocabulary = distinct(new["terms"].explode().to_numpy())
    weights, totals = _matrix(new, vocabulary)
    other_weights, other_totals = _matrix(others, vocabulary)
    other_weights.data[:] = 1
    shared = np.asarray(weights[ours].multiply(other_weights[theirs_met]).sum(axis=1)).ravel()
    share = (2 * shared / (totals[ours] + other_totals[theirs_met])).astype(np.float32)
    enough = share >= least_share
    one, other = new[ours[enough]], others[theirs_met[enough]]
    return pl.DataFrame({
        "claim": one["claim_id"], "place": one["place"], "other": other["claim_id"], "other_place": other["place"],
        "share": share[enough], "is_of_one_entity": _name_one_entity(one, other),
    })  # fmt: skip


def _name_one_entity(ours: pl.DataFrame, theirs: pl.DataFrame) -> NDArray[np.bool_]:
    """Whether an entity is among those that make keys on both sides, row by row."""
    sides = (_entities(claims) for claims in (ours, theirs))
    is_one = np.zeros(ours.height, np.bool_)
    for one, other in product(*sides):
        is_one |= (one != 0) & (one == other)
    return is_one


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
