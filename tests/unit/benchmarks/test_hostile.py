from benchmarks.hostile import figures_of, summarised
from benchmarks.hostile_inputs import made_inputs
from benchmarks.hostile_reader import Bounds, HostileReader, Read
from benchmarks.html5lib_cases import _DATA

READS = [
    ("bombs", Read("a.gz", ("unreadable",), seconds=2.0, peak_mb=600.0)),
    ("bombs", Read("b.gz", ("kept", "unreadable"), seconds=1.0, peak_mb=900.0)),
    ("size", Read("c.txt", ("unreadable",), ended_by="time", seconds=31.0)),
    ("size", Read("d.txt", ("unreadable",), ended_by="memory")),
    ("size", Read("e.txt", ("kept",), faults=("a span is wrong",))),
    ("size", Read("f.txt", faults=("its process died",), ended_by="crash")),
]


def test_what_became_of_each_kind_adds_up():
    for row in summarised(READS):
        assert row.tried == row.read + row.unreadable + row.crashed


def test_an_input_that_was_ended_for_its_bound_is_unreadable_and_one_that_died_otherwise_crashed():
    bombs, size = summarised(READS)
    assert (bombs.read, bombs.unreadable, bombs.crashed) == (1, 1, 0)
    assert (size.out_of_time, size.out_of_memory, size.unreadable, size.crashed) == (1, 1, 2, 2)
    assert (size.slowest, bombs.peak_mb) == ("c.txt", 900.0)


def test_nothing_may_crash_and_no_page_may_take_longer_or_more_than_its_bounds():
    crashed, slowest, peak = figures_of(summarised(READS), Bounds(seconds=30, worker_mb=4_000))
    assert (crashed.value, crashed.limit) == (2, 0)
    assert (slowest.value, slowest.limit) == (31.0, 45)
    assert (peak.value, peak.limit) == (900.0, 4_000)


def test_every_input_has_a_name_of_its_own_and_kinds_are_many():
    made = list(made_inputs())
    assert len({each.name for each in made}) == len(made) > 80
    assert len({each.kind for each in made}) == 5


def test_the_data_of_a_case_goes_to_its_errors():
    text = "#data\n<p>One\n#errors\n(1,3)\n#document\n| <html>\n\n#data\n<b>\nTwo\n\n#errors\n#document\n"
    assert _DATA.findall(text) == ["<p>One", "<b>\nTwo\n"]


def test_a_page_that_takes_too_long_or_too_much_costs_its_process_and_no_other_page(tmp_path):
    sentence = "The harbour board said that thirty ferries will cross the strait every day. "
    texts = {
        "good": sentence * 3,
        "slow": sentence * 20_000,
        "next": sentence * 4,
        "big": "a\n" * 9_000_000,
        "last": sentence * 5,
    }
    for name, text in texts.items():
        (tmp_path / f"{name}.txt").write_text(text)
    with HostileReader(Bounds(seconds=5, worker_mb=1_000)) as reader:
        read = {name: reader.read(tmp_path / f"{name}.txt") for name in texts}
    assert [read[name].outcomes for name in ("good", "next", "last")] == [("kept",)] * 3
    assert [read[name].outcomes for name in ("slow", "big")] == [("unreadable",)] * 2
    assert {read["slow"].ended_by, read["big"].ended_by} <= {"memory", "time"}
    assert not any(each.faults for each in read.values())
