"""Checks of entities, their forms, and the claims that say the same, beyond their columns' declarations.

What a table that is written as it is touched counts, it counts over new and loaded rows. The gate sees the new ones alone: they
are a part of each number, and all of it where no loaded row has the key. It counts what the numbers were made from, before any
row is held back: a row that is held back on its own account is in none of these checks. The audit counts all that was loaded.
"""

import polars as pl

from expectations.marks import beside_number_of, rowwise
from expectations.model import IGNORE_MISSING, PAIR, Check, Holds, World, in_order, info, nearly_all, warning

_ON_ITS_OWN_ACCOUNT = "see in quarantine whether rows of it were held back; if none was, look at what is counted anew"


def _agrees(tables: tuple[str, ...], rows: str, key: str, loaded: str) -> Holds:
    """Whether each number of the row's `columns` is that of the new rows, or more where loaded rows have the key too.

    `rows` is the table that is counted; `loaded` names its column whose loaded values the gate was told.
    """
    count_by = _COUNTS[rows]

    def holds(frame: pl.DataFrame, world: World) -> pl.Series:
        if not world.has(*tables):
            return pl.repeat(None, frame.height, dtype=pl.Boolean, eager=True)
        current = world.frames["documents"].filter("is_current").select("document_id")
        counted = count_by(world.frames[rows].join(current, on="document_id", how="semi"))
        beside = frame.select(key, *(name for name in counted.columns if name != key)).join(
            counted, on=key, how="left", suffix="_made", maintain_order="left"
        )
        known = world.known.get(loaded, pl.Series(dtype=pl.String)).drop_nulls()
        is_loaded = pl.col(key).is_in(known.implode())
        names = [name for name in counted.columns if name != key]
        made = {name: pl.col(f"{name}_made").fill_null(0) for name in names}
        # Of names and articles that loaded rows have too, a number may be as small as that of the new ones.
        agree = [pl.when(is_loaded).then(pl.col(name) >= made[name]).otherwise(pl.col(name) == made[name]) for name in names]
        return beside.select(holds=pl.all_horizontal(agree)).get_column("holds")

    return holds


def _mentions(mentions: pl.DataFrame) -> pl.DataFrame:
    return mentions.group_by("entity_id").agg(mention_count=pl.len(), document_count=pl.col("document_id").n_unique())


def _claims(claims: pl.DataFrame) -> pl.DataFrame:
    speakers = pl.coalesce("speaker_id", pl.col("speaker").str.to_lowercase()).drop_nulls().n_unique()
    return claims.group_by("cluster_id").agg(claim_count=pl.len(), speaker_count=speakers)


_COUNTS = {"mentions": _mentions, "claims": _claims}

MENTIONS_ADD_UP = Check(
    name="expect_counts_to_agree_with_mentions",
    columns=("entity_id", "mention_count", "document_count"),
    severity="warning",
    holds_back=False,
    why="Who is mentioned most is told by these counts, and must be what the mentions in current documents come to",
    mend=_ON_ITS_OWN_ACCOUNT,
    words="{mention_count} mentions in {document_count} documents are not what its mentions come to",
    holds=_agrees(("mentions", "documents"), "mentions", "entity_id", "mentions.entity_id"),
)
CLAIMS_ADD_UP = Check(
    name="expect_counts_to_agree_with_claims",
    columns=("cluster_id", "claim_count", "speaker_count"),
    severity="warning",
    holds_back=False,
    why="How often something is said, and by how many, is told by these counts, and must be what the claims come to",
    mend=_ON_ITS_OWN_ACCOUNT,
    words="{claim_count} claims of {speaker_count} speakers are not what its claims come to",
    holds=_agrees(("claims", "documents"), "claims", "cluster_id", "claims.cluster_id"),
)

ENTITY_CHECKS = (
    info(
        name="expect_column_values_to_match_regex",
        columns=("wikidata_id",),
        why="The id becomes a link to Wikidata, where an item is Q and a number",
        mend="mend the row in seeds/entities.csv",
        words="wikidata_id is {wikidata_id}",
        rule="ExpectColumnValuesToMatchRegex",
        arguments={"regex": r"^Q[1-9][0-9]*$"},
    ),
    in_order(
        "document_count",
        "mention_count",
        severity="info",
        name="expect_documents_within_mentions",
        why="Each document that names an entity mentions it at least once",
    ),
    info(
        name="expect_entity_to_have_a_form",
        columns=("entity_id",),
        why="An entity is found by the forms of its name, so one without any is never found",
        mend="look at how entity_aliases is drawn from the mentions",
        words="entity {entity_id} has no row in entity_aliases",
        holds=beside_number_of("entity_aliases", "entity_id", pl.col("_number") > 0),
    ),
    info(
        name="expect_wikidata_item_to_be_one_entity",
        columns=("wikidata_id",),
        why="Two entities with one item are one, and what is said of it stands in two places",
        mend="join the two rows in seeds/entities.csv into one with both names",
        words="another entity is {wikidata_id} too",
        holds=rowwise(pl.when(pl.col("wikidata_id").is_not_null()).then(pl.col("wikidata_id").is_unique())),
    ),
    nearly_all(
        name="expect_name_to_be_short",
        columns=("name",),
        why="Of 8,498 real entities none has a name of more than 92 characters: a longer one is a sentence",
        mend="look at the mentions that it was named after",
        words="a name as long as this is none: {name}",
        holds=rowwise(pl.col("name").str.len_chars().is_between(1, 120)),
    ),
    MENTIONS_ADD_UP,
)

