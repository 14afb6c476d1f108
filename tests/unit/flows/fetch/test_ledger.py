import sqlite3
import subprocess
import sys
import time
import tracemalloc
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock

from flows.errors import Busy, WrongUse
from flows.fetch import ledger_schema
from flows.fetch.archive import Archive, archive_files
from flows.fetch.ledger import Due, Ledger
from flows.fetch.model import Capture, Entry, Fetched, Place, Validators
from flows.fetch.sources import Looked
from transforms.given import hash_of_page

NOON = datetime(2026, 3, 1, 12)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
A, B, C = (f"https://paper.example/{name}" for name in "abc")


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with Ledger(tmp_path / "ledger.sqlite3") as opened:
        yield opened


def fetched(address: str = A, at: datetime = NOON, content: bytes = b"first", **changes: Any) -> Fetched:
    return replace(Fetched(address, address, "read", at, 200, body=content, content=content), **changes)


def ended(state: str, address: str = A, at: datetime = NOON, *, is_passing: bool = False) -> Fetched:
    return Fetched(address, address, state, at, problem=f"it is {state}", is_passing=is_passing)  # type: ignore[arg-type]


def due(ledger: Ledger, at: datetime = NOON, *sources: str, **changes: Any) -> list[str]:
    asked = {"recheck_hours": 24, "recheck_days": 7, "most": 100, **changes}
    return [one.address for one in ledger.due(sources or ["feed"], at=at, **asked)]


def add(ledger: Ledger, *addresses: str, changed_at: datetime | None = None, source: str = "feed") -> int:
    return ledger.add(source, [Entry(address, None, changed_at) for address in addresses], seen_at=NOON)


def captures(ledger: Ledger, sources: list[str] | None = None, **changes: Any) -> list[Capture]:
    return list(ledger.captures(sources, **changes))


def test_an_address_is_new_once_and_belongs_to_all_who_name_it(ledger: Ledger) -> None:
    assert add(ledger, A, B, A) == 2
    assert add(ledger, B, C, source="other") == 1
    assert due(ledger, NOON, "feed") == [A, B]
    assert due(ledger, NOON, "other") == [B, C]
    assert ledger.due(["other", "feed"], at=NOON, recheck_hours=1, recheck_days=1, most=1) == [Due(A, "feed")]
    assert due(ledger, NOON, "nobody") == []


def test_forms_of_one_page_are_fetched_once_in_the_form_that_was_named_first(ledger: Ledger) -> None:
    assert add(ledger, "https://m.paper.example/a?amp=1", "http://www.paper.example/a/") == 1
    assert add(ledger, A, source="other") == 0
    assert due(ledger, NOON, "feed", "other") == ["https://m.paper.example/a?amp=1"]
    ledger.record(fetched(A), None, "feed")
    assert due(ledger, NOON, "feed", "other") == []


def test_never_fetched_come_first_with_the_newest(ledger: Ledger) -> None:
    ledger.record(fetched(A, NOON - 9 * DAY), None, "feed")
    add(ledger, "https://paper.example/undated")
    for address, day in ((A, 1), (B, 3), (C, 2)):
        add(ledger, address, changed_at=NOON - day * DAY)
    assert due(ledger) == [C, B, "https://paper.example/undated", A]


def test_hosts_take_turns(ledger: Ledger) -> None:
    many = [f"https://many.example/{number}" for number in range(5)]
    add(ledger, *many, "https://few.example/1", "https://lone.example/1")
    assert due(ledger)[:4] == [many[0], "https://few.example/1", "https://lone.example/1", many[1]]
    assert due(ledger, most=2) == [many[0], "https://few.example/1"]


def test_only_what_a_source_dates_in_the_period_is_due(ledger: Ledger) -> None:
    add(ledger, A, changed_at=NOON)
    add(ledger, B, changed_at=NOON + DAY)
    add(ledger, C)
    assert due(ledger, since=NOON, until=NOON + DAY) == [A]
    assert due(ledger, since=NOON + DAY) == [B]


