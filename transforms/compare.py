"""Claims that say the same and claims that may dispute each other, judged pair by pair, with a score and a reason."""

from collections.abc import Iterator

import polars as pl

from transforms.candidates import find_candidates, numbered
from transforms.claim_features import ClaimFeatures, content_terms, read_features
from transforms.corroboration import Judgement, judge_same
from transforms.disputes import judge_dispute
from transforms.figure_match import read_figures
from transforms.terms import CompareLexicon
from warehouse.tables import CLAIM_RELATIONS, CLAIM_TERMS, CLAIMS, TIMESTAMP

CANDIDATE_SHARE = 0.25
"""Least share of weighted terms for a pair to be judged at all."""

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
    rows = []
    columns = ("claim_id", "document_id", "text", "resolved_text", "quantities", "entity_ids")
    for claim_id, document_id, text, resolved, quantities, entity_ids in claims.select(columns).iter_rows():
        figures = read_figures(quantities)
        weighted = content_terms(resolved or text, [figure.value for figure in figures], lexicon)
        rows.append((claim_id, document_id, *numbered(weighted, entity_ids or (), " ".join(map(str, figures)))))
    return pl.DataFrame(rows, schema=CLAIM_TERMS.schema, orient="row")


def judge_pairs(pairs: pl.DataFrame, claims: pl.DataFrame, lexicon: CompareLexicon) -> pl.DataFrame:
    """Rows of `claim_relations`, sorted by key: what the judgement of each pair of these claims comes to, at most one each.

    `pairs` has claim_id and other_claim_id, `claims` the columns of `COMPARED_CLAIMS`. Claims of two revisions of one page are
    not compared: an edit is neither support nor dispute. Nor are a sentence and a clause of it, which one document says once,
    unless two speakers hold them: one may support what the other opposes.
    """
    places = claims.select("claim_id", "document_id", "page_id", "text", "speaker")
    same_document = pl.col("document_id") == pl.col("document_id_other")
    words, others = pl.col("text"), pl.col("text_other")
    nested = words.str.contains(others, literal=True) | others.str.contains(words, literal=True)
    # Null, and so no reason to compare, where the article itself speaks.
    two_voices = pl.col("speaker") != pl.col("speaker_other")
    pairs = (
        pairs.join(places, on="claim_id")
        .join(places, left_on="other_claim_id", right_on="claim_id", suffix="_other")
        .filter((pl.col("page_id") != pl.col("page_id_other")) | (same_document & (~nested | two_voices)))
        .select("claim_id", "other_claim_id")
    )
    met = pl.concat([pairs["claim_id"], pairs["other_claim_id"]]).unique()
    judged = claims.filter(pl.col("claim_id").is_in(met.implode()))
    features = {row["claim_id"]: read_features(row, lexicon) for row in judged.iter_rows(named=True)}
    rows = list(_judged(pairs, features))
    return pl.DataFrame(rows, schema=CLAIM_RELATIONS.schema, orient="row").sort(CLAIM_RELATIONS.key)


def _judged(pairs: pl.DataFrame, features: dict[str, ClaimFeatures]) -> Iterator[tuple[str, str, str, float, str]]:
    for claim_id, other_id in pairs.iter_rows():
        if judgement := judge(features[claim_id], features[other_id]):
            yield claim_id, other_id, judgement.relation, judgement.score, judgement.reason


def judge(ours: ClaimFeatures, theirs: ClaimFeatures) -> Judgement | None:
    """The relation of two claims, None where they have none. What is disputed is never the same."""
    return judge_dispute(ours, theirs) or judge_same(ours, theirs)
