from pathlib import Path

import pytest

from warehouse import dictionary
from warehouse.migrate import views
from warehouse.tables import TABLES


@pytest.fixture
def page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "tables.md"
    monkeypatch.setattr(dictionary, "PATH", path)
    return path


def test_the_dictionary_in_the_repository_is_what_the_declarations_say() -> None:
    assert not dictionary.is_stale(), "run `python -m warehouse.dictionary`"


def test_every_table_and_every_view_has_its_section() -> None:
    sections = [line.removeprefix("### ") for line in dictionary.render().splitlines() if line.startswith("### ")]
    assert sections == [*(table.name for table in TABLES), *sorted(view.name for view in views())]


def test_a_column_tells_type_nullability_meaning_unit_values_and_reference() -> None:
    lines = dictionary.render().splitlines()
    assert "| `source_id` | `VARCHAR` |  | Where it was found. |  |  | sources.source_id |" in lines
    assert "| `checkworthiness` | `FLOAT` |  | How much the statement is worth checking. | probability | 0 to 1 |  |" in lines
    assert "| `modality` | `VARCHAR` |  | How firmly it is put. |  | `asserted` `hedged` `conditional` `planned` |  |" in lines
    assert "| `cue` | `VARCHAR` | yes | The words that attribute it: `said`, `according to`. |  |  |  |" in lines


def test_a_column_of_a_view_tells_its_meaning() -> None:
    assert "| `reason` | `VARCHAR` | What speaks for it, in words. |" in dictionary.render().splitlines()


def test_a_stale_dictionary_fails_the_check_with_the_mend_until_it_is_written(
    page: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert dictionary.main(["--check"]) == 1
    assert "run `python -m warehouse.dictionary`" in capsys.readouterr().err
    assert dictionary.main([]) == 0
    assert dictionary.main(["--check"]) == 0
    page.write_text(page.read_text() + "edited by hand\n")
    assert dictionary.main(["--check"]) == 1


def test_an_unknown_argument_is_refused_and_nothing_is_written(page: Path) -> None:
    assert dictionary.main(["--chekc"]) == 2
    assert not page.exists()
