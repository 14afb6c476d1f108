from benchmarks.baseline import accept, failing
from benchmarks.fetching import LEAST_PAGES_A_SECOND, Timings, Turn, figures_of
from benchmarks.made_site import MadeSite

FEW = Turn(5.0, 2_000, 2_002, 100)


def figures(first: Turn, second: Turn) -> dict:
    return {figure.measure: figure for figure in figures_of(Timings(first, second, FEW), 10_000)}


def test_a_fast_run_with_flat_memory_and_a_cheap_second_one_keeps_every_bound():
    good = figures(Turn(50.0, 10_000, 10_002, 110), Turn(2.0, 0, 2, 90))
    assert failing(list(good.values()), accept(list(good.values()), {}, reason="first", date="2026-01-01")) == []


def test_each_bound_is_missed_by_what_it_is_there_for():
    good = figures(Turn(50.0, 10_000, 10_002, 110), Turn(2.0, 0, 2, 90))
    baseline = accept(list(good.values()), {}, reason="first", date="2026-01-01")
    slow = 10_000 / LEAST_PAGES_A_SECOND + 1
    bad = figures(Turn(slow, 9_999, 10_002, 116), Turn(slow * 0.06, 0, 3, 90))
    assert {figure.measure for figure in failing(list(bad.values()), baseline)} == set(bad)


def test_a_made_page_is_sent_once_and_then_told_to_be_unchanged():
    site = MadeSite(3)
    assert b"This is report 2." in site.answer("/page/2", "")
    assert site.answer("/page/2", '"page-2"').startswith(b"HTTP/1.1 304")
    assert site.answer("/page/3", "").startswith(b"HTTP/1.1 404")
    assert site.answer("/count", "").endswith(b"\r\n\r\n3")
