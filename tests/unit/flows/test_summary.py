import json
from pathlib import Path

from flows.errors import GateStopped
from flows.progress import fetching, show_queries, show_summary, shown
from flows.query import ask
from flows.summary import OUTCOME_WORDS, QUERIES, Summary, totals_of
from warehouse.database import building
from warehouse.tables import OUTCOMES


def summary(**changes: object) -> Summary:
    plain: dict[str, object] = {
        "run_id": "r",
        "status": "loaded",
        "pages": 5,
        "skipped": 0,
        "resumed": 0,
        "outcomes": {"kept": 3, "unreadable": 1},
        "checks": 10,
        "failed_checks": 0,
        "quarantined": 0,
        "stopped_by": (),
        "totals": {"documents": 4, "claims": 1234, "possible disputes": 0},
        "warehouse": Path("data/warehouse.duckdb"),
        "reports": (Path("data/reports/quality.html"),),
        "seconds": 12.34,
        "start_seconds": {"Prefect": 3.21},
        "step_seconds": {"plan": 0.04, "reading": 8.12, "check": 0.9},
    }
    return Summary(**{**plain, **changes})  # type: ignore[arg-type]


def words(of: Summary, label: str) -> str:
    return dict(of.lines())[label]


def test_pages_that_brought_nothing_new_are_counted_as_known():
    assert words(summary(), "Pages") == "5 found, 1 known"


def test_new_documents_are_listed_by_outcome_the_most_frequent_first():
    assert words(summary(), "New") == "3 kept, 1 unreadable"


def test_a_run_that_goes_on_from_another_says_so():
    assert words(summary(resumed=2), "New").endswith("; 2 of them read by a run that did not end")


def test_what_was_held_back_and_what_failed_is_told():
    gate = words(summary(failed_checks=2, quarantined=7), "Gate")
    assert gate == "2 of 10 checks failed, 7 rows are held back in `quarantine`"


def test_a_stopped_load_says_that_the_warehouse_stands():
    assert words(summary(status="stopped", stopped_by=("x",)), "Gate").startswith("STOPPED the load")


def test_a_part_that_was_stopped_leaves_what_was_loaded_before_and_what_comes_after():
    stopped = summary(status="stopped", stopped_by=("x",), pages=9, outcomes={"kept": 5}, loaded_before=2, left=3)
    assert words(stopped, "Gate").endswith("2 documents that were checked before these are loaded")
    assert words(stopped, "Pages") == "9 found, 1 known, 3 left for the next run"
    assert "the warehouse stands" not in str(GateStopped(stopped))


def test_an_unchanged_run_says_that_nothing_was_new():
    assert words(summary(status="unchanged", outcomes={}), "Gate") == "all 10 checks passed; nothing was new"
    assert "New" not in dict(summary(status="unchanged", outcomes={}).lines())


def test_time_is_named_step_by_step_and_start_up_part_by_part():
    lines = list(summary().lines())
    assert lines[-2:] == [("Time", "12.3 s: reading 8.1 s, check 0.9 s"), ("", "starts beside each other: Prefect 3.2 s")]


def test_numbers_of_nothing_are_left_out():
    assert ("", "4 documents, 1,234 claims") in summary().lines()


def test_every_outcome_has_words():
    assert set(OUTCOME_WORDS) == set(OUTCOMES)


def test_the_queries_to_try_can_be_asked(tmp_path):
    with building(tmp_path / "w.duckdb"):
        pass
    for sql in QUERIES:
        ask(tmp_path / "w.duckdb", sql)
    assert totals_of(tmp_path / "w.duckdb")["claims"] == 0


def test_the_summary_is_printed_line_by_line(capsys):
    show_summary(summary())
    assert "Gate       all 10 checks passed\n" in capsys.readouterr().out


def test_the_queries_lead_to_the_warehouse_that_was_named(capsys):
    show_queries({"--warehouse": Path("a b.duckdb"), "--config": None})
    assert capsys.readouterr().out.count("--warehouse 'a b.duckdb'") == 3


def test_away_from_a_terminal_progress_is_silent(capsys):
    with shown(4, lambda: (4, 1000)), fetching() as on_fetched:
        on_fetched(1, 2)
    assert capsys.readouterr().err == ""


def test_on_a_terminal_progress_tells_how_many_pages_of_how_many_came(capsys, monkeypatch):
    monkeypatch.setenv("FORCE_COLOR", "1")
    with fetching() as on_fetched:
        on_fetched(3, 7)
    assert "3/7" in capsys.readouterr().err


def test_the_summary_counts_how_requests_ended_and_why():
    lines = list(summary(fetched={"read": 3, "refused": 1}, reasons={"robots.txt disallows it": 1}, fetch_seconds=2.0).lines())
    assert ("Fetched", "3 pages came, 1 are not for us in 2.0 s") in lines
    assert ("", "1 × robots.txt disallows it") in lines


def test_pages_that_wait_for_the_next_run_are_told_of():
    told = [text for _, text in summary(fetched={"read": 3}, has_more=True).lines()]
    assert "more are due than `max_addresses` under [fetch]: the next run fetches them" in told


def test_as_json_the_summary_is_one_object_for_machines():
    told = json.loads(summary(fetched={"read": 3}).as_json())
    assert (told["status"], told["fetched"], told["warehouse"]) == ("loaded", {"read": 3}, "data/warehouse.duckdb")
