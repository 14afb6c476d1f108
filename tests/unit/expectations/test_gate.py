"""The gate as a whole: what it passes, what it holds back, what stops it, and what it writes down."""

import json
import subprocess
import sys
from collections.abc import Callable
from datetime import datetime

import polars as pl
import pytest

from expectations.gate import Verdict
from expectations.model import BY_NAME, Check
from expectations.row_checks import row_checks
from expectations.suites import build_suite
from warehouse.tables import QUALITY_RESULTS, QUARANTINE

Frames = dict[str, pl.DataFrame]
Gate = Callable[..., Verdict]
Broken = Callable[..., Frames]


def _held(verdict: Verdict) -> dict[tuple[str, str], str]:
    """Reasons by table and row key."""
    rows = verdict.quarantine.group_by("table_name", "row_key").agg(pl.col("reason").str.join("; "))
    return {(table, key): reason for table, key, reason in rows.iter_rows()}


def _failed(verdict: Verdict) -> set[tuple[str, str]]:
    failed = verdict.quality_results.filter(~pl.col("success"))
    return set(failed.select("table_name", "expectation").iter_rows())


def _only(frames: Frames, *tables: str) -> Frames:
    """Fewer tables where a test needs no more: each costs a tenth of a second."""
    return {name: frames[name] for name in ("sources", *tables)}


def _with_more_sources(frames: Frames, count: int) -> Frames:
    row = frames["sources"].row(0, named=True)
    more = pl.DataFrame([{**row, "source_id": f"x{number}"} for number in range(count)], frames["sources"].schema, orient="row")
    return {"sources": pl.concat([frames["sources"], more])}


def test_good_frames_pass_unchanged(frames: Frames, gate: Gate) -> None:
    verdict = gate(frames, pages=3)
    assert (verdict.passed, verdict.stopped_by, verdict.quarantined) == (True, (), 0)
    assert list(verdict.frames) == [name for name in BY_NAME if name in frames]
    for name, frame in frames.items():
        assert verdict.frames[name].equals(frame)
    assert _failed(verdict) == set()


def test_empty_frames_pass(frames: Frames, gate: Gate) -> None:
    verdict = gate({name: frame.clear() for name, frame in frames.items()}, pages=0)
    assert verdict.passed
    assert _failed(verdict) == set()


def test_no_frame_at_all_passes(gate: Gate) -> None:
    assert gate({}).passed


def test_the_same_frames_give_the_same_rows_of_the_declared_schema_with_unique_keys(
    frames: Frames, broken: Broken, gate: Gate
) -> None:
    frames = broken(frames, "claims", 0, text="made up", claim_type="rumour")
    verdict, again = gate(frames), gate(frames)
    for rows, same, table in (
        (verdict.quality_results, again.quality_results, QUALITY_RESULTS),
        (verdict.quarantine, again.quarantine, QUARANTINE),
    ):
        assert rows.equals(same)
        assert rows.schema == table.schema
        assert rows.select(table.key).is_unique().all()


def test_a_result_tells_how_many_rows_failed_and_which(frames: Frames, broken: Broken, gate: Gate) -> None:
    verdict = gate(_only(broken(frames, "sentences", 1, zone="footer"), "documents", "sentences"))
    of_zone = (pl.col("expectation") == "expect_column_values_to_be_in_set") & (pl.col("column_name") == "zone")
    result = verdict.quality_results.row(by_predicate=of_zone, named=True)
    assert (result["success"], result["unexpected_count"], result["unexpected_percent"]) == (False, 1, 25.0)
    assert json.loads(result["observed_value"]) == {"rows": 4, "failing_keys": ["s1"]}


def test_a_sentence_that_fails_takes_along_what_stands_in_it(frames: Frames, broken: Broken, gate: Gate) -> None:
    verdict = gate(broken(frames, "sentences", 1, zone="footer"))
    assert verdict.passed
    held = _held(verdict)
    assert set(held) == {
        ("sentences", "s1"), ("mentions", "m1"), ("mentions", "m2"), ("claims", "c1"), ("quantities", "n1"),
        ("time_expressions", "t1"), ("claim_entities", "c1/ada/speaker"), ("claim_entities", "c1/q5/subject"),
        ("claim_relations", "c1/c2/disputes"), ("claim_terms", "c1"),
    }  # fmt: skip
    assert held["sentences", "s1"].startswith("zone is ‘footer’, none of title, body")
    assert held["quantities", "n1"].startswith("sentence_id refers to sentences.sentence_id s1, which was held back: zone is ")
    assert "claims.claim_id c1" in held["claim_relations", "c1/c2/disputes"]
    assert verdict.frames["claims"]["claim_id"].to_list() == ["c2"]
    assert verdict.quarantined == len(held)


