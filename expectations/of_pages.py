"""What is within reason for a page, each with where its bound comes from. Nothing is held back for it: the world is odd."""

from datetime import date, datetime, timedelta

import polars as pl

from expectations.marks import beside_number_of, rowwise
from expectations.model import Check, Holds, World, info, nearly_all
from warehouse.tables import READ_ZONES

FIRST_WEB_PAGE = datetime(1991, 8, 6)
"""The day on which the World Wide Web was announced to all (alt.hypertext, 6 August 1991)."""
_PLACEHOLDERS = (date(1, 1, 1), date(1900, 1, 1), date(1970, 1, 1), date(1980, 1, 1))
"""What programs write for no date: the first day of .NET, of spreadsheets, of Unix and of DOS."""
_A_DAY = timedelta(days=1)
_MOST_CLAIMS = 12
"""Claims for 100 words: of 392 real articles none made more than 10.6, and 99 in 100 made fewer than 7."""
_COVERED = 0.7
"""Share of the text's characters that sentences hold: the rest are line ends, and marks and numbers before list items."""
_KEPT = pl.col("outcome") == "kept"


def _sentences_cover(frame: pl.DataFrame, world: World) -> pl.Series:
    """Whether the sentences of each article hold nearly all of its page's text."""
    if not world.has("sentences"):
        return pl.repeat(None, frame.height, dtype=pl.Boolean, eager=True)
    held = world.frames["sentences"].group_by("document_id").agg(_held=(pl.col("end_char") - pl.col("start_char")).sum())
    asked = frame.select("document_id", "outcome", "text_chars")
    beside = asked.join(held, on="document_id", how="left", maintain_order="left")
    covered = pl.col("_held").fill_null(0) >= _COVERED * pl.col("text_chars")
    return beside.select(holds=pl.when(_KEPT).then(covered)).get_column("holds")


def _original_is_kept(frame: pl.DataFrame, world: World) -> pl.Series:
    """Whether the original of a duplicate was kept; null where it is not at hand."""
    outcomes = world.documents.select(duplicate_of="document_id", _original="_outcome")
    beside = frame.select("duplicate_of").join(outcomes, on="duplicate_of", how="left", maintain_order="left")
    return beside.select(holds=pl.col("_original") == "kept").get_column("holds")


def _line(column: str, what: str, *, most: int) -> Check:
    return nearly_all(
        name="expect_text_to_be_a_short_line",
        columns=(column,),
        why=f"{what} is one line of at most {most} characters; what is longer is text around it that was taken for it",
        mend=f"open the page and see where its {column} stands",
        words=f"{column} is {{{column}}}",
        holds=rowwise((pl.col(column).str.len_chars() <= most) & ~pl.col(column).str.contains("\n", literal=True)),
    )


def _fits_length(rule: pl.Expr, least_words: int) -> Holds:
    return beside_number_of("claims", "document_id", pl.when(_KEPT & (pl.col("word_count") >= least_words)).then(rule))


