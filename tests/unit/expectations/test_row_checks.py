"""Every check of every table fails on a row that breaks it, and on no row of a run in which everything holds."""

from collections.abc import Callable

import polars as pl
import pytest

from expectations.model import BY_NAME, Check, World
from expectations.row_checks import row_checks
from expectations.suites import Finding, Judge, judge_rows, judge_shape
from tests.unit.expectations.conftest import NOW
from tests.unit.expectations.row_cases import ACROSS_COLUMNS, OF_SEVERAL_ROWS, Case

Frames = dict[str, pl.DataFrame]
Broken = Callable[..., Frames]
Judged = Callable[[Frames, str, list[Check]], list[Finding]]

CHECKED = list(BY_NAME)
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
    *ACROSS_COLUMNS,
]


@pytest.fixture
def frames(frames: Frames, told: Frames) -> Frames:
    """Those of the run, and what it tells of itself."""
    return {**frames, **told}


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
    tested = {(table, title) for table, title, *_ in CASES} | keys | OF_SEVERAL_ROWS
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


@pytest.mark.parametrize(("words", "failing"), [
    ({6: 50}, set()), ({7: 50}, {"fit_length"}), ({7: 49}, set()), ({0: 150}, {"make_claims"}), ({0: 149}, set()),
])  # fmt: skip
def test_an_article_makes_some_claims_and_no_more_than_it_has_room_for(
    words: dict[int, int], failing: set[str], frames: Frames, broken: Broken, judged: Judged
) -> None:
    [(claims, length)] = words.items()
    rows = [{**frames["claims"].row(1, named=True), "claim_id": f"c{number}"} for number in range(claims)]
    made = {**broken(frames, "documents", 0, word_count=length), "claims": BY_NAME["claims"].frame(rows)}
    titles = {"fit_length": "expect_claims_to_fit_length", "make_claims": "expect_article_to_make_claims"}
    checks = [_check("documents", f"{title}(document_id, word_count)") for title in titles.values()]
    found = judged(made, "documents", checks)
    assert {name for name, finding in zip(titles, found, strict=True) if not finding.success} == failing


def test_a_pair_that_says_the_same_and_disputes_fails_twice(frames: Frames, judged: Judged) -> None:
    pairs = pl.concat([frames["claim_relations"], frames["claim_relations"].with_columns(relation=pl.lit("same"))])
    check = _check("claim_relations", "expect_pair_to_be_judged_once(claim_id, other_claim_id)")
    [finding] = judged({**frames, "claim_relations": pairs}, "claim_relations", [check])
    assert finding.failed == (0, 1)


@pytest.mark.parametrize(("page", "fails"), [("page-d1", True), ("another", False)])
def test_a_pair_of_claims_is_of_two_pages_or_of_one_document(
    page: str, fails: bool, frames: Frames, broken: Broken, judged: Judged
) -> None:
    in_two = broken(broken(frames, "claims", 1, document_id="d2"), "documents", 1, page_id=page)
    check = _check("claim_relations", "expect_pair_not_to_be_of_two_revisions(claim_id, other_claim_id)")
    [here] = judged(frames, "claim_relations", [check])
    [finding] = judged(in_two, "claim_relations", [check])
    assert (here.judged, finding.judged, not finding.success) == (1, 1, fails)


@pytest.mark.parametrize("title", [
    "documents.expect_kept_document_to_have_sentences(document_id, outcome)",
    "documents.expect_sentences_to_cover_text(document_id, text_chars)",
    "documents.expect_article_to_have_keys(document_id, outcome)",
    "documents.expect_claims_to_fit_length(document_id, word_count)",
    "entities.expect_entity_to_have_a_form(entity_id)",
    "entities.expect_counts_to_agree_with_mentions(entity_id, mention_count, document_count)",
    "claim_clusters.expect_counts_to_agree_with_claims(cluster_id, claim_count, speaker_count)",
    "claims.expect_entity_of_claim_to_be_linked(claim_id, speaker_id)",
    "claims.expect_claim_to_have_terms(claim_id)",
    "claim_relations.expect_pair_not_to_be_of_two_revisions(claim_id, other_claim_id)",
    "document_relations.expect_relation_to_fit_pages(document_id, other_document_id, relation)",
])  # fmt: skip
def test_what_stands_in_tables_that_are_not_at_hand_is_not_judged(title: str, frames: Frames, judged: Judged) -> None:
    table, _, name = title.partition(".")
    [finding] = judged({table: frames[table]}, table, [_check(table, name)])
    assert (finding.success, finding.judged) == (True, 0)


@pytest.mark.parametrize(("known", "count", "fails"), [([], 5, True), (["c1"], 5, False), (["c1"], 0, True)])
def test_where_loaded_claims_say_the_same_a_count_is_at_least_that_of_the_new_ones(  # noqa: PLR0913, PLR0917
    known: list[str], count: int, fails: bool, frames: Frames, broken: Broken, judge: Judge
) -> None:
    more = broken(frames, "claim_clusters", 0, claim_count=count)
    world = World(more, {"claims.cluster_id": pl.Series(known, dtype=pl.String)}, None, NOW)
    check = _check("claim_clusters", "expect_counts_to_agree_with_claims(cluster_id, claim_count, speaker_count)")
    [finding] = judge_rows(judge, BY_NAME["claim_clusters"], more["claim_clusters"], [check], world)
    assert (not finding.success) == fails


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