def test_a_page_is_looked_at_again_while_it_is_young(ledger: Ledger) -> None:
    ledger.record(fetched(headers=(("etag", '"1"'), ("Last-Modified", "Sun"))), None, "feed")
    assert due(ledger, NOON + 23 * HOUR) == []
    [again] = ledger.due(["feed"], at=NOON + 25 * HOUR, recheck_hours=24, recheck_days=7, most=9)
    assert again == Due(A, "feed", Validators('"1"', "Sun"), hash_of_page(b"first"))
    ledger.record(ended("unchanged", at=NOON + 25 * HOUR), None, "feed")
    assert due(ledger, NOON + 26 * HOUR) == []
    assert ledger.due(["feed"], at=NOON + 50 * HOUR, recheck_hours=24, recheck_days=7, most=9)[0].known.etag == '"1"'
    assert due(ledger, NOON + 8 * DAY) == []


def test_what_a_source_says_has_changed_is_due_once(ledger: Ledger) -> None:
    ledger.record(fetched(), None, "feed")
    add(ledger, A, changed_at=NOON - HOUR)
    assert due(ledger, NOON + HOUR) == []
    add(ledger, A, changed_at=NOON + HOUR)
    assert due(ledger, NOON + 2 * HOUR) == [A]
    ledger.record(fetched(at=NOON + 2 * HOUR, content=b"second"), None, "feed")
    assert due(ledger, NOON + 3 * HOUR) == []
    add(ledger, A, changed_at=NOON)
    assert due(ledger, NOON + 3 * HOUR) == []


def test_a_date_in_the_future_is_no_endless_change(ledger: Ledger) -> None:
    add(ledger, A, changed_at=NOON + 300 * DAY)
    ledger.record(fetched(), None, "feed")
    add(ledger, A, changed_at=NOON + 300 * DAY)
    assert due(ledger, NOON + HOUR) == []


def test_who_always_claims_a_change_is_believed_ever_less(ledger: Ledger) -> None:
    ledger.record(fetched(), None, "feed")
    looks = 0
    for hour in range(1, 100):
        at = NOON + hour * HOUR
        add(ledger, A, changed_at=at)
        for address in due(ledger, at, recheck_hours=1000):
            ledger.record(fetched(address, at), None, "feed")
            looks += 1
    assert looks == 6  # after 1, 2, 4, … hours
    add(ledger, A, changed_at=NOON + 900 * HOUR)
    ledger.record(fetched(at=NOON + 900 * HOUR, content=b"second"), None, "feed")
    add(ledger, A, changed_at=NOON + 901 * HOUR)
    assert due(ledger, NOON + 901 * HOUR) == [A]


def test_a_fault_that_passes_is_tried_again_ever_later(ledger: Ledger) -> None:
    at, waits = NOON, []
    for _ in range(10):
        ledger.record(ended("failed", at=at, is_passing=True), None, "feed")
        hours = next(hours for hours in range(1, 1000) if due(ledger, at + hours * HOUR))
        waits.append(hours)
        at += hours * HOUR
    assert waits == [1, 2, 4, 8, 16, 32, 64, 128, 168, 168]
    ledger.record(fetched(at=at), None, "feed")
    ledger.record(ended("failed", at=at, is_passing=True), None, "feed")
    assert due(ledger, at + HOUR) == [A]


@pytest.mark.parametrize("state", ["refused", "failed"])
def test_what_was_refused_is_tried_again_after_a_week(ledger: Ledger, state: str) -> None:
    ledger.record(ended(state), None, "feed")
    assert due(ledger, NOON + 6 * DAY) == []
    assert due(ledger, NOON + 7 * DAY) == [A]


def test_what_is_gone_is_asked_for_when_a_source_names_a_newer_change(ledger: Ledger) -> None:
    add(ledger, A, changed_at=NOON)
    ledger.record(ended("gone"), None, "feed")
    add(ledger, A, changed_at=NOON)
    assert due(ledger, NOON + 400 * DAY) == []
    add(ledger, A, changed_at=NOON + DAY)
    assert due(ledger, NOON + 2 * DAY) == [A]


def test_a_clock_that_was_ahead_keeps_nothing_waiting(ledger: Ledger) -> None:
    ledger.record(fetched(A, NOON + 9000 * DAY), None, "feed")
    ledger.record(ended("failed", B, NOON + 9000 * DAY, is_passing=True), None, "feed")
    assert due(ledger) == [B, A]


def test_a_page_that_was_looked_at_by_a_clock_that_was_ahead_is_looked_at_again_however_old_it_is(ledger: Ledger) -> None:
    add(ledger, A, changed_at=NOON)
    ledger.record(fetched(A, NOON), Place("one", 1), "feed")
    ledger.record(fetched(A, NOON + 400 * DAY), None, "feed")
    add(ledger, A, changed_at=NOON + 20 * DAY)
    assert due(ledger, NOON + 30 * DAY) == [A]
    ledger.record(fetched(A, NOON + 30 * DAY), None, "feed")
    assert due(ledger, NOON + 31 * DAY) == []