PAGE_CHECKS = (
    info(
        name="expect_sentences_to_cover_text",
        columns=("document_id", "text_chars"),
        why="All text of a page is kept in its sentences, so that a reader sees what was left out of the article",
        mend="look for blocks of the page that became no sentence",
        words="its sentences hold less than seven tenths of {text_chars} characters",
        holds=_sentences_cover,
    ),
    info(
        name="expect_original_to_be_kept",
        columns=("duplicate_of",),
        why="The claims of a duplicate are those of the article that it repeats, which must have been kept",
        mend="look at what became of the original, and at the order in which copies are held against each other",
        words="its original, document {duplicate_of}, was not kept",
        holds=_original_is_kept,
    ),
    info(
        name="expect_word_count_to_fit_text",
        columns=("word_count", "text_chars"),
        why="A word takes a character and the space after it, so a text has no more words than half its characters",
        mend="look at what word_count was counted in: it is of the article, without boilerplate",
        words="{word_count} words in {text_chars} characters",
        holds=rowwise(2 * pl.col("word_count") <= pl.col("text_chars") + 1),
    ),
    nearly_all(
        name="expect_article_to_be_no_book",
        columns=("word_count",),
        why="A hundred thousand words are a book or a table of data, and neither is read well as an article",
        mend="open the page, and leave its address out of the sources if it is none",
        words="it has {word_count} words",
        arguments={"min_value": 0, "max_value": 100_000},
        rule="ExpectColumnValuesToBeBetween",
    ),
    nearly_all(
        name="expect_claims_to_fit_length",
        columns=("document_id", "word_count"),
        why=f"More than {_MOST_CLAIMS} claims in 100 words are more than any of 392 real articles made: the text is no prose",
        mend="open the page beside its claims, and look for tables, captions or lists that were read as sentences",
        words="it makes more claims than {word_count} words can hold",
        holds=_fits_length(100 * pl.col("_number") <= _MOST_CLAIMS * pl.col("word_count"), 50),
    ),
    info(
        name="expect_article_to_make_claims",
        columns=("document_id", "word_count"),
        why="Of 392 real articles one of 150 words and more made no claim, so a tenth without any means that text is misread",
        mend="open some of these pages, and see in sentences.zone what was taken for their text",
        words="it makes no claim in {word_count} words",
        holds=_fits_length(pl.col("_number") > 0, 150),
        mostly=0.9,
    ),
    info(
        name="expect_publication_to_be_a_real_date",
        columns=("published_at",),
        why="Programs write the first day of their calendar where they know no date, and every timeline would begin there",
        mend="look at what date the page prints, and leave its published_at NULL if it prints none",
        words="published_at is {published_at}, which stands for no date",
        holds=rowwise(~pl.col("published_at").dt.date().is_in(_PLACEHOLDERS)),
    ),
    info(
        name="expect_publication_after_the_first_web_page",
        columns=("published_at",),
        why="There were no pages on the web before 6 August 1991: an older date is that of a print, or is misread",
        mend="open the page: if it gives the date of an old print nothing is wrong",
        words="published_at is {published_at}, before there was a web",
        holds=rowwise(pl.col("published_at") >= FIRST_WEB_PAGE),
        mostly=0.95,
    ),
    info(
        name="expect_publication_before_it_was_fetched",
        columns=("published_at", "fetched_at"),
        why="A page that we had before the day of its publication gives another date than that, such as an event's",
        mend="compare the dates that the page prints with what was read from it",
        words="published_at is {published_at}, and it was fetched at {fetched_at}",
        holds=rowwise(pl.col("published_at") <= pl.col("fetched_at") + _A_DAY),
        mostly=0.98,
    ),
    info(
        name="expect_day_and_time_of_publication_to_agree",
        columns=("published_on", "published_at"),
        why="No time zone is more than 14 hours off UTC, so the day at the place is at most one beside that of the time",
        mend="look at how the two were read: they come from one date of the page",
        words="published_on is {published_on}, and published_at {published_at}",
        holds=rowwise((pl.col("published_on") - pl.col("published_at").dt.date()).dt.total_days().abs() <= 1),
    ),
    info(
        name="expect_change_after_publication",
        columns=("published_at", "modified_at"),
        why="A page is changed after it is published; of 262 real pages that give both, 3 say otherwise by more than a day",
        mend="compare the dates that the page gives in its head with those that it prints",
        words="it was published at {published_at}, and changed before, at {modified_at}",
        holds=rowwise(pl.col("modified_at") >= pl.col("published_at") - _A_DAY),
        mostly=0.9,
    ),
    _line("title", "A headline", most=300),
    _line("site", "The name of a site", most=150),
    nearly_all(
        name="expect_authors_to_be_names",
        columns=("authors",),
        why="A byline names a few people; twenty, or one of more than 100 characters, are a list or a biography",
        mend="open the page and see what was taken for its byline",
        words="authors are {authors}",
        holds=rowwise(
            (pl.col("authors").list.len() <= 20) & pl.col("authors").list.eval(pl.element().str.len_chars() <= 100).list.all()
        ),
    ),
    info(
        name="expect_address_to_be_one",
        columns=("url",),
        why="The pages and people's queries link to it",
        mend="look at where the address comes from: a file has a file:// URI",
        words="url is {url}",
        rule="ExpectColumnValuesToMatchRegex",
        arguments={"regex": r"^(?:https?|file)://"},
    ),
    info(
        name="expect_language_to_be_a_code",
        columns=("language",),
        why="Queries select languages by ISO 639-1 codes",
        mend="look at what the detection of languages gave",
        words="language is {language}",
        rule="ExpectColumnValuesToMatchRegex",
        arguments={"regex": r"^[a-z]{2,3}$"},
    ),
)

_READ = pl.col("zone").is_in(READ_ZONES)

PIECE_CHECKS = (
    nearly_all(
        name="expect_sentence_to_be_readable",
        columns=("zone", "text"),
        why="Of 36,876 real sentences one in a thousand is longer than 600 characters; beyond 1,000 it is a table or a list",
        mend="open the page and see what stands there",
        words="a sentence as long as this is none: {text}",
        holds=rowwise(pl.when(_READ).then(pl.col("text").str.len_chars() <= 1_000)),
    ),
    info(
        name="expect_positions_to_count_from_zero",
        columns=("document_id", "position"),
        why="A gap in the reading order means that a part of the page is missing",
        mend="number the sentences once all zones of a document are together",
        words="position {position} lies beyond the number of the document's sentences",
        holds=rowwise(pl.col("position") < pl.len().over("document_id")),
    ),
)
