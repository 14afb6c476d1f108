"""Claims that say the same and claims that may dispute each other, judged pair by pair, with a score and a reason."""

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Any

import numpy as np
import polars as pl
import pyarrow as pa
from scipy.sparse import csr_array
from scipy.sparse.csgraph import reverse_cuthill_mckee

from transforms.candidates import Termed, find_candidates, numbered
from transforms.claim_features import ClaimFeatures, content_terms, read_features
from transforms.corroboration import judge_same
from transforms.disputes import judge_dispute
from transforms.figure_match import read_figures
from transforms.terms import CompareLexicon
from transforms.worth_judging import worth_judging
from warehouse.tables import CLAIM_RELATIONS, CLAIM_TERMS, CLAIMS, TIMESTAMP

CANDIDATE_SHARE = 0.25
"""Least share of weighted terms for a pair to be judged at all."""
PAIRS_AT_ONCE = 100_000
"""Pairs whose claims are held at once, some 50 MB of them: those that a day's articles meet come to ten times as much."""

_CLAIM_COLUMNS = (
    "claim_id", "document_id", "text", "resolved_text", "speaker", "speaker_id", "subject", "subject_id", "predicate",
    "modality", "is_negated",
)  # fmt: skip
_QUANTITY = pl.Struct(
    {"value": pl.Float64, "upper_value": pl.Float64, "unit": pl.String, "kind": pl.String, "is_approximate": pl.Boolean}
)
_TIME = pl.Struct({"earliest": pl.Date, "latest": pl.Date})

COMPARED_CLAIMS = pl.Schema(
    [(name, CLAIMS.schema[name]) for name in _CLAIM_COLUMNS]
    + [
        ("page_id", pl.String), ("sentence", pl.String), ("published_at", TIMESTAMP), ("entity_ids", pl.List(pl.String)),
        ("quantities", pl.List(_QUANTITY)), ("times", pl.List(_TIME)),
    ]
)  # fmt: skip
"""What comparison needs of a claim: one row a claim, with the entities it is about or mentions, its figures and its times as
lists; other columns are passed over."""


def relate_claims(new: pl.DataFrame, known: pl.DataFrame, lexicon: CompareLexicon) -> pl.DataFrame:
    """Relations that the new claims bring: among themselves and with the known ones. Two known claims are not judged again.

    Both frames have the columns of `COMPARED_CLAIMS`; a known claim that is also new counts as new. Returns rows of
    `claim_relations`, sorted by key. A pair's judgement depends on the two claims alone, so it never changes when others
    arrive; which pairs meet in a crowded block is bounded as `candidates` says.
    """
    known = known.join(new, on="claim_id", how="anti")
    met = find_candidates(claim_terms(new, lexicon), claim_terms(known, lexicon), least_share=CANDIDATE_SHARE)
    return judge_pairs(met, pl.concat([frame.select(COMPARED_CLAIMS.names()) for frame in (new, known)]), lexicon)


def claim_terms(claims: pl.DataFrame, lexicon: CompareLexicon) -> pl.DataFrame:
    """Rows of `claim_terms`, one for each of the claims, in their order; what it takes of `COMPARED_CLAIMS` they have."""
    columns = ("text", "resolved_text", "quantities", "entity_ids")
    rows = [_numbered(row, lexicon) for row in claims.select(columns).iter_rows()]
    names = ("terms", "weights", "entities", "place")
    parts = zip(*rows, strict=True) if rows else ((),) * len(names)
    numbers = [_series(name, part) for name, part in zip(names, parts, strict=True)]
    return claims.select("claim_id", "document_id").with_columns(numbers)


def _series(name: str, values: Sequence[Any]) -> pl.Series:
    """A column of `claim_terms`: lists from one flat array, since Polars looks at each list by itself."""
    kind = CLAIM_TERMS.schema[name]
    if not isinstance(kind, pl.List):
        return pl.Series(name, values, kind)
    lengths = np.fromiter(map(len, values), np.int64, len(values))
    flat = pl.Series(list(chain.from_iterable(values)), dtype=kind.inner)
    offsets = np.concatenate([[0], np.cumsum(lengths)])
    return pl.Series(name, pa.LargeListArray.from_arrays(offsets, flat.to_arrow()), kind)


