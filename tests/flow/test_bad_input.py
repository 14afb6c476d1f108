import shutil
import subprocess
import sys
from pathlib import Path

import pytest

WORDS = (
    "The harbour board said on Monday that thirty ferries will cross the strait every day from May, and traders were pleased. "
    * 2
)
PAGES: dict[str, tuple[bytes, str | None, str | None]] = {
    "binary.html": (bytes(range(256)) * 64, "unreadable", "binary"),
    "empty.html": (b"", "unreadable", "empty"),
    "one-tag.html": (b"<html>", "not_an_article", "no article text"),
    "no-text.html": (b"<html><body><img src='x.png'></body></html>", "not_an_article", "no article text"),
    "short.txt": (b"Ferries sail in May.", "too_short", "min_words"),
    "broken-encoding.html": (
        b"<html><meta charset=utf-8><p>Caf\xe9 owners: " + WORDS.encode() + b" \xff\xfe</p>",
        "kept",
        None,
    ),
    "utf-16.txt": (WORDS.encode("utf-16"), "kept", None),
    "too-large.html": (b"<p>" + b"x" * 1_200_000, "unreadable", "max_page_mb"),
    "named.json": (b'{"a": 1}', None, None),
}


@pytest.fixture(scope="module")
def odd_pages(run_flow, tmp_path_factory):
    folder = tmp_path_factory.mktemp("odd") / "pages"
    folder.mkdir()
    for name, (raw, _, _) in PAGES.items():
        (folder / name).write_bytes(raw)
    return run_flow(folder.parent / "data", folder, settings="[reading]\nmax_page_mb = 1\n")


@pytest.mark.parametrize("name", PAGES)
def test_an_odd_page_ends_in_an_outcome_with_its_reason(odd_pages, name):
    _, outcome, reason = PAGES[name]
    found = odd_pages.ask(f"SELECT outcome, outcome_reason FROM documents WHERE page_key = '{name}'").rows()
    if outcome is None:
        assert found == []  # in a folder, what is no page is left out, and counted
        assert odd_pages.summary.skipped == 1
        return
    [(its_outcome, its_reason)] = found
    assert its_outcome == outcome
    assert reason is None or reason in its_reason


def test_odd_pages_do_not_change_on_a_second_run(odd_pages, run_flow, tmp_path):
    data = Path(shutil.copytree(odd_pages.data, tmp_path / "data"))
    folder = odd_pages.data.parent / "pages"
    assert run_flow(data, folder, settings="[reading]\nmax_page_mb = 1\n").summary.status == "unchanged"


def ended(process: subprocess.Popen[str]) -> tuple[int, str]:
    _, err = process.communicate(timeout=120)
    assert "Traceback" not in err
    return process.returncode, err


@pytest.mark.parametrize(
    ("arguments", "code", "mend"),
    [
        (["nowhere"], 2, "There is no file or folder nowhere. Mend the path"),
        (["empty"], 3, "Nothing could be read: no page lies in"),
        (["ftp://example.org/feed.xml"], 2, "is no address of a page"),
        (["pages", "--config", "wrong.toml"], 2, "set 0 to 100 under [gate] in wrong.toml"),
        (["pages", "--config", "model.toml"], 2, "The language model en_nowhere is not installed"),
        (["pages", "--warehouse", "text.duckdb"], 2, "is no DuckDB database"),
        ([], 2, "There is nothing to read"),
    ],
)
def test_wrong_use_ends_at_once_with_the_mend(claimhouse, tmp_path, arguments, code, mend):
    (tmp_path / "empty").mkdir()
    (tmp_path / "pages").mkdir()
    (tmp_path / "pages" / "a.txt").write_text(WORDS)
    (tmp_path / "wrong.toml").write_text("[gate]\nmax_quarantined_percent = 140\n")
    (tmp_path / "model.toml").write_text('[reading]\nmodel = "en_nowhere"\n')
    (tmp_path / "text.duckdb").write_text("no database")
    found, said = ended(claimhouse("run", *arguments))
    assert found == code
    assert mend in said
    assert (tmp_path / "text.duckdb").read_text() == "no database"


def test_a_warehouse_that_another_process_writes_to_is_told_and_left_alone(claimhouse, samples, tmp_path):
    warehouse = Path(shutil.copy(samples.warehouse, tmp_path / "held.duckdb"))
    holder = subprocess.Popen(
        [sys.executable, "-c", f"import duckdb; held = duckdb.connect({str(warehouse)!r}); print('held', flush=True); input()"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert holder.stdout is not None
    holder.stdout.readline()
    (tmp_path / "a.txt").write_text(WORDS)
    code, said = ended(claimhouse("run", "a.txt", "--warehouse", warehouse))
    holder.communicate("\n")
    assert code == 2
    assert "is open for writing in" in said
    assert warehouse.read_bytes() == samples.warehouse.read_bytes()


def test_a_second_run_in_the_same_data_folder_is_refused(run_flow, samples, copy_of_samples):
    from filelock import FileLock

    from flows.errors import WrongUse

    with FileLock(copy_of_samples / "run.lock"), pytest.raises(WrongUse, match="Another run is at work"):
        run_flow(copy_of_samples, samples.data)


@pytest.fixture
def small_disk(tmp_path):
    """A file system of 16 MB, to be filled with `fill`. Only root may mount one."""
    folder = tmp_path / "small"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=16m", "tmpfs", folder], capture_output=True, text=True, check=False
    )
    if mounted.returncode:
        pytest.skip(f"no small disk can be made here: {mounted.stderr.strip()}")
    yield folder
    subprocess.run(["umount", "-l", folder], check=True)


def fill(disk: Path, leave: int) -> None:
    free = shutil.disk_usage(disk).free
    (disk / "filler").write_bytes(b"x" * (free - leave))


def test_a_data_folder_without_room_is_told_and_what_was_loaded_stands(claimhouse, samples, small_disk, tmp_path):
    warehouse = Path(shutil.copy(samples.warehouse, tmp_path / "w.duckdb"))
    (tmp_path / "a.txt").write_text(WORDS)
    (tmp_path / "claimhouse.toml").write_text(f'data_dir = "{small_disk}"\nwarehouse = "w.duckdb"\n')
    fill(small_disk, leave=0)
    code, said = ended(claimhouse("run", "a.txt"))
    assert code == 2
    assert "disk is full" in said
    assert warehouse.read_bytes() == samples.warehouse.read_bytes()


def test_a_disk_without_room_to_publish_is_told_and_what_was_loaded_stands(claimhouse, samples, small_disk, tmp_path):
    warehouse = Path(shutil.copy(samples.warehouse, small_disk / "w.duckdb"))
    (tmp_path / "a.txt").write_text(WORDS)
    fill(small_disk, leave=1_000_000)
    code, said = ended(claimhouse("run", "a.txt", "--warehouse", warehouse))
    assert code == 2
    assert "the disk is full" in said.lower()
    assert warehouse.read_bytes() == samples.warehouse.read_bytes()
    assert sorted(path.name for path in small_disk.iterdir()) == ["filler", "w.duckdb", "w.duckdb.lock", "w.duckdb.run.lock"]
