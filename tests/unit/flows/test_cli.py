import errno
import subprocess
import sys
from pathlib import Path

import duckdb
import polars as pl
import pytest

from flows import cli
from flows.errors import GateStopped, NothingRead
from flows.summary import Summary
from tests.unit.warehouse.released import keep
from warehouse.database import building
from warehouse.load import load_tables
from warehouse.tables import ENTITIES, ENTITY_ALIASES


@pytest.fixture(autouse=True)
def in_an_empty_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("PREFECT_LOGGING_HANDLERS_FILE_FILENAME", raising=False)


@pytest.fixture
def warehouse(tmp_path) -> Path:
    path = tmp_path / "data" / "warehouse.duckdb"
    entities = [
        {"entity_id": "e1", "name": "Meta", "type": "ORG", "mention_count": 5, "document_count": 2},
        {"entity_id": "e2", "name": "Mark Zuckerberg", "type": "PERSON", "mention_count": 9, "document_count": 2},
    ]
    aliases = [{"entity_id": "e1", "alias": "Facebook"}, {"entity_id": "e1", "alias": "Meta"}]
    frames = {"entities": ENTITIES.frame(entities), "entity_aliases": ENTITY_ALIASES.frame(aliases)}
    with building(path) as con:
        load_tables(con, frames, replaced_documents=())
    return path


def failing(monkeypatch, error: BaseException) -> int:
    """The exit code of a command that raises this."""

    def raise_it(*_: object) -> None:
        raise error

    monkeypatch.setattr("flows.sources.check_sources", raise_it)
    return cli.main(["sources", "check"])


def imported_by(arguments: list[str]) -> set[str]:
    """Names of all modules that a process of its own has imported after the command."""
    code = f"import sys; from flows.cli import main; assert main({arguments}) == 0; print('\\n' + ' '.join(sys.modules))"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(ran.stdout.splitlines()[-1].split())


def test_help_imports_nothing_heavy():
    assert imported_by(["--help"]) & {"polars", "duckdb", "prefect", "spacy"} == set()


def test_a_query_imports_no_orchestration_and_no_model(warehouse):
    assert imported_by(["query", "SELECT 1"]) & {"prefect", "spacy", "great_expectations"} == set()


@pytest.mark.parametrize("command", ["run", "query", "report", "schedule", "entities", "sources add"])
def test_help_of_a_command_shows_an_example(command, capsys):
    assert cli.main([*command.split(), "--help"]) == 0
    assert f"claimhouse {command} " in capsys.readouterr().out.split("Usage")[1].split("\n", 1)[1].replace("\n", " ")


@pytest.mark.parametrize(
    "arguments", [["rnu"], ["query"], ["query", "SELECT 1", "--format", "xml"], ["run", "--wharehouse", "x"]]
)
def test_a_wrong_command_line_is_wrong_use(arguments, capsys):
    assert cli.main(arguments) == 2
    assert "`claimhouse --help` shows what there is" in capsys.readouterr().err


def test_a_query_is_answered_on_standard_output(warehouse, capfd):
    assert cli.main(["query", "SELECT name FROM entities ORDER BY 1", "--format", "csv"]) == 0
    assert capfd.readouterr().out == "name\nMark Zuckerberg\nMeta\n"


def test_a_query_without_a_warehouse_says_how_to_build_one(capsys):
    assert cli.main(["query", "SELECT 1"]) == 2
    assert "Build one with `claimhouse run`" in capsys.readouterr().err


def test_a_file_that_is_no_warehouse_is_told(tmp_path, capsys):
    (tmp_path / "w.duckdb").write_text("no database")
    assert cli.main(["query", "SELECT 1", "--warehouse", "w.duckdb"]) == 2
    assert "is no DuckDB database" in capsys.readouterr().err


def test_entities_are_found_by_an_alias_and_by_type(warehouse, capfd):
    assert cli.main(["entities", "faceb"]) == 0
    assert "Meta" in capfd.readouterr().out
    assert cli.main(["entities", "--type", "person"]) == 0
    listed = capfd.readouterr().out
    assert "Mark Zuckerberg" in listed
    assert "Meta" not in listed


def test_a_report_is_written_and_its_pages_are_named(warehouse, capsys):
    assert cli.main(["report"]) == 0
    assert "data/reports/quality.html" in capsys.readouterr().out.splitlines()


def test_a_setting_that_is_wrong_is_told_with_the_mend(tmp_path, capsys):
    (tmp_path / "claimhouse.toml").write_text("[gate]\nmax_quarantined_percent = 140\n")
    assert cli.main(["query", "SELECT 1"]) == 2
    assert "set 0 to 100 under [gate] in claimhouse.toml" in capsys.readouterr().err


def test_nothing_to_read_has_an_exit_code_of_its_own(monkeypatch):
    assert failing(monkeypatch, NothingRead("x")) == 3


