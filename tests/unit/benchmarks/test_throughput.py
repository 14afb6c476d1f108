import json
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest

from benchmarks.loops import Cost
from benchmarks.throughput import Script, Timings, Turn, figures_of, main, pages_in, same_pages
from benchmarks.whole_run import Watch, WholeRun, _starts

BARE = Turn(10.0, [Cost("a", 100, True, {"extract": 1.0, "parse": 4.0}), Cost("b", 100, True, {"extract": 1.0, "parse": 9.0})])
OURS = Turn(8.0, [Cost("a", 90, True, {"extract": 1.5, "parse": 4.5}), Cost("b", 80, False, {"extract": 1.5})])


def test_the_bare_loop_is_charged_for_parsing_only_what_we_parse_too():
    assert same_pages(BARE, OURS) == 6.0


def test_words_of_pages_that_are_not_kept_are_not_counted_as_read():
    assert OURS.words == 90
    assert OURS.stages() == {"extract": 3.0, "parse": 4.5}


def test_figures_hold_the_whole_run_against_the_limit_and_the_plain_script():
    raised = Turn(
        5.0, [Cost("a", 100, True, {"extract": 1.0, "parse": 3.25}), Cost("b", 100, True, {"extract": 1.0, "parse": 3.25})]
    )
    whole = WholeRun(40.0, 12.0, 21.0, 9.0, {}, {}, 2_500_000_000)
    again = replace(whole, work_seconds=0.6)
    timings = Timings(2, 2, BARE, raised, OURS, Script(36.0, 2, 190, 900_000_000), whole, again)

    figures = {figure.measure: figure for figure in figures_of("d", timings)}

    assert figures["whole run, times the limit"].value == 1.2
    assert figures["whole run, times the raised limit"].value == 2.4
    assert figures["whole run, share of a plain script's time"].value == pytest.approx(1 / 3)
    assert figures["language model, share of the stock one's time"].value == 0.5
    assert figures["reader, times the bare loop, processor"].value == pytest.approx(7.5 / 6)
    assert figures["whole run, peak memory in GB"].value == 2.5
    assert figures["one page in 100 new, share of a full run's work"].value == pytest.approx(0.05)
    assert all(figure.limit for figure in figures.values())


def test_pages_are_those_of_a_folder_and_of_the_folders_of_pages_in_it(tmp_path):
    for name in ("b.html", "one/pages/a.html", "one/pages/gold.jsonl", "two/other/c.html"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    assert pages_in(tmp_path) == [tmp_path / "b.html", tmp_path / "one/pages/a.html"]


def test_pages_of_a_folder_named_from_here_are_found_from_anywhere(tmp_path, monkeypatch):
    (tmp_path / "a.html").touch()
    monkeypatch.chdir(tmp_path)
    assert pages_in(Path()) == [tmp_path / "a.html"]


def test_the_plain_script_reads_pages_into_a_database(tmp_path):
    text = "The harbour board said on Monday that thirty ferries will cross the strait every day from May. " * 5
    (tmp_path / "a.html").write_text(f"<html><body><article><h1>Ferries</h1><p>{text}</p></article></body></html>")
    (tmp_path / "pages.txt").write_text(str(tmp_path / "a.html"))
    command = [sys.executable, "-m", "benchmarks.todays_script", str(tmp_path / "pages.txt"), str(tmp_path / "plain.duckdb")]

    told = json.loads(subprocess.run(command, capture_output=True, check=True, text=True).stdout)

    assert told["pages"] == 1
    assert told["words"] >= 80
    with duckdb.connect(tmp_path / "plain.duckdb") as con:
        assert con.execute("SELECT count(*) FROM sentences").fetchone() == (5,)


def test_what_starts_is_read_from_the_summary_even_where_its_line_was_broken():
    printed = "Time 46 s, with starts beside each other: Prefect 12.5 s, Great\n  Expectations 8.0 s, language model 6.1 s\n"
    assert _starts(printed) == {"Prefect": 12.5, "Great Expectations": 8.0, "language model": 6.1}
    assert _starts("no such line") == {}


def test_a_watch_counts_memory_and_processor_also_of_a_process_that_is_gone():
    child = subprocess.Popen([sys.executable, "-c", "sum(range(10**7)); input()"], stdin=subprocess.PIPE)
    watch = Watch(child.pid)
    while watch.cpu_at(time.time()) < 0.05:
        watch.sample()
    spent = watch.cpu_at(time.time())
    child.communicate(b"\n")
    watch.sample()
    assert watch.cpu_at(time.time()) >= spent
    assert watch.peak_bytes > 1_000_000
    assert watch.cpu_at(0.0) == 0.0


def test_a_folder_without_pages_is_wrong_use(tmp_path, capsys):
    assert main(tmp_path / "none", pages=None, processes=1, rounds=1) == 2
    assert main(tmp_path, pages=None, processes=1, rounds=1) == 2
    assert capsys.readouterr().out.count("holds no pages; give a folder") == 2