def test_boundless_settings_are_no_error(ledger: Ledger) -> None:
    ledger.record(fetched(), None, "feed")
    assert due(ledger, NOON + HOUR, recheck_hours=0, recheck_days=1e9) == [A]
    assert due(ledger, NOON + HOUR, recheck_hours=1e12) == []


def test_the_same_content_again_is_no_new_capture(ledger: Ledger) -> None:
    ledger.record(fetched(), Place("one", 1), "feed")
    assert ledger.is_known(A, hash_of_page(b"first"))
    assert not ledger.is_known(A, hash_of_page(b"second"))
    assert not ledger.is_known(B, hash_of_page(b"first"))
    ledger.record(fetched(at=NOON + DAY), None, "feed")
    ledger.record(fetched(at=NOON + 2 * DAY, content=b"second"), Place("one", 2), "feed")
    ledger.record(fetched(at=NOON + 3 * DAY), Place("one", 3), "feed")
    assert [(one.place, one.fetched_at) for one in captures(ledger, every=True)] == [
        (Place("one", 1), NOON), (Place("one", 2), NOON + 2 * DAY), (Place("one", 3), NOON + 3 * DAY)
    ]  # fmt: skip
    assert captures(ledger) == [Capture(A, A, "feed", NOON + 3 * DAY, "read", Place("one", 3), hash_of_page(b"first"), 5)]


def test_two_addresses_that_lead_to_one_page_are_one_capture(ledger: Ledger) -> None:
    add(ledger, A)
    add(ledger, B, source="other")
    ledger.record(fetched(A), Place("one", 1), "feed")
    assert ledger.is_known(B, hash_of_page(b"first"), A)
    assert not ledger.is_known(B, hash_of_page(b"other"), A)
    ledger.record(fetched(B, url=A), None, "other")
    ledger.record(fetched(C, url=A, content=b"other"), None, "feed")
    assert [one.address for one in captures(ledger)] == [A, C]
    assert not ledger.is_known(C, hash_of_page(b"first"), A)  # it has a page of its own
    ledger.record(fetched(B, NOON + HOUR, url=A), None, "other")
    ledger.record(fetched(C, NOON + HOUR, url=A), None, "feed")
    assert [(one.address, one.raw_hash) for one in captures(ledger)] == [
        (A, hash_of_page(b"first")),
        (C, hash_of_page(b"first")),
    ]
    assert [(one.address, one.source_id) for one in captures(ledger, ["other"])] == [(A, "other")]
    assert due(ledger, NOON + 2 * DAY, "feed", "other") == [A, C]
    add(ledger, B, source="third")
    assert [one.address for one in captures(ledger, ["third"])] == [A]
    assert ledger.is_known(B, hash_of_page(b"first"))
    ledger.record(fetched(B, NOON + DAY, b"its own"), None, "other")
    assert [one.address for one in captures(ledger)] == [A, B, C]


def test_pages_that_could_not_be_had_are_listed_with_the_reason(ledger: Ledger) -> None:
    ledger.record(ended("refused", B), None, "feed")
    ledger.record(ended("failed", A), None, "feed")
    add(ledger, C)
    assert [(one.address, one.state, one.problem, one.place) for one in captures(ledger)] == [
        (A, "failed", "it is failed", None),
        (B, "refused", "it is refused", None),
    ]


def test_a_page_that_was_read_once_outlives_failing_and_tells_that_it_is_gone(ledger: Ledger) -> None:
    for address, state in ((A, "failed"), (B, "gone"), (C, "refused")):
        ledger.record(fetched(address, content=address.encode()), Place("one", 1), "feed")
        ledger.record(ended(state, address, NOON + DAY), None, "feed")
    assert [(one.address, one.state) for one in captures(ledger)] == [(A, "read"), (B, "gone"), (C, "read")]
    assert [(one.address, one.state) for one in captures(ledger, every=True)] == [
        (A, "read"), (B, "read"), (B, "gone"), (C, "read")
    ]  # fmt: skip
    ledger.record(fetched(B, NOON + 2 * DAY, B.encode()), Place("one", 9), "feed")
    assert [one.state for one in captures(ledger)] == ["read"] * 3