ENTITY_ALIAS_CHECKS = (
    nearly_all(
        name="expect_name_to_be_short",
        columns=("alias",),
        why="Of 10,720 real forms none has more than 92 characters: a longer one is a sentence",
        mend="look at the mentions that are so printed, and at seeds/entities.csv",
        words="a form as long as this is none: {alias}",
        holds=rowwise(pl.col("alias").str.len_chars().is_between(1, 120)),
    ),
)

CLUSTER_CHECKS = (
    in_order(
        "document_count",
        "claim_count",
        severity="info",
        name="expect_documents_within_claims",
        why="Each document that makes a statement makes at least one claim",
    ),
    in_order(
        "speaker_count",
        "claim_count",
        severity="info",
        name="expect_speakers_within_claims",
        why="Each claim is said of one speaker at most",
    ),
    in_order(
        "site_count",
        "document_count",
        severity="info",
        name="expect_sites_within_documents",
        why="Each document that makes a statement stands on one site at most",
    ),
    in_order(
        "first_published_at",
        "last_published_at",
        severity="info",
        name="expect_publications_in_order",
        why="A statement is first published before it is last published",
    ),
    info(
        name="expect_claims_to_have_documents",
        columns=("claim_count", "document_count"),
        why="Where there are claims in current documents there is a document that makes them, and the other way round",
        mend="look at how the two are counted",
        words="{claim_count} claims in {document_count} documents",
        holds=rowwise((pl.col("claim_count") > 0) == (pl.col("document_count") > 0)),
    ),
    info(
        name="expect_publications_to_be_known_together",
        columns=("first_published_at", "last_published_at"),
        why="A statement with a first publication has a last one, which may be the same",
        mend="look at how the two are reckoned",
        words="first published at {first_published_at}, last at {last_published_at}",
        holds=rowwise(pl.col("first_published_at").is_null() == pl.col("last_published_at").is_null()),
    ),
    CLAIMS_ADD_UP,
)


def _meet_between_pages(frame: pl.DataFrame, world: World) -> pl.Series:
    """Whether the two claims are of one document or of two pages; null where one of them is not at hand."""
    places = world.claims.select("claim_id", "_document_id").join(
        world.documents.select(_document_id="document_id", _page_id="_page_id"), on="_document_id"
    )
    others = places.select(other_claim_id="claim_id", _other_document_id="_document_id", _other_page_id="_page_id")
    beside = frame.select("claim_id", "other_claim_id").join(places, on="claim_id", how="left", maintain_order="left")
    beside = beside.join(others, on="other_claim_id", how="left", maintain_order="left")
    is_one_document = pl.col("_document_id") == pl.col("_other_document_id")
    return beside.select(holds=is_one_document | (pl.col("_page_id") != pl.col("_other_page_id"))).get_column("holds")


CLAIM_RELATION_CHECKS = (
    warning(
        name="expect_smaller_id_first",
        columns=("claim_id", "other_claim_id"),
        why="A pair that may stand in either order would be counted twice",
        mend="order the two ids where the pair is judged",
        words="{claim_id} does not come before {other_claim_id}",
        rule=PAIR,
        arguments={"column_A": "other_claim_id", "column_B": "claim_id", **IGNORE_MISSING},
    ),
    info(
        name="expect_pair_to_be_judged_once",
        columns=("claim_id", "other_claim_id"),
        why="Two claims can't both say the same and dispute each other",
        mend="look at how the pair is judged, of which one judgement must win",
        words="{claim_id} and {other_claim_id} are judged in another way too",
        holds=rowwise(pl.struct("claim_id", "other_claim_id").is_unique()),
    ),
    info(
        name="expect_pair_not_to_be_of_two_revisions",
        columns=("claim_id", "other_claim_id"),
        why="Two revisions of one page are one voice, which neither repeats nor disputes itself",
        mend="leave pairs of one page's revisions out where candidates are made",
        words="{claim_id} and {other_claim_id} stand in two revisions of one page",
        holds=_meet_between_pages,
    ),
    info(
        name="expect_reason_in_words",
        columns=("reason",),
        why="A judgement is a candidate, and only its reason tells a reader whether to follow it",
        mend="have the judgement say what speaks for it",
        words="there is no reason",
        holds=rowwise(pl.col("reason").str.strip_chars() != ""),
    ),
)
