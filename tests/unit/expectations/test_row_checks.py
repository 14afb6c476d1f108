"""Every check of every table fails on a row that breaks it, and on no row of a run in which everything holds."""

from collections.abc import Callable
from datetime import date, datetime

import polars as pl
import pytest

from expectations.model import BY_NAME, Check
from expectations.suites import Finding, Judge, judge_shape, row_checks

Frames = dict[str, pl.DataFrame]
Broken = Callable[..., Frames]
Judged = Callable[[Frames, str, list[Check]], list[Finding]]
Case = tuple[str, str, int, dict[str, object]]

CHECKED = [name for name in BY_NAME if name not in ("runs", "quality_results", "quarantine")]
CHECKS = {name: row_checks(BY_NAME[name]) for name in CHECKED}
SPANS = [
    ("sentences", 1, "start_char", "end_char", "text"),
    ("mentions", 0, "start_char", "end_char", "text"),
    ("claims", 0, "start_char", "end_char", "text"),
    ("claims", 0, "cue_start_char", "cue_end_char", "cue"),
    ("quantities", 0, "start_char", "end_char", "text"),
    ("time_expressions", 0, "start_char", "end_char", "text"),
]


def _breaking(check: Check, table: str) -> dict[str, object] | None:
    """What breaks a check that follows from a column's declaration."""
    column = BY_NAME[table].column(check.columns[0]) if check.columns else None
    if column is None:
        return None
    by_name: dict[str, object] = {
        "expect_column_values_to_not_be_null": None,
        "expect_column_values_to_be_in_set": "??",
        "expect_column_values_to_be_finite": float("nan"),
        "expect_column_values_to_refer_to_a_known_row": "nowhere",
    }
    if check.name == "expect_column_values_to_be_between" and column.between:
        low, high = column.between
        return {column.name: low - 1 if low is not None else high}
    return {column.name: by_name[check.name]} if check.name in by_name else None


