import json
import os
import shutil
import sqlite3
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

import duckdb
import pytest

from flows import cli
from flows.backup import back_up
from flows.backup_manifest import check, read_manifest
from flows.errors import Busy, WrongUse
from flows.fetch.archive import Archive, archive_files
from flows.fetch.ledger import Ledger
from flows.fetch.model import Fetched
from flows.restore import plan_restore, restore
from flows.run import alone, only_run
from flows.settings import Settings
from tests.unit.flows.killing import bring_back, killed_at_each_step, make_backup, settings_of
from tests.unit.warehouse.released import keep
from warehouse.database import WarehouseHeld, building, open_readonly

NOON = datetime(2026, 3, 1, 12)


@pytest.fixture(scope="module")
def kept_warehouse(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("kept") / "warehouse.duckdb"
    keep.rebuild(4, path)
    return path


@pytest.fixture
def settings(kept_warehouse, in_folder) -> Settings:
    """A data folder with a warehouse and two fetched pages, and a settings file."""
    return data_in(in_folder, kept_warehouse)


def data_in(folder: Path, warehouse: Path) -> Settings:
    (folder / "data" / "archive").mkdir(parents=True)
    shutil.copy(warehouse, folder / "data" / "warehouse.duckdb")
    fetch(folder / "data" / "archive", 1)
    fetch(folder / "data" / "archive", 2)
    (folder / "claimhouse.toml").write_text('data_dir = "data"\n[reading]\nmin_words = 21\n')
    return settings_of(folder)


def fetch(archive: Path, number: int) -> None:
    """Have the archive hold one more file, with one page, and the ledger know it."""
    address = f"https://paper.example/{number}"
    page = f"<p>Page {number}.".encode() * 1000
    fetched = Fetched(address, address, "read", NOON + timedelta(hours=number), 200, "OK", body=page, content=page)
    with Archive(archive) as files, Ledger(archive / "ledger.sqlite3") as ledger:
        ledger.record(fetched, files.write(fetched, "feed"), "feed")


def aliases(warehouse: Path) -> list[str]:
    with closing(open_readonly(warehouse)) as con:
        return [alias for (alias,) in con.execute("SELECT alias FROM entity_aliases ORDER BY 1").fetchall()]


def add_alias(warehouse: Path, alias: str) -> None:
    with building(warehouse) as con:
        con.execute("INSERT INTO entity_aliases VALUES ('e', ?)", [alias])


def names(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def captures(archive: Path) -> list[tuple[str, bytes]]:
    with Ledger(archive / "ledger.sqlite3") as ledger, closing(sqlite3.connect(archive / "ledger.sqlite3")):
        found = [(capture.url, capture.place) for capture in ledger.captures(None)]
    return [(url, Archive(archive).read(place, 10**6)[:10]) for url, place in found if place]


# -- making one


def test_a_backup_holds_warehouse_archive_and_settings_with_a_manifest(settings, in_folder):
    made = back_up(settings, in_folder / "b")
    assert names(in_folder / "b") == [
        "archive/claimhouse-20260301T130000Z-00001.warc.gz", "archive/claimhouse-20260301T140000Z-00002.warc.gz",
        "archive/ledger.sqlite3", "claimhouse.toml", "manifest.json", "warehouse.duckdb",
    ]  # fmt: skip
    manifest = json.loads((in_folder / "b" / "manifest.json").read_text())
    assert {file["path"] for file in manifest["files"]} == {*names(in_folder / "b")} - {"manifest.json"}
    assert (manifest["schema_version"], manifest["archive"], manifest["tables"]["documents"]) == (4, "kept", 5)
    assert check(in_folder / "b") == made.manifest


def test_the_checks_of_ones_own_are_kept_too(settings, in_folder):
    (in_folder / "mine.toml").write_text("# none yet")
    own = settings.model_copy(update={"gate": settings.gate.model_copy(update={"checks": in_folder / "mine.toml"})})
    back_up(own, in_folder / "b")
    assert (in_folder / "b" / "checks.toml").read_text() == "# none yet"


def test_without_the_archive_there_is_none_in_it(settings, in_folder):
    made = back_up(settings, in_folder / "b", with_archive=False)
    assert made.manifest.archive == "left out"
    assert names(in_folder / "b") == ["claimhouse.toml", "manifest.json", "warehouse.duckdb"]


def test_a_backup_is_brought_up_to_date_without_copying_the_same_files_again(settings, in_folder):
    back_up(settings, in_folder / "b")
    first, second = archive_files(in_folder / "b" / "archive")
    before = first.stat().st_ino
    with second.open("ab") as file, archive_files(settings.data_dir / "archive")[1].open("ab") as source:
        del file
        source.write(b"more")
    add_alias(settings.place, "new")
    fetch(settings.data_dir / "archive", 3)
    again = back_up(settings, in_folder / "b")
    assert again.taken_over == 1
    assert first.stat().st_ino == before
    assert second.read_bytes().endswith(b"more")
    assert len(archive_files(in_folder / "b" / "archive")) == 3
    assert "new" in aliases(in_folder / "b" / "warehouse.duckdb")
    assert check(in_folder / "b") == again.manifest


def test_a_file_that_rotted_in_the_backup_is_copied_again(settings, in_folder):
    back_up(settings, in_folder / "b")
    first, _ = archive_files(in_folder / "b" / "archive")
    first.write_bytes(b"x" * first.stat().st_size)
    assert back_up(settings, in_folder / "b").taken_over == 1
    check(in_folder / "b")


def test_what_a_disk_without_hard_links_has_is_copied(settings, in_folder, monkeypatch):
    def refuse(*_):
        raise OSError("no hard links here")

    monkeypatch.setattr(os, "link", refuse)
    back_up(settings, in_folder / "b")
    assert back_up(settings, in_folder / "b").taken_over == 2
    check(in_folder / "b")
    restored = restore(plan_restore(in_folder / "b"))
    assert restored.kept[-1].is_file()


@pytest.mark.parametrize("mine", ["b/thesis.odt", "b/archive/thesis.odt"])
@pytest.mark.parametrize("is_backup", [True, False])
def test_a_folder_with_other_things_is_refused_and_left_alone(settings, in_folder, mine, is_backup):
    if is_backup:
        back_up(settings, in_folder / "b")
    (in_folder / mine).parent.mkdir(parents=True, exist_ok=True)
    (in_folder / mine).write_text("mine")
    before = names(in_folder / "b")
    with pytest.raises(WrongUse, match="holds"):
        back_up(settings, in_folder / "b")
    assert names(in_folder / "b") == before


def test_too_little_room_is_told_before_anything_is_written(settings, in_folder, monkeypatch):
    monkeypatch.setattr(shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(10, 10, 1000))
    with pytest.raises(WrongUse, match=r"too little room .*are needed, 1.0 kB are free"):
        back_up(settings, in_folder / "b")
    assert not (in_folder / "b").exists()


def test_a_backup_can_be_made_while_a_run_publishes_and_pages_are_fetched(settings, in_folder):
    with alone(settings), Archive(settings.data_dir / "archive"), building(settings.place) as con:
        con.execute("INSERT INTO entity_aliases VALUES ('e', 'not yet published')")
        back_up(settings, in_folder / "b")
    assert "not yet published" not in aliases(in_folder / "b" / "warehouse.duckdb")
    assert "not yet published" in aliases(settings.place)


def test_a_warehouse_that_is_replaced_while_it_is_copied_is_copied_whole(settings, in_folder, monkeypatch):
    from flows import manifest

    real, published = manifest._to_disk, []

    def publish(file):
        if not published:
            published.append(1)
            add_alias(settings.place, "later")
        real(file)

    monkeypatch.setattr(manifest, "_to_disk", publish)
    monkeypatch.setattr(manifest, "_BLOCK", 4096)
    back_up(settings, in_folder / "b")
    assert "later" not in aliases(in_folder / "b" / "warehouse.duckdb")


def test_what_the_ledger_has_not_written_to_its_file_yet_is_in_the_backup(settings, in_folder):
    archive = settings.data_dir / "archive"
    with closing(sqlite3.connect(archive / "ledger.sqlite3")) as writer:
        writer.execute("UPDATE captures SET source_id = 'changed'")
        writer.commit()
        assert (archive / "ledger.sqlite3-wal").stat().st_size > 0
        back_up(settings, in_folder / "b")
    with closing(sqlite3.connect(in_folder / "b" / "archive" / "ledger.sqlite3")) as copy:
        assert copy.execute("SELECT DISTINCT source_id FROM captures").fetchall() == [("changed",)]


def test_an_older_warehouse_is_backed_up_as_it_is(in_folder):
    (in_folder / "data").mkdir()
    keep.rebuild(2, in_folder / "data" / "warehouse.duckdb")
    assert back_up(settings_of(in_folder), in_folder / "b").manifest.schema_version == 2


def test_a_newer_warehouse_is_refused_with_the_mend(settings, capsys):
    with duckdb.connect(str(settings.place)) as con:
        con.execute("INSERT INTO schema_version VALUES (999, 'from the future', now())")
    for command in (["backup", "b"], ["export", "e"]):
        assert cli.main(command) == 2
        assert "Update Claimhouse" in capsys.readouterr().err
    assert not Path("b").exists()


def test_without_a_warehouse_there_is_nothing_to_back_up(in_folder, capsys):
    assert cli.main(["backup", "b"]) == 2
    assert "There is no warehouse at" in capsys.readouterr().err


def test_a_backup_that_is_killed_at_any_step_leaves_the_earlier_one_or_the_new(kept_warehouse, tmp_path):
    data_in(tmp_path / "made", kept_warehouse)
    make_backup(tmp_path / "made")
    add_alias(tmp_path / "made" / "data" / "warehouse.duckdb", "second")

    def prepare(step: int) -> Path:
        return Path(shutil.copytree(tmp_path / "made", tmp_path / str(step)))

    def look(folder: Path) -> None:
        check(folder / "backup")
        if int(folder.name) % 4 == 0:
            make_backup(folder)
            assert "second" in aliases(folder / "backup" / "warehouse.duckdb")
            assert sorted(path.name for path in folder.iterdir() if "backup" in path.name) == [".backup.lock", "backup"]
        shutil.rmtree(folder)

    assert killed_at_each_step(make_backup, prepare, look) >= 8


# -- looking at one


def break_in_two(folder: Path) -> str:
    (folder / "warehouse.duckdb").write_bytes((folder / "warehouse.duckdb").read_bytes()[:-1])
    return "warehouse.duckdb has"


def flip_a_bit(folder: Path) -> str:
    path, *_ = archive_files(folder / "archive")
    content = bytearray(path.read_bytes())
    content[50] ^= 1
    path.write_bytes(content)
    return f"archive/{path.name} holds other bytes"


def lose_a_file(folder: Path) -> str:
    (folder / "archive" / "ledger.sqlite3").unlink()
    return "archive/ledger.sqlite3 is missing"


@pytest.mark.parametrize("damage", [break_in_two, flip_a_bit, lose_a_file])
def test_a_damaged_backup_is_told_and_not_restored(settings, in_folder, damage):
    back_up(settings, in_folder / "b")
    add_alias(settings.place, "here")
    told = damage(in_folder / "b")
    before = [name for name in names(in_folder) if not name.endswith(".lock")]
    with pytest.raises(WrongUse, match=told):
        check(in_folder / "b")
    with pytest.raises(WrongUse, match=told):
        restore(plan_restore(in_folder / "b"))
    assert "here" in aliases(settings.place)
    assert [name for name in names(in_folder) if not name.endswith(".lock")] == before


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"format_version": 2}, "A newer Claimhouse"),
        ({"schema_version": 999}, "A newer Claimhouse"),
        ({"format": "something"}, "no backup of Claimhouse"),
        ({"tables": {"documents": -1}}, "is damaged: `tables.documents`"),
        ({"tables": {"documents": 4}}, "other rows than its manifest tells"),
        ({"files": []}, "no warehouse"),
        ({"files": [{"path": "../../outside", "bytes": 1, "sha256": ""}]}, "it names .*outside"),
        ({"files": [{"path": "/outside", "bytes": 1, "sha256": ""}]}, "it names .*outside"),
    ],
)
def test_a_manifest_that_is_newer_or_damaged_is_told(settings, in_folder, change, told):
    back_up(settings, in_folder / "b", with_archive=False)
    path = in_folder / "b" / "manifest.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **change}))
    with pytest.raises(WrongUse, match=told):
        check(in_folder / "b")


