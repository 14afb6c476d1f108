"""Checks of claims, and of whom and what they are about, beyond their columns' declarations."""

import polars as pl

from expectations.marks import beside_claim, beside_number_of, beside_sentence, lies_within, rowwise
from expectations.model import Check, Holds, World, info, mostly_known, nearly_all, warning
from expectations.of_findings import FROM_KEPT
from warehouse.tables import READ_ZONES


def _named_beside(role: str) -> Holds:
    """Whether the entity that the claim names in this part stands in claim_entities too."""

    def holds(frame: pl.DataFrame, world: World) -> pl.Series:
        if not world.has("claim_entities"):
            return pl.repeat(None, frame.height, dtype=pl.Boolean, eager=True)
        key, entity = ("claim_id", f"{role}_id"), pl.col(f"{role}_id")
        links = world.frames["claim_entities"].filter(pl.col("role") == role)
        linked = links.select("claim_id", pl.col("entity_id").alias(key[1]), _linked=pl.lit(value=True)).unique()
        beside = frame.select(key).join(linked, on=key, how="left", maintain_order="left")
        is_linked = pl.col("_linked").fill_null(value=False)
        return beside.select(holds=pl.when(entity.is_not_null()).then(is_linked)).get_column("holds")

    return holds


def _at_most(column: str, most: int, why: str) -> Check:
    return nearly_all(
        name="expect_words_to_be_short",
        columns=(column,),
        why=why,
        mend="look at the sentence that it stands in, and at where its words were cut",
        words=f"{column} is as long as {{{column}}}",
        holds=rowwise(pl.col(column).str.len_chars() <= most),
    )


CLAIM_CHECKS = (
    FROM_KEPT,
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
    *(
        info(
            name="expect_entity_of_claim_to_be_linked",
            columns=("claim_id", f"{role}_id"),
            why="A claim's speaker, subject and object stand twice, here and in claim_entities, and should not differ",
            mend="derive claim_entities from the claim's own speaker_id, subject_id and object_id",
            words=f"claim {{claim_id}} has {{{role}_id}} as its {role}, and claim_entities does not",
            holds=_named_beside(role),
        )
        for role in ("speaker", "subject", "object")
    ),
    info(
        name="expect_claim_to_have_terms",
        columns=("claim_id",),
        why="A claim without terms is never found by new claims that say the same",
        mend="run again: terms that are missing are made anew",
        words="claim {claim_id} has no row in claim_terms",
        holds=beside_number_of("claim_terms", "claim_id", pl.col("_number") > 0),
    ),
    info(
        name="expect_attribution_to_name_a_voice",
        columns=("attribution", "speaker", "cue"),
        why="What is said of somebody must show by which words: a speaker, or a cue such as according to",
        mend="look at the sentence, and at what its attribution was read from",
        words="attribution is {attribution}, without speaker and cue",
        holds=rowwise(
            pl.when(pl.col("attribution") != "author").then(pl.col("speaker").is_not_null() | pl.col("cue").is_not_null())
        ),
    ),
    _at_most("text", 1_000, "One in a thousand of 24,873 real claims has more than 512 characters: a longer one is none"),
    _at_most("speaker", 200, "Of 3,278 real speakers the longest takes 152 characters: a longer one is a sentence, not a name"),
    _at_most("cue", 100, "A cue is a verb of saying with its helpers, and one in a thousand takes more than 24 characters"),
    nearly_all(
        name="expect_resolved_text_to_resemble_text",
        columns=("text", "resolved_text"),
        why="Names in place of pronouns make a statement longer, but not shorter than half nor longer than five times",
        mend="look at which words were replaced by which name",
        words="{text} became {resolved_text}",
        holds=rowwise(
            pl.col("resolved_text")
            .str.len_chars()
            .is_between(pl.col("text").str.len_chars() / 2, 5 * pl.col("text").str.len_chars() + 50)
        ),
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
