import subprocess
import sys
import time

import pytest

from benchmarks.loops import Cost
from benchmarks.throughput import Timings, Turn, figures_of, main, same_pages
from benchmarks.whole_run import Watch, WholeRun, _starts

BARE = Turn(10.0, [Cost("a", 100, True, {"extract": 1.0, "parse": 4.0}), Cost("b", 100, True, {"extract": 1.0, "parse": 9.0})])
OURS = Turn(8.0, [Cost("a", 90, True, {"extract": 1.5, "parse": 4.5}), Cost("b", 80, False, {"extract": 1.5})])


def test_the_bare_loop_is_charged_for_parsing_only_what_we_parse_too():
    assert same_pages(BARE, OURS) == 6.0


def test_words_of_pages_that_are_not_kept_are_not_counted_as_read():
    assert OURS.words == 90
    assert OURS.stages() == {"extract": 3.0, "parse": 4.5}


def test_figures_hold_the_reader_and_the_whole_run_against_the_bare_loop():
    whole = WholeRun(40.0, 12.0, 21.0, 9.0, {}, {}, 2_500_000_000)
    figures = {figure.measure: figure for figure in figures_of("d", Timings(BARE, OURS, whole), 2)}
    assert figures["reader, times the bare loop"].value == pytest.approx(7.5 / 6)
    assert figures["reader, times the bare loop over all pages"].value == 0.8
    assert figures["whole run, times the bare loop"].value == 1.2
    assert figures["whole run, times the bare loop, processor"].value == 21 / 15
    assert figures["whole run, peak memory in GB"].value == 2.5
    assert all(figure.limit for figure in figures.values())


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


def test_a_folder_that_is_not_there_is_wrong_use(tmp_path, capsys):
    assert main(tmp_path / "none") == 2
    assert "is no folder" in capsys.readouterr().out