def test_an_entity_held_back_takes_along_what_needs_it_and_empties_what_may_do_without(
    frames: Frames, broken: Broken, gate: Gate
) -> None:
    verdict = gate(broken(frames, "entities", 0, type="ROBOT"))
    assert verdict.passed
    assert set(_held(verdict)) == {("entities", "ada"), ("entity_aliases", "ada/Byron"), ("claim_entities", "c1/ada/speaker")}
    claim = verdict.frames["claims"].row(0, named=True)
    assert (claim["speaker"], claim["speaker_id"], claim["subject_id"]) == ("Ada Byron", None, "q5")
    assert verdict.frames["mentions"]["entity_id"].to_list() == [None, None]
    emptied = {table for table, expectation in _failed(verdict) if expectation == "expect_optional_references_to_survive"}
    assert emptied == {"claims", "mentions"}


def test_a_figure_outlives_the_claim_that_held_it(frames: Frames, broken: Broken, gate: Gate) -> None:
    verdict = gate(broken(frames, "claims", 0, claim_type="rumour"))
    assert verdict.frames["quantities"].select("quantity_id", "claim_id").row(0) == ("n1", None)


def test_a_duplicate_follows_its_original(frames: Frames, broken: Broken, gate: Gate) -> None:
    frames = _only(broken(frames, "documents", 0, url=None), "documents", "sentences", "document_relations")
    verdict = gate(frames)
    held = _held(verdict)
    assert held["documents", "d2"] == "duplicate_of refers to documents.document_id d1, which was held back: url is missing"
    assert ("document_relations", "d2/d1/copy") in held
    assert verdict.passed  # four rows followed one: only the one counts into the share held back


def test_an_info_check_holds_no_row_back(frames: Frames, broken: Broken, gate: Gate) -> None:
    verdict = gate(_only(broken(frames, "documents", 1, outcome_reason=None), "documents"))
    assert _failed(verdict) == {("documents", "expect_outcome_to_have_a_reason")}
    assert (verdict.passed, verdict.quarantined) == (True, 0)


def test_a_reference_to_a_loaded_row_holds(frames: Frames, broken: Broken, gate: Gate) -> None:
    frames = _only(broken(frames, "claim_relations", 0, other_claim_id="c9"), "claim_relations")
    without, beside = pl.Series(["c1", "c8"]), pl.Series(["c1", "c9"])
    assert set(_held(gate(frames, known={"claims.claim_id": without}))) == {("claim_relations", "c1/c9/disputes")}
    assert _held(gate(frames, known={"claims.claim_id": beside})) == {}


def test_a_loaded_row_of_a_table_that_is_replaced_is_nothing_to_refer_to(frames: Frames, broken: Broken, gate: Gate) -> None:
    frames = _only(broken(frames, "mentions", 0, entity_id="gone"), "documents", "sentences", "entities", "mentions")
    assert ("mentions", "m1") in _held(gate(frames, known={"entities.entity_id": pl.Series(["gone"])}))


def test_a_span_into_a_loaded_document_is_checked_against_its_text(frames: Frames, gate: Gate) -> None:
    sentence = frames["sentences"].head(1).with_columns(document_id=pl.lit("old"))
    known = {"documents.document_id": pl.Series(["old"])}
    texts = pl.DataFrame({"document_id": ["old"], "text": frames["documents"]["text"].head(1)})
    assert gate({"sentences": sentence}, known=known, texts=texts).quarantined == 0
    assert gate({"sentences": sentence}, known=known).quarantined == 1


def test_odd_values_end_in_json(frames: Frames, broken: Broken, gate: Gate) -> None:
    odd = 'a "quoted" \\ line\nbreak, \x00, 👾, \u202e, {braces}, </script>'
    frames = broken(frames, "quantities", 0, value=float("nan"), upper_value=float("-inf"), unit=odd)
    at = datetime(2026, 1, 2, 3, 4, 5, 6)
    frames = broken(frames, "documents", 2, authors=["A", None, odd], published_at=at, outcome=odd)
    frames = _only(frames, "documents", "sentences", "quantities")
    rows = dict(gate(frames, max_quarantined_percent=100).quarantine.select("row_key", "row").iter_rows())
    quantity, document = json.loads(rows["n1"]), json.loads(rows["d3"])
    assert (quantity["value"], quantity["upper_value"], quantity["unit"], quantity["claim_id"]) == ("nan", "-inf", odd, "c1")
    assert (document["authors"], document["text"]) == (["A", None, odd], None)
    assert document["published_at"] == at.isoformat() == "2026-01-02T03:04:05.000006"


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ({"page_id": "page-d1"}, "expect_page_to_have_one_current_revision(page_id, is_current) fails in 2 of 3 rows"),
        ({"document_id": "d1"}, "expect_key_to_be_unique(document_id) fails in 2 of 3 rows, such as row d1#0: another row"),
        ({"document_id": None}, "expect_column_values_to_not_be_null(document_id) fails in 1 of 3 rows, such as row NULL#"),
    ],
)
def test_a_broken_key_stops_the_load_and_says_where(
    row: dict[str, object], words: str, frames: Frames, broken: Broken, gate: Gate
) -> None:
    verdict = gate(_only(broken(frames, "documents", 1, **row), "documents"), max_quarantined_percent=100)
    assert not verdict.passed
    assert verdict.frames == {}
    assert any(stop.startswith(f"documents: {words}") for stop in verdict.stopped_by)
    assert all("To mend it, " in stop for stop in verdict.stopped_by)


