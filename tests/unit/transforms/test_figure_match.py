from datetime import date

import pytest

from transforms.figure_match import Figure, figures_agree, match_figures, read_figures, read_times, times_conflict


def figure(value: float, unit: str | None = "parameter", *, kind="count", upper=None, is_approximate=False) -> Figure:
    return Figure(value, upper, unit, kind, is_approximate)


@pytest.mark.parametrize(
    ("ours", "theirs", "agree"),
    [
        (figure(405e9), figure(405e9), True),
        (figure(405e9), figure(70e9), False),
        (figure(1.3e6), figure(1_294_512), True),
        (figure(405e9), figure(400e9), True),
        (figure(4.0), figure(4.4), False),
        (figure(20), figure(20.4), True),
        (figure(14), figure(15), False),
        (figure(400e9, is_approximate=True), figure(430e9), True),
        (figure(400e9, is_approximate=True), figure(500e9), False),
        (figure(6, upper=8), figure(7), True),
        (figure(6, upper=8), figure(9), False),
        (figure(0), figure(0), True),
    ],
)
def test_figures_agree_when_they_can_be_one(ours, theirs, agree):
    assert figures_agree(ours, theirs) is figures_agree(theirs, ours) is agree


def test_figures_of_different_units_do_not_meet():
    match = match_figures([figure(3, "percent", kind="percent")], [figure(3, "USD", kind="money")])
    assert (match.agreeing, match.differing) == ((), ())


def test_a_unit_differs_only_when_no_figure_of_it_agrees():
    match = match_figures([figure(8e9), figure(70e9)], [figure(70e9)])
    assert (match.agreeing, match.differing) == (((figure(70e9), figure(70e9)),), ())


def test_a_unit_with_other_figures_differs():
    assert match_figures([figure(8e9)], [figure(70e9)]).differing == (((figure(8e9),), (figure(70e9),)),)


@pytest.mark.parametrize(
    ("shown", "words"),
    [
        (figure(405e9), "405 billion parameters"),
        (figure(1), "1 parameter"),
        (figure(693e6, "USD", kind="money"), "693 million USD"),
        (figure(3, "percent", kind="percent", is_approximate=True), "about 3 percent"),
        (figure(6, "week", kind="duration", upper=8), "6 to 8 weeks"),
        (figure(350_000, None), "350,000"),
        (figure(3, "bus"), "3 bus"),
        (figure(3, "company"), "3 companies"),
        (figure(3, "key"), "3 keys"),
        (figure(16, "inch"), "16 inches"),
    ],
)
def test_a_figure_is_spelled_for_people(shown, words):
    assert str(shown) == words


def test_a_figure_without_a_number_is_passed_over():
    rows = [{"value": None, "upper_value": None, "unit": None, "kind": "count", "is_approximate": True},
            {"value": 2.0, "upper_value": None, "unit": "year", "kind": "duration", "is_approximate": False}]  # fmt: skip
    assert read_figures(rows) == (figure(2.0, "year", kind="duration"),)
    assert read_figures(None) == ()


def test_times_conflict_only_when_both_are_known_and_none_overlap():
    july = read_times([{"earliest": date(2024, 7, 1), "latest": date(2024, 7, 31)}])
    mid_july = read_times([{"earliest": None, "latest": date(2024, 7, 15)}])
    august = read_times([{"earliest": date(2024, 8, 1), "latest": date(2024, 8, 31)}])
    unknown = read_times([{"earliest": None, "latest": None}])
    assert times_conflict(july, august)
    assert not times_conflict(july, mid_july)
    assert times_conflict(mid_july, august)
    assert not times_conflict(july, unknown)