def test_a_stopped_load_shows_the_summary_and_what_stopped_it(monkeypatch, capsys):
    summary = Summary(
        run_id="r",
        status="stopped",
        pages=1,
        skipped=0,
        resumed=0,
        outcomes={"kept": 1},
        checks=3,
        failed_checks=1,
        quarantined=0,
        stopped_by=("claims: too many failed. To mend it, look there.",),
        totals={"documents": 0},
        warehouse=Path("w"),
        reports=(),
        seconds=1,
    )
    assert failing(monkeypatch, GateStopped(summary)) == 1
    said = capsys.readouterr()
    assert "STOPPED the load" in said.out
    assert "claims: too many failed. To mend it, look there." in said.err


def test_ctrl_c_says_that_nothing_is_lost(monkeypatch, capsys):
    assert failing(monkeypatch, KeyboardInterrupt()) == 130
    assert "the same command goes on from there" in capsys.readouterr().err


@pytest.mark.parametrize(
    "error",
    [OSError(errno.ENOSPC, "No space left on device"), pl.exceptions.ComputeError("No space left on device (os error 28)")],
)
def test_a_full_disk_is_told_with_the_mend(monkeypatch, capsys, error):
    assert failing(monkeypatch, error) == 2
    assert "The disk is full" in capsys.readouterr().err


def test_a_full_disk_behind_another_error_is_found(monkeypatch, capsys):
    error = RuntimeError("task failed")
    error.__cause__ = OSError(errno.ENOSPC, "No space left on device")
    assert failing(monkeypatch, error) == 2


def test_what_nobody_foresaw_is_one_sentence_and_a_traceback_in_the_log(monkeypatch, capsys):
    assert failing(monkeypatch, ZeroDivisionError("division by zero")) == 70
    said = capsys.readouterr().err
    assert said.startswith("Something unexpected happened: ZeroDivisionError: division by zero. ")
    assert said.count("\n") == 1
    assert said.endswith("data/logs/claimhouse.log\n")
    assert "Traceback" in Path("data/logs/claimhouse.log").read_text(encoding="utf-8")


def test_the_log_is_found_where_the_settings_cannot_be_read(monkeypatch, tmp_path, capsys):
    (tmp_path / "claimhouse.toml").write_text("data_dir = 3\n")
    assert failing(monkeypatch, ZeroDivisionError("x")) == 70
    assert "data/logs/claimhouse.log" in capsys.readouterr().err


def test_a_reader_that_has_gone_is_no_error_to_tell(warehouse):
    command = [sys.executable, "-m", "flows.cli", "query", "SELECT range FROM range(1000000)", "--format", "csv"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stdout is not None
    process.stdout.readline()
    process.stdout.close()
    assert process.stderr is not None
    assert process.stderr.read() == b""
    assert process.wait() == 141


def test_a_query_for_what_an_older_warehouse_lacks_says_that_it_is_older_and_what_mends_that(tmp_path, capsys):
    keep.rebuild(3, tmp_path / "old.duckdb")
    assert cli.main(["query", "SELECT words FROM runs", "--warehouse", "old.duckdb"]) == 2
    assert "its schema is version 3" in capsys.readouterr().err
    assert cli.main(["report", "--warehouse", "old.duckdb"]) == 0
    assert cli.main(["query", "SELECT words FROM runs", "--warehouse", "old.duckdb"]) == 0


@pytest.mark.parametrize("command", [["query", "SELECT 1"], ["report"], ["run", "."]])
def test_a_newer_warehouse_is_refused_with_the_mend(command, warehouse, capsys):
    with duckdb.connect(str(warehouse)) as con:
        con.execute("INSERT INTO schema_version VALUES (999, 'from the future', now())")
    (warehouse.parents[1] / "page.html").write_text("<p>A page.</p>")
    assert cli.main(command) == 2
    assert "Update Claimhouse" in capsys.readouterr().err


@pytest.mark.parametrize(
    "command",
    ["quarantine list", "quarantine show claims/c0", "checks try", "report", "export there", "query FROM_claims"],
)
def test_a_warehouse_of_the_first_claimhouse_is_read_by_every_command(command, tmp_path):
    path = tmp_path / "data" / "warehouse.duckdb"
    path.parent.mkdir()
    keep.rebuild(keep.kept_versions()[0], path)
    own = '[[check]]\ntable = "claims"\nname = "expect_words"\ncolumns = ["text"]\nseverity = "info"\n'
    own += 'condition = "text <> \'\'"\nwhy = "It says something"\nmend = "look at it"\n'
    (tmp_path / "checks.toml").write_text(own)
    (tmp_path / "claimhouse.toml").write_text('[gate]\nchecks = "checks.toml"\n')
    assert cli.main([word.replace("_", " ") for word in command.split()]) == 0