def test_a_folder_that_is_no_backup_is_told(in_folder):
    with pytest.raises(WrongUse, match="is no backup"):
        read_manifest(in_folder)


# -- bringing it back


def test_a_restore_brings_all_of_it_back_and_keeps_what_stood_there(settings, in_folder):
    before = aliases(settings.place)
    back_up(settings, in_folder / "b")
    add_alias(settings.place, "after")
    fetch(settings.data_dir / "archive", 3)
    restored = restore(plan_restore(in_folder / "b"))
    assert aliases(settings.place) == before
    assert [url for url, _ in captures(settings.data_dir / "archive")] == ["https://paper.example/1", "https://paper.example/2"]
    archive, warehouse = sorted(restored.kept)
    assert [url for url, _ in captures(archive)][-1] == "https://paper.example/3"
    assert "after" in aliases(warehouse)


def test_pages_can_be_fetched_after_a_restore(settings, in_folder):
    back_up(settings, in_folder / "b")
    restore(plan_restore(in_folder / "b"))
    fetch(settings.data_dir / "archive", 3)
    assert len(captures(settings.data_dir / "archive")) == 3


def test_another_machine_gets_its_settings_from_the_backup(settings, in_folder, monkeypatch):
    back_up(settings, in_folder / "b")
    (in_folder / "other").mkdir()
    monkeypatch.chdir(in_folder / "other")
    restored = restore(plan_restore(in_folder / "b"))
    assert restored.plan.settings.reading.min_words == 21
    assert (in_folder / "other" / "claimhouse.toml").read_text() == (in_folder / "claimhouse.toml").read_text()
    assert aliases(in_folder / "other" / "data" / "warehouse.duckdb") == aliases(settings.place)
    assert restored.kept == ()


