"""Which pairs of claims are worth taking apart: what a look at them, and at their words one by one, does not rule out.

To take a claim apart costs a hundred times as much as such a look, and of those that share words few agree or dispute.
"""

from collections.abc import Mapping

import polars as pl

from transforms.claim_features import what_it_is_called
from transforms.common_ground import STATE_WINDOW
from transforms.corroboration import LEAST_SHARE
from transforms.statement_parts import without_aside
from transforms.terms import CompareLexicon, marks_of

_ROUNDING = 1e-4
"""Shares are kept in single precision, and a pair that shares just enough is worth judging."""
_LOOKED_AT = (
    "claim_id", "document_id", "page_id", "text", "speaker", "subject", "is_negated", "modality", "published_at",
)  # fmt: skip


def worth_judging(pairs: pl.DataFrame, claims: pl.DataFrame, lexicon: CompareLexicon) -> pl.DataFrame:
    """`claim_id`, `other_claim_id`, `may_agree` and `may_dispute` of the pairs that may be either, in no order.

    `pairs` has claim_id, other_claim_id and share, `claims` the columns of `compare.COMPARED_CLAIMS`. Claims of two revisions
    of one page are left out, and so are a sentence and a clause of it, which one document says once, unless two speakers hold
    them.
    """
    met = pl.concat([pairs["claim_id"], pairs["other_claim_id"]]).unique().to_frame("claim_id")
    claims = claims.join(met, on="claim_id", how="semi")
    places = claims.select(
        *_LOOKED_AT, voice=pl.coalesce(_known("speaker_id"), _known("speaker")),
        is_held=_known("speaker").is_not_null() & _known("subject").is_null(),
    )  # fmt: skip
    looked_at = (
        pairs.join(places, on="claim_id")
        .join(places, left_on="other_claim_id", right_on="claim_id", suffix="_other")
        .filter((pl.col("page_id") != pl.col("page_id_other")) | _are_two_statements())
        .with_columns(may_agree=_may_agree(_renamed(claims, lexicon)), may_dispute=_may_dispute())
        .filter(pl.col("may_agree") | (pl.col("may_dispute") != "no"))
        .select("claim_id", "other_claim_id", "may_agree", "may_dispute")
    )
    return _by_marks(looked_at, claims, lexicon)


def _known(column: str) -> pl.Expr:
    """The words of a column, null where there are none."""
    return pl.when(pl.col(column) != "").then(column)


def _are_two_statements() -> pl.Expr:
    same_document = pl.col("document_id") == pl.col("document_id_other")
    words, others = pl.col("text"), pl.col("text_other")
    nested = words.str.contains(others, literal=True) | others.str.contains(words, literal=True)
    # Null, and so no reason to compare, where the article itself speaks.
    return same_document & (~nested | (pl.col("speaker") != pl.col("speaker_other")))


def _renamed(claims: pl.DataFrame, lexicon: CompareLexicon) -> pl.Series:
    """Ids of claims that are read in other words than those of their terms."""
    held = claims.filter(_known("speaker").is_not_null() & _known("subject").is_null())
    columns = ("claim_id", "text", "resolved_text", "speaker", "subject")
    rows = held.select(columns).iter_rows(named=True)
    return pl.Series([row["claim_id"] for row in rows if what_it_is_called(row, lexicon)], dtype=pl.String)


def _may_agree(renamed: pl.Series) -> pl.Expr:
    """Whether enough is shared, and both assert or both deny."""
    is_renamed = pl.col("claim_id").is_in(renamed.implode()) | pl.col("other_claim_id").is_in(renamed.implode())
    shares_enough = is_renamed | (pl.col("share") >= LEAST_SHARE - _ROUNDING)
    return shares_enough & (pl.col("is_negated") == pl.col("is_negated_other"))


def _may_dispute() -> pl.Expr:
    """`yes`, `no`, or `marks` where the words tell: as `disputes.judge_dispute` begins, by two voices in one year."""
    is_one_voice = pl.col("voice").eq_missing(pl.col("voice_other")) & (
        pl.col("voice").is_not_null() | (pl.col("document_id") == pl.col("document_id_other"))
    )
    apart = (pl.col("published_at") - pl.col("published_at_other")).abs() > STATE_WINDOW
    ours, theirs = pl.col("modality"), pl.col("modality_other")
    one_is_conditional = (ours == "conditional") != (theirs == "conditional")
    asserted = pl.when("is_negated").then(theirs).otherwise(ours)
    denied = (pl.col("is_negated") != pl.col("is_negated_other")) & (asserted != "hedged") & ~one_is_conditional
    both_assert = ~pl.col("is_negated") & ~pl.col("is_negated_other") & (ours == theirs) & (ours != "hedged")
    return (
        pl.when(is_one_voice | apart.fill_null(value=False)).then(pl.lit("no"))
        .when(denied | (pl.col("is_held") & pl.col("is_held_other"))).then(pl.lit("yes"))
        .when(both_assert).then(pl.lit("marks")).otherwise(pl.lit("no"))
    )  # fmt: skip


def _by_marks(pairs: pl.DataFrame, claims: pl.DataFrame, lexicon: CompareLexicon) -> pl.DataFrame:
    """The pairs, where words decide, by whether both point on one matter, name a superlative or measure one thing."""
    open_pairs = pairs.filter(pl.col("may_dispute") == "marks").select("claim_id", "other_claim_id")
    met = pl.concat([open_pairs["claim_id"], open_pairs["other_claim_id"]]).unique().to_frame("claim_id")
    marks = _marks(claims.join(met, on="claim_id", how="semi"), lexicon)
    share_one = [not marks[one].isdisjoint(marks[other]) for one, other in open_pairs.iter_rows()]
    found = open_pairs.with_columns(share_one=pl.Series(share_one, dtype=pl.Boolean))
    return (
        pairs.join(found, on=("claim_id", "other_claim_id"), how="left")
        .with_columns(may_dispute=pl.coalesce("share_one", pl.col("may_dispute") == "yes"))
        .filter(pl.col("may_agree") | pl.col("may_dispute"))
        .drop("share_one")
    )


def _marks(claims: pl.DataFrame, lexicon: CompareLexicon) -> Mapping[str, frozenset[str]]:
    """For each claim the marks of its words, of its opening's too, and what its figures measure."""
    marks: dict[str, frozenset[str]] = {}
    columns = ("claim_id", "text", "resolved_text", "quantities")
    for claim_id, text, resolved, quantities in claims.select(columns).iter_rows():
        whole = resolved or text
        shorter = without_aside(whole)
        found = marks_of(whole, lexicon)
        if shorter != whole:
            found |= marks_of(shorter, lexicon)
        if text != whole:
            found |= marks_of(text, lexicon)
        marks[claim_id] = found | {f"{row['kind']} of {row['unit'] or ''}" for row in quantities or ()}
    return marks
