"""Checks of claims and of what is found in sentences beside them, beyond their columns' declarations."""

import polars as pl

from expectations.marks import beside_claim, beside_document, beside_sentence, lies_within, rowwise
from expectations.model import IGNORE_MISSING, PAIR, in_order, info, mostly_known, warning
from warehouse.tables import READ_ZONES

_FROM_KEPT = warning(
    name="expect_row_to_come_from_a_kept_document",
    columns=("document_id",),
    why="What a duplicate or a page that is no article says must not count again",
    mend="look for the step that sets the outcome after the document's rows were made",
    words="document {document_id} was not kept",
    holds=beside_document(pl.col("_outcome") == "kept"),
)

MENTION_CHECKS = (
    _FROM_KEPT,
    warning(
        name="expect_row_to_come_from_the_article",
        columns=("sentence_id",),
        why="Nothing that is left out of an article, such as related stories and comments, may count as said by it",
        mend="look at how the zone of the sentence came about, and at the filter on zones",
        words="sentence {sentence_id} is boilerplate",
        holds=beside_sentence(pl.col("_zone") != "boilerplate"),
    ),
    warning(
        name="expect_row_to_lie_in_its_sentence",
        columns=("sentence_id", "start_char", "end_char"),
        why="Readers see a row in its sentence, with the span marked there",
        mend="look for offsets that count from the sentence instead of the text, or for a mixed-up sentence_id",
        words="{start_char} to {end_char} is not in sentence {sentence_id}",
        holds=beside_sentence(lies_within("start_char", "end_char")),
    ),
)

_IN_CLAIM = warning(
    name="expect_row_to_lie_in_its_claim",
    columns=("claim_id", "start_char", "end_char"),
    why="Queries on a claim's figures and times must not meet those of its neighbour",
    mend="look at how the smallest claim that holds the span is found",
    words="{start_char} to {end_char} is not in claim {claim_id}",
    holds=beside_claim(lies_within("start_char", "end_char")),
)

CLAIM_CHECKS = (
    _FROM_KEPT,
    warning(
        name="expect_claim_to_come_from_read_zones",
        columns=("sentence_id",),
        why=f"Claims come from {' and '.join(READ_ZONES)} sentences alone, since headings tease and furniture repeats",
        mend="look at how the zone of the sentence came about, and at the filter on zones",
        words="sentence {sentence_id} is in another zone",
        holds=beside_sentence(pl.col("_zone").is_in(READ_ZONES)),
    ),
    warning(
        name="expect_row_to_start_in_its_sentence",
        columns=("sentence_id", "start_char"),
        why="Readers see a claim in the sentence that it starts in, with the span marked there",
        mend="look for offsets that count from the sentence instead of the text, or for a mixed-up sentence_id",
        words="{start_char} is not in sentence {sentence_id}",
        holds=beside_sentence(lies_within("start_char", "start_char")),
    ),
    warning(
        name="expect_no_speaker_where_the_article_speaks",
        columns=("attribution", "speaker"),
        why="speaker is NULL where the article itself speaks",
        mend="look at the cue and the speaker that the attribution was read from",
        words="attribution is {attribution}, and speaker {speaker}",
        holds=rowwise((pl.col("attribution") != "author") | pl.col("speaker").is_null()),
    ),
    *(
        warning(
            name="expect_entity_to_have_words",
            columns=(words, entity),
            why=f"{entity} says which entity the words in {words} name",
            mend=f"set {entity} only beside {words}",
            words=f"{entity} is {{{entity}}}, and {words} is missing",
            holds=rowwise(pl.when(pl.col(entity).is_not_null()).then(pl.col(words).is_not_null())),
        )
        for words, entity in (("speaker", "speaker_id"), ("subject", "subject_id"), ("object", "object_id"))
    ),
    mostly_known(
        columns=("speaker", "speaker_id"),
        why="Where fewer than three in ten speakers are known entities, positions of speakers cannot be compared",
        words="speaker {speaker} is no known entity",
        holds=rowwise(pl.when(pl.col("speaker").is_not_null()).then(pl.col("speaker_id").is_not_null())),
        mostly=0.3,
    ),
)

CLAIM_ENTITY_CHECKS = (
    info(
        name="expect_role_to_agree_with_claim",
        columns=("claim_id", "entity_id", "role"),
        why="A claim's speaker, subject and object stand twice, in claims and here, and should not differ",
        mend="derive the roles from the claim's own speaker_id, subject_id and object_id",
        words="claim {claim_id} names another entity as its {role}, or none",
        holds=beside_claim(
            pl.when(pl.col("_document_id").is_not_null()).then(
                pl.coalesce(
                    pl.when(pl.col("role") == role).then(pl.col("entity_id").eq_missing(pl.col(f"_{role}_id")))
                    for role in ("speaker", "subject", "object")
                )
            )
        ),
    ),
)

QUANTITY_CHECKS = (
    *MENTION_CHECKS,
    _IN_CLAIM,
    in_order(
        "value",
        "upper_value",
        severity="warning",
        name="expect_range_in_order",
        why="A range runs from its lower to its upper bound",
    ),
)

TIME_CHECKS = (
    *MENTION_CHECKS,
    _IN_CLAIM,
    in_order(
        "earliest",
        "latest",
        severity="warning",
        name="expect_period_in_order",
        why="A period runs from its first day to its last",
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
        "first_published_at",
        "last_published_at",
        severity="info",
        name="expect_publications_in_order",
        why="A statement is first published before it is last published",
    ),
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
)

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
)