IN_ARTICLE = [
    ("expect_row_to_come_from_a_kept_document(document_id)", {"document_id": "d3"}),
    ("expect_row_to_come_from_the_article(sentence_id)", {"sentence_id": "s3"}),
    ("expect_row_to_lie_in_its_sentence(sentence_id, start_char, end_char)", {"sentence_id": "s2"}),
]
CASES: list[Case] = [
    *((name, check.title, 0, values) for name in CHECKED for check in CHECKS[name] if (values := _breaking(check, name))),
    *((name, f"expect_span_to_start_before_it_ends({start}, {end})", at, {end: 0}) for name, at, start, end, _ in SPANS),
    *((name, f"expect_span_to_reproduce_text({start}, {end}, {text})", at, {start: 0}) for name, at, start, end, text in SPANS),
    *((table, title, 0, values) for table in ("mentions", "quantities", "time_expressions") for title, values in IN_ARTICLE),
    ("documents", "expect_text_chars_to_count_text(text_chars, text)", 0, {"text_chars": 3}),
    ("documents", "expect_kept_document_to_have_words(outcome, text, word_count)", 0, {"word_count": 0}),
    ("documents", "expect_outcome_to_have_a_reason(outcome, outcome_reason)", 1, {"outcome_reason": None}),
    ("documents", "expect_duplicate_to_name_its_original(outcome, duplicate_of)", 1, {"duplicate_of": None}),
    ("documents", "expect_page_to_have_one_current_revision(page_id, is_current)", 1, {"page_id": "page-d1"}),
    ("documents", "expect_seen_times_in_order(first_seen_at, last_seen_at)", 0, {"last_seen_at": datetime(2020, 1, 1)}),
    ("documents", "expect_publication_not_to_lie_ahead(published_at)", 0, {"published_at": datetime(2027, 1, 1)}),
    ("documents", "expect_column_values_to_be_mostly_known(published_at)", 0, {"published_at": None}),
    ("documents", "expect_column_values_to_be_mostly_known(title)", 0, {"title": None}),
    ("sentences", "expect_position_to_be_single_in_document(document_id, position)", 1, {"position": 0}),
    ("sentences", "expect_sentences_not_to_overlap(document_id, start_char, end_char)", 2, {"start_char": 20}),
    ("entities", "expect_column_values_to_match_regex(wikidata_id)", 0, {"wikidata_id": "q7259"}),
    ("entities", "expect_documents_within_mentions(document_count, mention_count)", 0, {"document_count": 2}),
    ("claim_clusters", "expect_documents_within_claims(document_count, claim_count)", 0, {"document_count": 2}),
    ("claim_clusters", "expect_publications_in_order(first_published_at, last_published_at)", 0,
     {"first_published_at": datetime(2026, 1, 2), "last_published_at": datetime(2026, 1, 1)}),
    ("claims", "expect_span_to_start_before_it_ends(speaker_start_char, speaker_end_char)", 0, {"speaker_end_char": 1}),
    ("claims", "expect_span_to_be_whole_or_absent(speaker_start_char, speaker_end_char)", 0, {"speaker_end_char": None}),
    ("claims", "expect_span_to_lie_in_the_text(speaker_start_char, speaker_end_char)", 0, {"speaker_end_char": 9999}),
    ("claims", "expect_span_to_be_whole_or_absent(cue_start_char, cue_end_char, cue)", 0, {"cue": None}),
    ("claims", "expect_row_to_come_from_a_kept_document(document_id)", 0, {"document_id": "d2"}),
    ("claims", "expect_claim_to_come_from_read_zones(sentence_id)", 0, {"sentence_id": "s0"}),
    ("claims", "expect_row_to_start_in_its_sentence(sentence_id, start_char)", 0, {"sentence_id": "s2"}),
    ("claims", "expect_no_speaker_where_the_article_speaks(attribution, speaker)", 0, {"attribution": "author"}),
    ("claims", "expect_entity_to_have_words(speaker, speaker_id)", 1, {"speaker_id": "ada"}),
    ("claims", "expect_entity_to_have_words(subject, subject_id)", 1, {"subject_id": "ada"}),
    ("claims", "expect_entity_to_have_words(object, object_id)", 1, {"object_id": "ada"}),
    ("claims", "expect_column_values_to_be_mostly_known(speaker, speaker_id)", 0, {"speaker_id": None}),
    ("claim_entities", "expect_role_to_agree_with_claim(claim_id, entity_id, role)", 0, {"entity_id": "q5"}),
    ("quantities", "expect_row_to_lie_in_its_claim(claim_id, start_char, end_char)", 0, {"claim_id": "c2"}),
    ("quantities", "expect_range_in_order(value, upper_value)", 0, {"value": 5.0, "upper_value": 4.0}),
    ("time_expressions", "expect_row_to_lie_in_its_claim(claim_id, start_char, end_char)", 0, {"claim_id": "c2"}),
    ("time_expressions", "expect_period_in_order(earliest, latest)", 0, {"latest": date(2020, 1, 1)}),
    ("claim_relations", "expect_smaller_id_first(claim_id, other_claim_id)", 0, {"claim_id": "c3"}),
    ("document_relations", "expect_pair_of_two_documents(document_id, other_document_id)", 0, {"other_document_id": "d2"}),
]  # fmt: skip


def _check(table: str, title: str) -> Check:
    return next(check for check in CHECKS[table] if check.title == title)


@pytest.mark.parametrize("case", CASES, ids=[f"{table}.{title}" for table, title, *_ in CASES])
def test_the_row_that_breaks_a_check_fails_it(case: Case, frames: Frames, broken: Broken, judged: Judged) -> None:
    table, title, row, values = case
    [finding] = judged(broken(frames, table, row, **values), table, [_check(table, title)])
    assert finding.error is None
    assert not finding.success
    assert row in (finding.failed or ())


@pytest.mark.parametrize("table", CHECKED)
def test_a_key_that_repeats_fails_in_both_rows(table: str, frames: Frames, judged: Judged) -> None:
    once = frames[table].head(1)
    [finding] = judged({**frames, table: pl.concat([once, once])}, table, CHECKS[table][:1])
    assert (finding.check.name, finding.failed) == ("expect_key_to_be_unique", (0, 1))


def test_no_check_goes_untested() -> None:
    keys = {(name, CHECKS[name][0].title) for name in CHECKED}
    tested = {(table, title) for table, title, *_ in CASES} | keys
    assert {(name, check.title) for name in CHECKED for check in CHECKS[name]} == tested


@pytest.mark.parametrize("table", CHECKED)
def test_nothing_fails_where_everything_holds(table: str, frames: Frames, judged: Judged) -> None:
    assert [finding.check.title for finding in judged(frames, table, CHECKS[table]) if not finding.success] == []


@pytest.mark.parametrize("table", list(BY_NAME))
def test_nothing_fails_where_there_is_no_row(table: str, judged: Judged) -> None:
    findings = judged({table: BY_NAME[table].frame()}, table, row_checks(BY_NAME[table]))
    assert [(finding.check.title, finding.judged) for finding in findings if not finding.success or finding.judged] == []


