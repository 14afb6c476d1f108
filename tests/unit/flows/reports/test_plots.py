"""Plots as places: dots between the smallest and the largest, a line a site."""

from datetime import date

from flows.reports.plots import LINES_SHOWN, dots, timeline


def _figures(*values: float, unit: str | None = "core", site: str | None = "a.example") -> list[dict[str, object]]:
    return [{"value": value, "unit": unit, "site": site, "figure": f"{value} cores"} for value in values]


def test_figures_stand_between_the_smallest_and_the_largest() -> None:
    plot = dots([*_figures(10, 30), *_figures(20, site=None), *_figures(99, 98, unit="mile")])
    assert plot and plot["lines"] == {
        "a.example": [(0, "10 cores"), (100, "30 cores")], "site not named": [(50, "20 cores")],
    }  # fmt: skip
    assert (plot["unit"], plot["low"], plot["high"], plot["count"], plot["is_wide"]) == ("core", 10, 30, 3, False)


def test_figures_far_apart_are_told_in_powers_of_ten() -> None:
    plot = dots(_figures(1, 1_000, 1_000_000))
    assert plot and plot["is_wide"] and [place for place, _ in plot["lines"]["a.example"]] == [0, 50, 100]
    below = dots(_figures(-1, 0, 1_000_000))
    assert below and not below["is_wide"]


def test_fewer_than_three_figures_of_a_unit_are_no_plot() -> None:
    assert dots([*_figures(1, 2), *_figures(1, 2, 3, unit=None)]) is None
    assert dots([]) is None
    same = dots(_figures(5, 5, 5))
    assert same and {place for place, _ in same["lines"]["a.example"]} == {50}


def test_days_stand_between_the_first_and_the_last_and_the_earliest_site_leads() -> None:
    plot = timeline([(date(2026, 1, 11), "b"), (date(2026, 1, 1), "a"), (date(2026, 1, 6), "a")])
    assert plot and list(plot["lines"].items()) == [
        ("a", [(0, "2026-01-01"), (50, "2026-01-06")]),
        ("b", [(100, "2026-01-11")]),
    ]


def test_one_day_is_no_plot_and_sites_are_bounded() -> None:
    assert timeline([(date(2026, 1, 1), "a"), (date(2026, 1, 1), "b")]) is None
    plot = timeline([(date(2026, 1, 1 + at), f"s{at}") for at in range(LINES_SHOWN + 3)])
    assert plot and len(plot["lines"]) == LINES_SHOWN and plot["more"] == 3