def test_another_shape_stops_the_load_before_any_row_is_looked_at(frames: Frames, gate: Gate) -> None:
    [stop] = (verdict := gate({**frames, "claims": frames["claims"].drop("cluster_id")})).stopped_by
    assert "where cluster_id is declared" in stop
    assert verdict.quality_results["expectation"].n_unique() == 2
    assert (verdict.frames, verdict.quarantined) == ({}, 0)


def test_a_page_without_an_outcome_stops_the_load(frames: Frames, gate: Gate) -> None:
    [stop] = gate(_only(frames, "documents"), pages=4).stopped_by
    assert '"pages": 4, "documents": 3, "outcomes": {"duplicate": 1, "kept": 1, "unreadable": 1}' in stop


def test_too_large_a_share_of_failing_rows_stops_the_load(frames: Frames, broken: Broken, gate: Gate) -> None:
    frames = _with_more_sources(frames, 39)
    two_of_forty = broken(broken(frames, "sources", 4, kind="?", location=None), "sources", 5, kind="?")
    assert gate(two_of_forty, max_quarantined_percent=5).passed
    [stop] = gate(two_of_forty, max_quarantined_percent=4.9).stopped_by
    assert stop.startswith('sources: expect_quarantined_share_to_stay_low fails, with {"rows": 40, "held": 2, "allowed": 1}')
    assert "max_quarantined_percent under [gate] in claimhouse.toml" in stop


def test_a_stopped_load_keeps_a_sample_of_the_rows_and_counts_them_all(frames: Frames, gate: Gate) -> None:
    sources = _with_more_sources(frames, 149)["sources"].with_columns(kind=pl.lit("?"), location=pl.lit(None, pl.String))
    verdict = gate({"sources": sources})
    assert verdict.quarantined == 100
    assert verdict.quarantine["expectation"].value_counts()["count"].to_list() == [100, 100]
    assert verdict.quality_results["unexpected_count"].max() == 150


def test_one_odd_row_among_few_stops_nothing_unless_none_is_allowed(frames: Frames, broken: Broken, gate: Gate) -> None:
    frames = broken(_with_more_sources(frames, 1), "sources", 0, kind="?")
    assert gate(frames, max_quarantined_percent=5).passed
    assert not gate(frames, max_quarantined_percent=0).passed


def test_a_loaded_row_that_would_lose_its_entity_stops_the_load(frames: Frames, gate: Gate) -> None:
    frames = _only(frames, "entities")
    assert gate(frames, known={"mentions.entity_id": pl.Series(["q5", None])}).passed
    [stop] = gate(frames, known={"mentions.entity_id": pl.Series(["old", "q5", None])}).stopped_by
    assert stop.startswith("entities: expect_loaded_rows_to_keep_what_they_refer_to(mentions.entity_id) fails")
    assert '{"lost": 1, "such_as": ["old"]}' in stop


def test_a_check_that_cannot_be_carried_out_stops_the_load(frames: Frames, gate: Gate, monkeypatch: pytest.MonkeyPatch) -> None:
    rule = {"rule": "ExpectColumnValuesToBeBetween", "arguments": {"min_value": 3}}
    odd = Check(name="expect_odd", columns=("kind",), severity="info", why="Why", mend="mend", **rule)
    monkeypatch.setattr("expectations.row_checks.ACROSS", {"sources": (odd,)})
    [stop] = gate({"sources": frames["sources"]}).stopped_by
    assert stop.startswith("sources: expect_odd(kind) could not be judged: ")


def test_a_frame_of_no_declared_table_is_refused(frames: Frames, gate: Gate) -> None:
    with pytest.raises(ValueError, match="cluster_moves: no such table"):
        gate({**frames, "cluster_moves": pl.DataFrame()})


def test_the_suite_carries_severity_and_notes_of_every_check() -> None:
    checks = row_checks(BY_NAME["claims"])
    suite = build_suite("claims", enumerate(checks))
    assert [str(expectation.severity.value) for expectation in suite.expectations] == [check.severity for check in checks]
    assert all("; when it fails, " in expectation.notes for expectation in suite.expectations)


def test_the_gate_needs_no_great_expectations_until_it_judges() -> None:
    code = "import sys, expectations.gate; sys.exit('great_expectations' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