def _numbered(claim: tuple[Any, ...], lexicon: CompareLexicon) -> Termed:
    text, resolved, quantities, entity_ids = claim
    figures = read_figures(quantities)
    weighted = content_terms(resolved or text, [figure.value for figure in figures], lexicon)
    return numbered(weighted, entity_ids or (), " ".join(map(str, figures)))


def in_parts(pairs: pl.DataFrame) -> Iterator[pl.DataFrame]:
    """Pairs of `find_candidates` in parts, for `judge_pairs`. Those of one claim stand near each other: few lie in several."""
    return _near_each_other(pairs).iter_slices(PAIRS_AT_ONCE)


def judge_pairs(pairs: pl.DataFrame, claims: pl.DataFrame, lexicon: CompareLexicon) -> pl.DataFrame:
    """Rows of `claim_relations`, sorted by key: what the judgement of each pair of these claims comes to, at most one each.

    `pairs` has claim_id, other_claim_id and share, `claims` the columns of `COMPARED_CLAIMS`. Claims of two revisions of one
    page are not compared: an edit is neither support nor dispute. Nor are a sentence and a clause of it, which one document
    says once, unless two speakers hold them: one may support what the other opposes.
    """
    worth = _near_each_other(worth_judging(pairs, claims, lexicon))
    rows = list(_judged(worth, claims.select(COMPARED_CLAIMS.names()), lexicon))
    return pl.DataFrame(rows, schema=CLAIM_RELATIONS.schema, orient="row").sort(CLAIM_RELATIONS.key)


def _near_each_other(pairs: pl.DataFrame) -> pl.DataFrame:
    """The pairs in an order in which those of one claim stand near each other (reverse Cuthill-McKee, 1969)."""
    if pairs.is_empty():
        return pairs
    met = pl.concat([pairs["claim_id"], pairs["other_claim_id"]]).unique().sort()
    ours, theirs = (met.search_sorted(pairs[name]).to_numpy() for name in ("claim_id", "other_claim_id"))
    graph = csr_array((np.ones(pairs.height, np.int8), (ours, theirs)), shape=(met.len(), met.len()))
    ranks = np.empty(met.len(), np.int64)
    ranks[reverse_cuthill_mckee((graph + graph.T).tocsr(), symmetric_mode=True)] = np.arange(met.len())
    return pairs[np.lexsort((np.minimum(ranks[ours], ranks[theirs]), np.maximum(ranks[ours], ranks[theirs])))]


def _judged(pairs: pl.DataFrame, claims: pl.DataFrame, lexicon: CompareLexicon) -> Iterator[tuple[str, str, str, float, str]]:
    """What is disputed is never the same. A claim is taken apart for its first pair and forgotten after its last."""
    in_order = pairs.select(claim_id=pl.concat_list("claim_id", "other_claim_id").explode())
    left = Counter(in_order["claim_id"])
    rows = in_order.unique(maintain_order=True).join(claims, on="claim_id", maintain_order="left").iter_rows(named=True)
    features: dict[str, ClaimFeatures] = {}
    for claim_id, other_id, may_agree, may_dispute in pairs.iter_rows():
        for one in (claim_id, other_id):
            if one not in features:
                row = next(rows)
                features[row["claim_id"]] = read_features(row, lexicon)
            left[one] -= 1
        ours, theirs = features[claim_id], features[other_id]
        judgement = judge_dispute(ours, theirs) if may_dispute else None
        if judgement is None and may_agree:
            judgement = judge_same(ours, theirs)
        if judgement:
            yield claim_id, other_id, judgement.relation, judgement.score, judgement.reason
        for one in (claim_id, other_id):
            if not left[one]:
                features.pop(one)
