from pathlib import Path

import pytest

from benchmarks.naughty import _caught, _summarised, as_address, as_listing, as_settings

STRINGS = [
    "",
    "\x7f\x00 '\"\\",
    "http://user@[::1",
    "𝒯𝑒 \u202e",
    "<!ENTITY a 'b'>]]>&amp;",
    "{0} %s ${x}",
    "nan",
    '"""\n[x]\ny = 1',
]


@pytest.mark.parametrize("string", STRINGS)
def test_a_string_does_no_harm_as_address_and_in_listings(string: str):
    assert as_address(string) is None
    assert as_listing(string) is None


@pytest.mark.parametrize("string", STRINGS)
def test_a_setting_is_accepted_or_refused_with_a_mend(string: str, tmp_path: Path):
    assert as_settings(string, file=tmp_path / "claimhouse.toml") is None


def test_an_exception_is_a_fault_that_lowers_the_figure_and_names_the_string():
    def harmed(string: str) -> str | None:
        return "harmed" if int(string) else None

    ended = [_caught(harmed, string) for string in ("0", "1", "é")]
    measured = _summarised("d", ["0", "1", "é"], {"numbers": ended})
    assert [round(figure.value, 2) for figure in measured.figures] == [0.33]
    assert measured.errors[0] == "numbers: '1': harmed"
    assert measured.errors[1].startswith("numbers: '\\xe9': raised ValueError")
