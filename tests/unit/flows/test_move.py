"""What the commands do with a lake: it moves, is asked of the past, backed up, kept in order."""

from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from flows.backup import back_up
from flows.backup_manifest import WAREHOUSE, check
from flows.cli import main
from flows.doctor import examine
from flows.errors import DONE, WrongUse
from flows.query import as_it_was, ask
from flows.restore import plan_restore, restore
from flows.settings import Settings, load_settings
from warehouse.database import building, open_readonly
from warehouse.place import Lake

NOWHERE = Lake.of("ducklake:postgresql://127.0.0.1:9/nowhere?data=/shared")


@pytest.fixture(scope="module")
def lake(ready_lake: Callable[[], Lake]) -> Lake:
    """An empty lake."""
    return ready_lake()


def test_a_warehouse_moves_by_one_command_that_tells_what_to_write_into_the_settings(new_lake, in_folder, capsys):
    with building(Path("data/warehouse.duckdb").absolute()) as con:
        con.execute("INSERT INTO entity_aliases VALUES ('e', 'Anna')")
    lake = new_lake()
    assert main(["move", "--to", str(lake)]) == DONE
    assert f'Write into claimhouse.toml: warehouse = "{lake}"' in capsys.readouterr().out
    Path("claimhouse.toml").write_text(f'warehouse = "{lake}"\n', encoding="utf-8")
    assert ask(load_settings().place, "SELECT alias FROM entity_aliases").item() == "Anna"
    assert main(["move", "--to", "back.duckdb"]) == DONE
    with closing(open_readonly(Path("back.duckdb"))) as con:
        assert con.execute("FROM entity_aliases").fetchall() == [("e", "Anna")]


def test_a_warehouse_does_not_move_to_where_it_is(in_folder, capsys):
    assert main(["move", "--to", "data/warehouse.duckdb"]) == WrongUse.exit_code
    assert "already" in capsys.readouterr().err


def test_a_password_on_the_command_line_is_refused_and_not_repeated(in_folder, capsys):
    assert main(["query", "SELECT 1", "--warehouse", "ducklake:postgresql://a:tell-nobody@h/db?data=/d"]) == WrongUse.exit_code
    said = capsys.readouterr()
    assert "PGPASSFILE" in said.err
    assert "tell-nobody" not in said.out + said.err


def test_a_day_means_its_end_and_a_moment_itself_in_utc():
    assert as_it_was(NOWHERE, "2026-01-31") == NOWHERE.as_of(datetime(2026, 1, 31, 23, 59, 59, 999999))
    assert as_it_was(NOWHERE, "2026-01-31T09:30") == NOWHERE.as_of(datetime(2026, 1, 31, 9, 30))
    assert as_it_was(NOWHERE, "2026-01-31T09:30+02:00") == NOWHERE.as_of(datetime(2026, 1, 31, 7, 30))


@pytest.mark.parametrize(("place", "when", "mend"), [
    (NOWHERE, "yesterday", "Give a day such as 2026-01-31"),
    (Path("data/warehouse.duckdb"), "2026-01-31", "claimhouse move --to ducklake"),
])  # fmt: skip
def test_what_is_no_time_and_a_file_are_not_asked_as_of_then(place, when, mend):
    with pytest.raises(WrongUse, match=mend):
        as_it_was(place, when)


def test_a_lake_is_asked_as_it_was(lake):
    before = datetime.now(UTC).replace(tzinfo=None)
    with building(lake) as con:
        con.execute("INSERT INTO entity_aliases VALUES ('e', 'Anna')")
    sql = "SELECT count(*) FROM entity_aliases"
    assert ask(as_it_was(lake, before.isoformat()), sql).item() == 0
    assert ask(as_it_was(lake, f"{before:%Y-%m-%d}"), sql).item() == ask(lake, sql).item() == 1


@pytest.mark.parametrize("sql", ["COPY (SELECT 1) TO '{data}/x.csv'", "FROM postgres_query('x', 'SELECT 1')"])
def test_a_lake_is_asked_for_nothing_but_its_rows(lake, sql):
    with pytest.raises(WrongUse, match="not asked of the lake"):
        ask(lake, sql.format(data=lake.data))
    assert not (Path(lake.data) / "x.csv").exists()


def test_a_backup_of_a_lake_is_a_warehouse_in_a_file(lake, tmp_path):
    made = back_up(Settings(data_dir=tmp_path / "data", warehouse=lake), tmp_path / "backup")
    assert check(tmp_path / "backup").tables == made.manifest.tables
    assert sorted(path.name for path in (tmp_path / "backup").iterdir()) == ["manifest.json", WAREHOUSE]


def test_a_backup_is_not_put_in_the_place_of_a_lake(lake, tmp_path, small_backup):
    config = tmp_path / "claimhouse.toml"
    config.write_text(f'warehouse = "{lake}"\ndata_dir = "data"\n', encoding="utf-8")
    with pytest.raises(WrongUse, match="claimhouse move --warehouse FILE --to"):
        restore(plan_restore(small_backup, config=config))
    plan = plan_restore(small_backup, config=config, warehouse=str(tmp_path / "back.duckdb"))
    restore(plan)
    assert (tmp_path / "back.duckdb").exists()


@pytest.fixture
def small_backup(tmp_path: Path) -> Path:
    with building(tmp_path / "small.duckdb"):
        pass
    return back_up(Settings(data_dir=tmp_path, warehouse=tmp_path / "small.duckdb"), tmp_path / "small").folder


def test_a_file_has_nothing_to_tidy_up(in_folder, capsys):
    assert main(["tidy"]) == WrongUse.exit_code
    assert "nothing to tidy up" in capsys.readouterr().err


def test_a_lake_is_tidied_up_by_one_command(lake, in_folder, capsys):
    assert main(["tidy", "--keep-days", "7", "--warehouse", str(lake)]) == DONE
    assert "0 snapshots older than 7 days are forgotten" in capsys.readouterr().out


def test_the_doctor_looks_at_a_lake(lake, in_folder):
    found = {each.thing: each for each in examine(load_settings(warehouse=lake)) if each.thing in ("Disk", "Warehouse")}
    assert found["Warehouse"].mend is None
    assert str(lake) in found["Warehouse"].found


def test_the_address_of_a_lake_is_no_path_of_the_settings_folder(tmp_path):
    config = tmp_path / "claimhouse.toml"
    config.write_text(f'warehouse = "{NOWHERE}"\n', encoding="utf-8")
    assert load_settings(config).place == NOWHERE
