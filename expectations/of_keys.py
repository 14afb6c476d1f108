"""Checks of sources, of relations between documents, and of the tables by which runs find known rows."""

from datetime import timedelta

import polars as pl

from expectations.marks import beside_claim, beside_document, beside_number_of, not_after_the_run, rowwise
from expectations.model import World, info, warning

_A_DAY = timedelta(days=1)

SOURCE_CHECKS = (
    info(
        name="expect_location_to_be_an_address",
        columns=("location",),
        why="People follow a source to where it is: an address of the web, or a file:// URI",
        mend="look at where the location comes from: the settings, or the INPUT",
        words="location is {location}",
        rule="ExpectColumnValuesToMatchRegex",
        arguments={"regex": r"^(?:https?|file)://."},
    ),
    info(
        name="expect_local_source_to_be_local",
        columns=("kind", "location"),
        why="A folder or an archive lies on this machine, and what is fetched does not",
        mend="look at how the kind of the source was told",
        words="a {kind} at {location}",
        holds=rowwise(pl.when(pl.col("kind").is_in(("file", "warc"))).then(pl.col("location").str.starts_with("file://"))),
    ),
    info(
        name="expect_meeting_not_to_lie_ahead",
        columns=("added_at",),
        why="A source that is met in the future tells of a clock that was wrong, and every first_seen_at of that day is too",
        mend="set the clock of this machine",
        words="added_at is {added_at}, after the run",
        holds=not_after_the_run("added_at", grace=_A_DAY),
    ),
)


def _is_of_pages(frame: pl.DataFrame, world: World) -> pl.Series:
    """Whether revisions are of one page and copies of two; null where one of the documents is not at hand."""
    pages = world.documents.select("document_id", _page="_page_id")
    others = pages.select(other_document_id="document_id", _other="_page")
    beside = frame.select("document_id", "other_document_id", "relation").join(
        pages, on="document_id", how="left", maintain_order="left"
    )
    beside = beside.join(others, on="other_document_id", how="left", maintain_order="left")
    is_one = pl.col("_page") == pl.col("_other")
    return beside.select(holds=is_one == (pl.col("relation") == "revision_of")).get_column("holds")


DOCUMENT_RELATION_CHECKS = (
    warning(
        name="expect_pair_of_two_documents",
        columns=("document_id", "other_document_id"),
        why="A document is no copy of itself",
        mend="leave the pair of a document with itself out where candidates are made",
        words="{document_id} is paired with itself",
        holds=rowwise(pl.col("document_id") != pl.col("other_document_id")),
    ),
    info(
        name="expect_relation_to_fit_pages",
        columns=("document_id", "other_document_id", "relation"),
        why="Revisions are of one page and copies of two: who copies from whom is told by that",
        mend="look at which page each of the two belongs to",
        words="{document_id} and {other_document_id} can't be {relation}, by their pages",
        holds=_is_of_pages,
    ),
    info(
        name="expect_copy_to_share_all",
        columns=("relation", "score"),
        why="A copy has every word of the other: what shares less is a near-copy",
        mend="look at what the score was reckoned over",
        words="a copy that shares {score}",
        holds=rowwise(pl.when(pl.col("relation") == "copy").then(pl.col("score") == 1)),
    ),
)

CLAIM_TERM_CHECKS = (
    warning(
        name="expect_a_weight_for_each_term",
        columns=("terms", "weights"),
        why="A term without its weight, or the other way round, puts every one after it beside another's",
        mend="make the two lists in one step",
        words="the two lists are not of one length",
        holds=rowwise(pl.col("terms").list.len() == pl.col("weights").list.len()),
    ),
    info(
        name="expect_heaviest_term_first",
        columns=("weights",),
        why="New claims are held against the heaviest terms of known ones, which must come first",
        mend="sort terms and weights by weight",
        words="weights are {weights}",
        holds=rowwise(pl.col("weights") == pl.col("weights").list.sort(descending=True)),
    ),
    warning(
        name="expect_document_to_be_that_of_the_claim",
        columns=("claim_id", "document_id"),
        why="The terms are taken out with their document, and must be that of the claim",
        mend="take document_id from the claim",
        words="claim {claim_id} is of another document than {document_id}",
        holds=beside_claim(pl.col("document_id") == pl.col("_document_id")),
    ),
)

ARTICLE_KEY_CHECKS = (
    info(
        name="expect_row_to_be_of_an_article",
        columns=("document_id",),
        why="Copies are looked for among articles alone: the keys of other pages lead to no copy",
        mend="look for the step that sets the outcome after the keys were made",
        words="document {document_id} is neither kept nor a duplicate",
        holds=beside_document(pl.col("_outcome").is_in(("kept", "duplicate"))),
    ),
    info(
        name="expect_keys_to_differ",
        columns=("keys",),
        why="A key that stands twice in one article counts twice among those that share it",
        mend="look at how the keys are drawn from the text",
        words="a key stands there twice",
        holds=rowwise(pl.col("keys").list.len() == pl.col("keys").list.n_unique()),
    ),
)

ARTICLES_HAVE_KEYS = info(
    name="expect_article_to_have_keys",
    columns=("document_id", "outcome"),
    why="An article without keys is never found by a copy of it",
    mend="run again: keys that are missing are made anew",
    words="document {document_id} has no row in article_keys",
    holds=beside_number_of(
        "article_keys",
        "document_id",
        pl.when(pl.col("outcome").is_in(("kept", "duplicate"))).then(pl.col("_number") > 0),
    ),
)