def test_settings_that_are_here_stay_and_it_is_said(settings, in_folder):
    back_up(settings, in_folder / "b")
    (in_folder / "claimhouse.toml").write_text('data_dir = "data"\n')
    restored = restore(plan_restore(in_folder / "b"))
    assert (in_folder / "claimhouse.toml").read_text() == 'data_dir = "data"\n'
    assert "claimhouse.toml stays as it is here" in restored.notes[0]


def test_a_backup_without_the_archive_leaves_that_which_is_here(settings, in_folder):
    back_up(settings, in_folder / "b", with_archive=False)
    fetch(settings.data_dir / "archive", 3)
    restore(plan_restore(in_folder / "b"))
    assert len(captures(settings.data_dir / "archive")) == 3


def test_the_log_of_another_program_is_not_replayed_onto_what_is_restored(settings, in_folder):
    back_up(settings, in_folder / "b")
    log = settings.place.with_name("warehouse.duckdb.wal")
    log.write_bytes(b"of the old file")
    restored = restore(plan_restore(in_folder / "b"))
    assert not log.exists()
    assert [path.read_bytes() for path in restored.kept if path.suffix == ".wal"] == [b"of the old file"]


def test_nothing_is_restored_while_a_run_is_at_work(settings, in_folder):
    back_up(settings, in_folder / "b")
    plan = plan_restore(in_folder / "b")
    with alone(settings), pytest.raises(Busy, match="Another run"):
        restore(plan)
    with building(settings.place), pytest.raises(WarehouseHeld):
        restore(plan)
    with Archive(settings.data_dir / "archive"), pytest.raises(Busy, match="writing to"):
        restore(plan)
    assert not list(in_folder.rglob("*.before-*"))


