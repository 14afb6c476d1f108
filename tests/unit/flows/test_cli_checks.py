import json
import shutil

import pytest

from flows import cli
from flows.settings import Gate, Settings
from flows.tried_checks import tried
from tests.unit.expectations.conftest import good_frames
from warehouse.database import building
from warehouse.load import load_tables

CHECKS = """
[[check]]
table = "claims"
name = "expect_a_speaker"
columns = ["speaker"]
severity = "{severity}"
condition = "speaker IS NOT NULL"
why = "We want to know who speaks"
mend = "look at the cue"
words = "nobody says {{text}}"

[[check]]
table = "claims"
name = "expect_a_cue"
severity = "critical"
condition = "speaker IS NULL OR cue IS NOT NULL"
why = "A speaker has a cue"
mend = "look at the cue"

[[change]]
table = "claims"
check = "expect_column_values_to_be_mostly_known"
off = true
reason = "We read blogs."
"""


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory):
    path = tmp_path_factory.mktemp("small") / "warehouse.duckdb"
    with building(path) as con:
        load_tables(con, good_frames(), replaced_documents=())
    return path


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch, warehouse):
    """A folder with a small warehouse, and settings that name checks.toml."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "data").mkdir()
    shutil.copy(warehouse, tmp_path / "data" / "warehouse.duckdb")
    (tmp_path / "claimhouse.toml").write_text('[gate]\nchecks = "checks.toml"\n', encoding="utf-8")
    (tmp_path / "checks.toml").write_text(CHECKS.format(severity="warning"), encoding="utf-8")
    return tmp_path


def test_a_check_that_fails_shows_the_rows_and_what_would_become_of_them(capsys):
    assert cli.main(["checks", "try", "expect_a_speaker"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "✗ claims: expect_a_speaker(speaker) fails in 1 of 2 rows (50%)",
        "    warning: the gate would hold such rows back",
        "    c2: nobody says ‘Critics doubt it.’",
    ]


def test_a_check_that_holds_says_for_how_many_rows(capsys):
    assert cli.main(["checks", "try", "expect_a_cue"]) == 0
    assert capsys.readouterr().out == "✓ claims: expect_a_cue holds in all of 2 rows\n"


def test_all_own_checks_are_tried_and_a_critical_one_that_fails_gives_the_gates_exit_code(capsys, folder):
    file = folder / "others.toml"
    file.write_text(CHECKS.format(severity="critical"), encoding="utf-8")
    assert cli.main(["checks", "try", "--file", str(file)]) == 1
    assert capsys.readouterr().out.count("claims: ") == 2


def test_few_enough_rows_that_fail_are_told_as_such(folder):
    file = folder / "checks.toml"
    file.write_text(CHECKS.format(severity="info").replace('words = "no', 'mostly = 0.5\nwords = "no'), encoding="utf-8")
    [found] = tried(Settings(gate=Gate(checks=file)), "expect_a_speaker")
    assert found.holds
    assert next(found.lines()) == "✓ claims: expect_a_speaker(speaker) fails in 1 of 2 rows (50%), and 50% suffice"


def test_samples_are_few_and_the_rest_is_counted(folder):
    file = folder / "checks.toml"
    condition = CHECKS.replace('table = "claims"', 'table = "sentences"', 1).replace("speaker IS NOT NULL", "document_id = 'x'")
    file.write_text(condition.replace('columns = ["speaker"]\n', "").format(severity="info"), encoding="utf-8")
    [found] = tried(Settings(gate=Gate(checks=file)), "expect_a_speaker")
    assert (found.failed, len(found.samples), list(found.lines())[-1]) == (
        4,
        4,
        "    s3: nobody says ‘Read also: a star wept.’",
    )
    assert list(type(found)("t", found.check, 9, 9, found.samples).lines())[-1] == "    … and 5 more"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["try", "expect_a_speker"], "checks.toml has no check expect_a_speker: did you mean `expect_a_speaker`?"),
        (["list", "--table", "clams"], "There is no table clams: did you mean `claims`?"),
        (["try", "--file", "none.toml"], "none.toml, the file of your own checks, can't be read"),
    ],
)
def test_wrong_use_is_told_with_the_mend(capsys, arguments, words):
    assert cli.main(["checks", *arguments]) == 2
    assert words in capsys.readouterr().err


def test_without_a_file_the_mend_is_told(capsys, folder):
    (folder / "claimhouse.toml").unlink()
    assert cli.main(["checks", "try"]) == 2
    assert 'Set `checks = "checks.toml"` under [gate]' in capsys.readouterr().err


def test_the_list_has_own_and_changed_checks(capsys):
    assert cli.main(["checks", "list", "--own"]) == 0
    out = capsys.readouterr().out
    assert "claims\n  expect_column_values_to_be_mostly_known(speaker, speaker_id)  info, of 30% of the rows · off\n" in out
    assert "It was info, of 30% of the rows. We read blogs.\n" in out
    assert (
        "  expect_a_speaker(speaker)  warning · own\n      We want to know who speaks; when it fails, look at the cue.\n" in out
    )
    assert out.endswith("3 checks: 1 critical, 1 info, 1 warning\n")


def test_the_list_is_of_one_table_or_of_all_and_of_the_run(capfd):
    assert cli.main(["checks", "list", "--table", "sources", "--format", "json"]) == 0
    assert {row["table"] for row in json.loads(capfd.readouterr().out)} == {"sources"}
    assert cli.main(["checks", "list", "--format", "json"]) == 0
    found = json.loads(capfd.readouterr().out)
    assert {"sources", "article_keys", "(the run)"} <= {row["table"] for row in found}
    assert all(row["why"] and row["mend"] for row in found)
    assert {row["origin"] for row in found} == {"claimhouse", "own", "off"}