def test_rows_beyond_the_first_chunk_are_checked(
    frames: Frames, broken: Broken, judged: Judged, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("expectations.suites.CHUNK_ROWS", 2)
    check = _check("sentences", "expect_column_values_to_be_in_set(zone)")
    [finding] = judged(broken(frames, "sentences", 3, zone="footer"), "sentences", [check])
    assert (finding.judged, finding.failed, finding.failed_percent) == (4, (3,), 25.0)


def test_a_share_that_suffices_lets_single_gaps_pass(frames: Frames, judged: Judged) -> None:
    page = frames["documents"].row(0, named=True)
    pages = [{**page, "published_at": None if number < 5 else page["published_at"]} for number in range(10)]
    documents = pl.DataFrame(pages, schema=frames["documents"].schema, orient="row")
    check = _check("documents", "expect_column_values_to_be_mostly_known(published_at)")
    [half] = judged({"documents": documents}, "documents", [check])
    [less] = judged({"documents": documents.head(9)}, "documents", [check])
    assert (half.success, len(half.failed or ()), less.success) == (True, 5, False)


def test_a_span_counts_code_points_behind_an_emoji(frames: Frames, broken: Broken, judged: Judged) -> None:
    start, end = frames["claims"]["start_char"][0], frames["claims"]["end_char"][0]
    in_utf16 = broken(frames, "claims", 0, start_char=start + 1, end_char=end + 1)
    [finding] = judged(in_utf16, "claims", [_check("claims", "expect_span_to_reproduce_text(start_char, end_char, text)")])
    assert finding.failed == (0,)


def test_a_span_that_runs_over_the_end_of_the_text_does_not_reproduce_it(
    frames: Frames, broken: Broken, judged: Judged
) -> None:
    longer = broken(frames, "sentences", 3, end_char=frames["sentences"]["end_char"][3] + 5)
    [finding] = judged(longer, "sentences", [_check("sentences", "expect_span_to_reproduce_text(start_char, end_char, text)")])
    assert finding.failed == (3,)


def test_a_check_that_cannot_be_carried_out_fails_with_its_error(judge: Judge) -> None:
    check = _check("claims", "expect_column_values_to_be_between(checkworthiness)")
    [finding] = judge.judge("claims", pl.DataFrame({"checkworthiness": ["high"]}), [check])
    assert not finding.success
    assert "of the same type" in (finding.error or "")


COLUMNS, TYPES = "expect_table_columns_to_match_ordered_list", "expect_column_types_to_match_declaration"


@pytest.mark.parametrize(
    ("change", "expectation", "differing"),
    [
        (lambda frame: frame.drop("location"), COLUMNS, "title where location is declared"),
        (lambda frame: frame.select(reversed(frame.columns)), COLUMNS, "added_at where source_id"),
        (lambda frame: frame.with_columns(extra=1), COLUMNS, "extra where nothing is declared"),
        (lambda frame: frame.drop("added_at"), COLUMNS, "nothing where added_at is declared"),
        (lambda frame: frame.cast({"added_at": pl.Date}), TYPES, "Date where Datetime"),
        (lambda frame: frame.with_columns(pl.col("added_at").dt.replace_time_zone("UTC")), TYPES, "time_zone='UTC'"),
    ],
)
def test_a_frame_of_another_shape_fails(
    change: Callable[[pl.DataFrame], pl.DataFrame], expectation: str, differing: str, frames: Frames, judge: Judge
) -> None:
    findings = judge_shape(judge, {**frames, "sources": change(frames["sources"])}, BY_NAME)
    failed = {(finding.table, finding.check.name): str(finding.observed) for finding in findings if not finding.success}
    assert {table for table, _ in failed} == {"sources"}
    assert differing in failed["sources", expectation]


def test_every_check_says_why_it_stands_and_how_to_mend_it() -> None:
    for name in CHECKED:
        for check in CHECKS[name]:
            assert check.why and check.words and check.mend, check.title
            assert not check.why.endswith(".") and not check.mend.endswith("."), check.title  # `notes` joins the two


@pytest.mark.parametrize("table", CHECKED)
def test_no_two_checks_of_a_table_have_one_name_and_columns(table: str) -> None:
    titles = [check.title for check in CHECKS[table]]
    assert len(set(titles)) == len(titles)
