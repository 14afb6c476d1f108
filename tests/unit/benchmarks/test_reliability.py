"""What is made of trials: the record, the page, the figures; and what is read from strace's logs."""

import json
from dataclasses import asdict
from pathlib import Path

import polars as pl
import pytest

from benchmarks import crashes_page
from benchmarks.crashes import KEPT, Judgement, Trial
from benchmarks.crashes_calls import Call, files_touched, writing_calls
from benchmarks.crashes_page import Record, page_of, read_record, with_trials, write_record
from benchmarks.hostile import Tried
from benchmarks.reliability import figures_of

WELL = Trial("SIGKILL", "to all", "load", seconds=4.0)
ILL = Trial("SIGKILL", "to all", "collect", ("claims differs",), rows_lost=3, seconds=6.0)


def test_trials_of_one_kind_are_one_row_with_the_places_in_the_order_of_a_run():
    [row] = with_trials(Record(), {"kills": [WELL, ILL, WELL]}, []).rows
    assert (row.trials, row.survived, row.rows_lost, row.seconds) == (3, 2, 3, 4.0)
    assert list(row.places.items()) == [("collect", 1), ("load", 2)]
    assert row.problems == ("claims differs",)


def test_a_part_that_is_tried_again_takes_the_place_of_its_rows_and_others_stay(tmp_path: Path):
    first = with_trials(Record(), {"kills": [ILL], "disk": [Trial("disk full", "data", "load")]}, ["clock: no library"])
    write_record(first, tmp_path / "record.json")
    second = with_trials(read_record(tmp_path / "record.json"), {"kills": [WELL]}, ["writes: no strace"])
    assert [(row.part, row.survived) for row in second.rows] == [("disk", 1), ("kills", 1)]
    assert second.skipped == ("clock: no library", "writes: no strace")
    assert with_trials(second, {"clock": [WELL]}, []).skipped == ("writes: no strace",)


def test_the_page_tells_what_was_survived_where_it_hit_and_what_did_not_go_well():
    page = page_of(with_trials(Record(), {"kills": [WELL, ILL]}, ["clock: no library"]))
    assert "**2 faults tried, 1 survived, 3 rows lost.**" in page
    assert "| SIGKILL | to all | 2 | 1 | 3 | 5.0 s |" in page
    assert "| SIGKILL | to all | collect 1, load 1 |" in page
    assert "- SIGKILL, to all: claims differs" in page
    assert "- not tried on this machine, clock: no library" in page
    assert "did not go well" not in page_of(with_trials(Record(), {"kills": [WELL]}, []))


def test_inputs_that_were_tried_stand_on_the_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    hostile = tmp_path / "hostile.json"
    monkeypatch.setattr(crashes_page, "HOSTILE", hostile)
    kind = Tried("made HTML", 12_000, 11_990, 10, 2, 1, 0, 7.25, "deep.html", 512.4)
    hostile.write_text(json.dumps({"bounds": {"seconds": 30, "worker_mb": 4000}, "kinds": [asdict(kind)]}))
    page = page_of(Record())
    assert "| made HTML | 12,000 | 11,990 | 10 | 0 | 7.2 s | 512 MB |" in page
    assert "A page may take 30 seconds, and a worker 4,000 MB." in page


def test_one_fault_that_was_not_survived_misses_the_bound():
    survived, lost = figures_of(with_trials(Record(), {"kills": [WELL, ILL]}, []))
    assert (survived.value, survived.slack) == (0.5, 0.0)
    assert (lost.value, lost.limit) == (3, 0)


def frames(**counts: int) -> dict[str, pl.DataFrame]:
    return {
        table.name: pl.DataFrame(
            {name: [f"{number}" for number in range(counts.get(table.name, 0))] for name in table.key}, orient="col"
        )
        for table in KEPT
    }


def test_rows_that_the_undisturbed_run_has_and_this_one_has_not_are_lost(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    warehouse = tmp_path / "warehouse.duckdb"
    warehouse.write_bytes(b"stands for one")
    monkeypatch.setattr("benchmarks.crashes._looked_at", lambda *_: ((), frames(claims=3, sentences=2)))
    judgement = Judgement()
    judgement.ended_as(warehouse, frames(claims=5, sentences=1))
    assert judgement.rows_lost == 2
    assert judgement.problems == [
        "sentences differs from the undisturbed run: 0 rows lost, 1 too many",
        "claims differs from the undisturbed run: 2 rows lost, 0 too many",
    ]
    judgement.published(warehouse, [None, frames(claims=3, sentences=2)])
    assert len(judgement.problems) == 2
    judgement.published(tmp_path / "none.duckdb", [frames()])
    assert judgement.problems[-1] == "the published warehouse is gone"


LOG = """\
7 openat(AT_FDCWD</x>, "/d/a.part", O_WRONLY|O_CREAT|O_TRUNC, 0666) = 3</d/a.part>
7 openat(AT_FDCWD</x>, "/d/a", O_RDONLY) = -1 ENOENT (No such file or directory)
7 write(3</d/a.part>, "words", 5) = 5
8 write(4</d/b>, "words", 5) = 5
7 write(3</d/a.part>, "words", 5) = 5
7 rename("/d/a.part", "/d/a") = 0
7 +++ exited with 0 +++"""


def test_calls_are_numbered_by_thread_and_name_and_what_only_reads_is_left_out():
    assert writing_calls(LOG.splitlines(), Path("/d")) == [
        Call("openat", 1, "a.part"), Call("write", 1, "a.part"), Call("write", 1, "b"), Call("write", 2, "a.part"),
        Call("rename", 1, "a.part"),
    ]  # fmt: skip


def test_the_files_of_a_folder_are_found_wherever_a_log_names_them():
    assert files_touched(LOG.splitlines(), Path("/d")) == ["/d/a", "/d/a.part", "/d/b"]