def test_a_reader_keeps_what_it_opened_through_a_restore(settings, in_folder):
    back_up(settings, in_folder / "b")
    add_alias(settings.place, "after")
    with closing(open_readonly(settings.place)) as con:
        restore(plan_restore(in_folder / "b"))
        assert con.execute("SELECT count(*) FROM entity_aliases WHERE alias = 'after'").fetchone() == (1,)


def test_a_restore_that_is_killed_at_any_step_loses_nothing(kept_warehouse, tmp_path):
    data_in(tmp_path / "made", kept_warehouse)
    make_backup(tmp_path / "made")
    add_alias(tmp_path / "made" / "data" / "warehouse.duckdb", "after")
    fetch(tmp_path / "made" / "data" / "archive", 3)

    def prepare(step: int) -> Path:
        return Path(shutil.copytree(tmp_path / "made", tmp_path / str(step)))

    def look(folder: Path) -> None:
        data = folder / "data"
        aliases(data / "warehouse.duckdb")  # at no moment there is none
        with only_run(settings_of(folder)):
            pass  # a run finishes what was begun
        is_old = "after" in aliases(data / "warehouse.duckdb")
        assert len(captures(data / "archive")) == (3 if is_old else 2)
        kept = sorted(data.glob("*.before-*"), key=Path.is_file)
        assert [path.is_file() for path in kept] == ([] if is_old else [False, True])
        if kept:
            assert len(captures(kept[0])) == 3
            assert "after" in aliases(kept[1])
        if int(folder.name) % 4 == 0:
            bring_back(folder)
            assert "after" not in aliases(data / "warehouse.duckdb")
            assert not [path for path in folder.rglob("*") if "restoring" in path.name]
        shutil.rmtree(folder)

    assert killed_at_each_step(bring_back, prepare, look) >= 8


# -- the commands


def test_the_commands_tell_what_they_did(settings, in_folder, capsys):
    assert cli.main(["backup", "b"]) == 0
    assert "b holds 5 documents" in capsys.readouterr().out
    assert cli.main(["backup", "b", "--check"]) == 0
    assert "b is whole: 5 documents" in capsys.readouterr().out
    assert cli.main(["restore", "b"]) == 2
    assert "Say --yes" in capsys.readouterr().err
    assert cli.main(["restore", "b", "--yes"]) == 0
    said = capsys.readouterr().out
    assert "What stood there before is" in said
    assert "`claimhouse run` goes on from here" in said


@pytest.mark.parametrize(("answer", "code"), [("y", 0), ("", 2)])
def test_a_person_is_asked_before_anything_gives_way(settings, monkeypatch, answer, code):
    back_up(settings, Path("b"))
    monkeypatch.setattr("sys.stdin.isatty", lambda: True)
    monkeypatch.setattr("builtins.input", lambda _: answer)
    assert cli.main(["restore", "b"]) == code