def test_captures_are_those_of_the_sources_and_the_period(ledger: Ledger) -> None:
    add(ledger, A, changed_at=NOON - 9 * DAY)
    ledger.record(fetched(A), None, "feed")
    ledger.record(fetched(B, content=b"b"), None, "other")
    assert [one.address for one in captures(ledger, ["other"])] == [B]
    assert [one.address for one in captures(ledger, since=NOON - 9 * DAY, until=NOON)] == [A]
    assert [one.address for one in captures(ledger, since=NOON)] == [B]
    assert captures(ledger, []) == []


def test_what_was_written_is_there_when_the_ledger_is_opened_again(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "ledger.sqlite3"
    with Ledger(path) as ledger:
        ledger.record(fetched(), Place("one", 1), "feed")
        with Ledger(path) as reader:
            assert captures(reader) == []
        ledger.commit()
        with Ledger(path) as reader:
            assert len(captures(reader)) == 1


def test_sources_are_known_with_what_they_last_said(ledger: Ledger) -> None:
    assert ledger.source_row("feed") is None
    looked = Looked("read", "https://paper.example/feed", "feed", "Paper", 2, 0, Validators('"1"', "Sun"))
    add(ledger, A, B)
    ledger.note_source("feed", looked, at=NOON, new=2)
    ledger.note_source("feed", replace(looked, state="unchanged", named=0), at=NOON + HOUR, new=0)
    failed = Looked("failed", "https://paper.example/feed", problem="no answer")
    ledger.note_source("feed", failed, at=NOON + DAY, new=0)
    row = ledger.source_row("feed")
    assert row is not None
    assert (row.kind, row.title, row.state, row.problem, row.named) == ("feed", "Paper", "failed", "no answer", 2)
    assert (row.looked_at, row.read_at, row.new_at) == (NOON + DAY, NOON + HOUR, NOON)
    assert (row.validators, row.addresses) == (Validators('"1"', "Sun"), 2)
    ledger.note_source("feed", replace(looked, problem="one of its sitemaps failed"), at=NOON + 2 * DAY, new=0)
    assert [one.read_at for one in ledger.source_rows()] == [NOON + HOUR]


def test_what_was_archived_and_not_written_down_is_taken_in(tmp_path: Path) -> None:
    with Archive(tmp_path) as archive, Ledger(tmp_path / "ledger.sqlite3") as ledger:
        ledger.record(fetched(A), archive.write(fetched(A), "feed"), "feed")
        ledger.commit()
        lost = [archive.write(fetched(address, NOON + HOUR, address.encode()), "feed") for address in (B, C)]
        assert ledger.recover(archive) == 2
        assert ledger.recover(archive) == 0
        assert [one.place for one in captures(ledger)][1:] == lost
        assert due(ledger, NOON + HOUR) == []


def test_a_ledger_that_was_open_before_takes_nothing_in_twice(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite3"
    with Archive(tmp_path) as archive, Ledger(path) as early:
        with Ledger(path) as ledger:
            for page in (fetched(A), fetched(A, NOON + HOUR, b"second")):
                ledger.record(page, archive.write(page, "feed"), "feed")
        assert early.rebuild(tmp_path) == 0
        assert len(captures(early, every=True)) == 2


def test_the_ledger_is_made_anew_from_the_files_alone(tmp_path: Path) -> None:
    pages = [fetched(A), fetched(B, content=b"b"), fetched(A, NOON + DAY, b"second"), fetched(C, NOON + DAY, b"b", url=B)]
    with Archive(tmp_path) as archive, Ledger(tmp_path / "one.sqlite3") as ledger:
        archive.name_source("feed", kind="sitemap", location="https://paper.example/sitemap.xml")
        for page in pages:
            ledger.record(page, archive.write(page, "feed"), "feed")
        gone = ended("gone", B, NOON + 2 * DAY)
        ledger.record(gone, archive.write(gone, "feed"), "feed")
        before = captures(ledger, every=True)
    with Ledger(tmp_path / "two.sqlite3") as ledger:
        assert ledger.rebuild(tmp_path) == 5
        assert captures(ledger, every=True) == before
        row = ledger.source_row("feed")
        assert row is not None
        assert (row.kind, row.location, row.addresses) == ("sitemap", "https://paper.example/sitemap.xml", 3)
        assert ledger.rebuild(tmp_path) == 0


def test_a_retired_page_stays_known_and_has_no_place(tmp_path: Path) -> None:
    with Ledger(tmp_path / "ledger.sqlite3") as ledger:
        with Archive(tmp_path) as archive:
            ledger.record(fetched(), archive.write(fetched(), "feed"), "feed")
        with Archive(tmp_path) as archive:
            assert archive.retire(NOON + DAY) == 1
            ledger.recover(archive)
            assert [one.place for one in captures(ledger)] == [None]
            assert ledger.is_known(A, hash_of_page(b"first"))
            assert archive_files(tmp_path) == []
            place = archive.write(fetched(at=NOON + DAY), "feed")
            ledger.record(fetched(at=NOON + DAY), place, "feed")
            assert [one.place for one in captures(ledger, every=True)] == [place]


@pytest.mark.parametrize("text", ["\ud800", "\0", "a\r\nb", "x" * 1_000_000, "'; DROP TABLE addresses; --", "[", ""])
def test_hostile_texts_are_kept_as_texts(ledger: Ledger, text: str) -> None:
    address = f"https://[{text}"
    assert ledger.add(text, [Entry(address, text)], seen_at=NOON) == 1
    ledger.record(fetched(address, url=text, headers=(("ETag", text),)), None, text)
    ledger.record(ended("unchanged", address), None, text)
    ledger.note_source(text, Looked("failed", text, title=text, problem=text), at=NOON, new=0)
    [one] = captures(ledger, [text])
    assert one.size == 5
    assert ledger.is_known(address, hash_of_page(b"first"))
    [again] = ledger.due([text], at=NOON + 2 * DAY, recheck_hours=1, recheck_days=7, most=9)
    ledger.record(ended("gone", again.address), None, again.source_id)
    assert [one.state for one in captures(ledger)] == ["gone"]


def test_a_newer_ledger_is_refused_with_the_mend(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite3"
    Ledger(path).__exit__(None, None, None)
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA user_version = 99")
    with pytest.raises(WrongUse, match=r"of a newer Claimhouse .*Install the newer one, or move the ledger away"):
        Ledger(path)


def test_a_ledger_that_another_process_holds_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ledger_schema, "_WAIT_SECONDS", 0.1)
    with FileLock(tmp_path / "ledger.sqlite3.lock"), pytest.raises(Busy, match=r"Another process is writing to .*Wait"):
        Ledger(tmp_path / "ledger.sqlite3")


def test_what_is_no_ledger_is_refused_with_the_mend(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite3"
    path.write_bytes(b"no database" * 1000)
    with pytest.raises(WrongUse, match=r"can't be used: file is not a database.*move it away"):
        Ledger(path)


TWO = """
import sys
from pathlib import Path
from datetime import datetime
from flows.fetch.ledger import Ledger
from flows.fetch.model import Entry
for _ in range(8):
    with Ledger(Path(sys.argv[1])) as ledger:
        ledger.add(sys.argv[2], [Entry(f"https://{sys.argv[2]}.example/{n}") for n in range(50)], seen_at=datetime(2026, 3, 1))
"""


def test_two_processes_open_and_write_one_ledger(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite3"
    both = [subprocess.Popen([sys.executable, "-c", TWO, str(path), name]) for name in ("one", "two")]
    assert [process.wait() for process in both] == [0, 0]
    with Ledger(path) as ledger:
        assert len(due(ledger, NOON, "one", "two", most=1000)) == 100


def test_reading_many_captures_takes_no_memory_and_a_second_run_no_time(tmp_path: Path) -> None:
    entries = [Entry(f"https://{number % 50}.example/{number}", None, NOON) for number in range(10_000)]
    with Ledger(tmp_path / "ledger.sqlite3") as ledger:
        ledger.add("feed", entries, seen_at=NOON)
        for entry in entries:
            ledger.record(fetched(entry.address, content=entry.address.encode()), Place("one", 1), "feed")
        ledger.commit()
        started = time.process_time()
        assert ledger.add("feed", entries, seen_at=NOON + HOUR) == 0
        assert due(ledger, NOON + HOUR, most=10_001) == []
        assert time.process_time() - started < 1.0  # 0.12 s on two cores
        tracemalloc.start()
        assert sum(1 for _ in ledger.captures(["feed"])) == 10_000
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert peak < 1_000_000
