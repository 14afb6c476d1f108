"""What the parts of a run come to is told as what one run came to."""

import json
from datetime import datetime

import polars as pl

from expectations.gate import Verdict
from expectations.suites import MOST_NAMED
from flows.news import Settled
from flows.told import Told
from warehouse.tables import CLAIMS, DOCUMENTS, QUALITY_RESULTS, QUARANTINE

AT = datetime(2026, 3, 1)


def result(name: str, *, success: bool = True, failed: int | None = None, source: str | None = None, **observed: object):
    return {
        "run_id": "r", "table_name": "documents", "expectation": name, "severity": "warning", "success": success,
        "observed_value": json.dumps(observed), "unexpected_count": failed, "unexpected_percent": None, "checked_at": AT,
        "source_id": source,
    }  # fmt: skip


def part(*results: dict[str, object], documents: int = 1, outcome: str = "kept", stopped_by: tuple[str, ...] = ()):
    rows = [{"document_id": f"{outcome} {number}", "outcome": outcome, "word_count": 10} for number in range(documents)]
    frames = {"documents": DOCUMENTS.frame(rows), "claims": CLAIMS.frame([{"claim_id": "c"}])}
    verdict = Verdict({} if stopped_by else frames, QUALITY_RESULTS.frame(list(results)), QUARANTINE.frame(), stopped_by)
    return Settled(frames, {}), verdict


def told(*parts: tuple[Settled, Verdict]) -> Told:
    found = Told(run_id="r")
    for settled, verdict in parts:
        found = found.with_part(settled, verdict)
    return found


def observed(found: Told, name: str) -> dict[str, object]:
    [text] = found.quality_results.filter(pl.col("expectation") == name)["observed_value"]
    return json.loads(text)


def test_counts_are_added_up():
    found = told(part(documents=2), part(documents=3, outcome="too_short"))
    assert found.counts() == {"documents": 5, "claims": 2, "quarantined": 0, "words": 50}
    assert found.outcomes == {"kept": 2, "too_short": 3}
    assert found.loaded.len() == 5
    assert found.status == "loaded"


def test_a_run_without_anything_new_is_unchanged():
    assert told(part(documents=0)).status == "unchanged"


def test_a_check_of_two_parts_is_one_with_the_rows_of_both():
    found = told(part(result("expect", failed=1, rows=4)), part(result("expect", failed=0, rows=6)))
    [row] = found.quality_results.rows(named=True)
    assert (row["unexpected_count"], row["unexpected_percent"], row["success"]) == (1, 10.0, True)
    assert observed(found, "expect") == {"rows": 10}


def test_what_failed_in_one_part_has_failed_and_is_what_is_told():
    ends_well = result("expect", failed=0, rows=6)
    failed = result("expect", success=False, failed=2, rows=4, failing_keys=["a", "b"])
    for parts in ((part(failed), part(ends_well)), (part(ends_well), part(failed))):
        found = told(*parts)
        assert found.quality_results["success"].to_list() == [False]
        assert observed(found, "expect") == {"rows": 10, "failing_keys": ["a", "b"]}


def test_rows_that_failed_are_named_of_all_parts_and_no_more_than_of_one():
    first, second = (
        part(result("expect", failed=3, rows=9, failing_keys=[f"{name}{number}" for number in range(3)])) for name in "ab"
    )
    keys = observed(told(first, second), "expect")["failing_keys"]
    assert len(keys) == MOST_NAMED
    assert {key[0] for key in keys} == {"a", "b"}


def test_a_check_without_rows_has_none_in_the_sum():
    found = told(part(result("expect")), part(result("expect")))
    assert found.quality_results["unexpected_count"].to_list() == [None]


def test_outcomes_of_all_parts_are_counted():
    first, second = ({"pages": 2, "documents": 2, "outcomes": outcomes} for outcomes in ({"kept": 2}, {"gone": 1, "kept": 1}))
    found = told(part(result("outcomes", **first)), part(result("outcomes", **second)))
    assert observed(found, "outcomes") == {"pages": 4, "documents": 4, "outcomes": {"gone": 1, "kept": 3}}


def test_of_a_source_the_last_part_speaks_as_it_knows_those_before():
    found = told(
        part(result("silent", success=False, source="s", days=20), result("silent", source="t")),
        part(result("silent", source="s", days=0)),
    )
    assert found.quality_results.sort("source_id")["success"].to_list() == [True, True]


def test_a_part_that_was_stopped_loads_nothing():
    found = told(part(stopped_by=("x",)))
    assert (found.status, found.documents, found.outcomes) == ("stopped", 0, {"kept": 1})
