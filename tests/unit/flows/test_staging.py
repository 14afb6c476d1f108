from pathlib import Path

import polars as pl
import pytest

from flows.errors import WrongUse
from flows.staging import Staging
from warehouse.tables import CLAIM_ENTITIES, DOCUMENTS, SENTENCES


def document(number: int, *, url: str | None = None, raw_hash: str = "h", version: str = "v1") -> dict[str, object]:
    return {
        "document_id": f"d{number}", "page_key": f"{number}.html", "url": url or f"file:///{number}.html",
        "raw_hash": raw_hash, "pipeline_version": version,
    }  # fmt: skip


def tables(*documents: dict[str, object]) -> dict[str, pl.DataFrame]:
    sentences = [{"sentence_id": f"s-{one['document_id']}", "document_id": one["document_id"]} for one in documents]
    return {"documents": DOCUMENTS.frame(list(documents)), "sentences": SENTENCES.frame(sentences)}


@pytest.fixture
def staging(tmp_path) -> Staging:
    staging = Staging(tmp_path / "staging")
    staging.clean("v1")
    return staging


def test_what_is_staged_can_be_read_by_address(staging):
    staging.write("a", tables(document(1), document(2)))
    staging.write("b", tables(document(3)))
    assert staging.pages() == {(f"file:///{number}.html", "h") for number in (1, 2, 3)}
    found = staging.documents(DOCUMENTS, {("file:///1.html", "h"), ("file:///3.html", "h")})
    assert found["document_id"].to_list() == ["d1", "d3"]
    assert staging.rows(SENTENCES, found["document_id"])["sentence_id"].to_list() == ["s-d1", "s-d3"]


def test_nothing_staged_gives_empty_tables_of_the_declared_schema(staging):
    assert staging.pages() == set()
    assert staging.documents(DOCUMENTS, {("x", "h")}).schema == DOCUMENTS.schema
    assert staging.rows(SENTENCES, pl.Series("document_id", ["d1"])).schema == SENTENCES.schema


def test_rows_of_claims_are_found_by_the_name_of_the_ids(staging):
    links = CLAIM_ENTITIES.frame([{"claim_id": claim_id, "entity_id": "e", "role": "subject"} for claim_id in ("c1", "c2")])
    staging.write("a", {"documents": DOCUMENTS.frame([document(1)]), "claim_entities": links})
    assert staging.rows(CLAIM_ENTITIES, pl.Series("claim_id", ["c2"]))["claim_id"].to_list() == ["c2"]


def test_two_pages_that_are_one_document_have_its_rows_once(staging):
    staging.write("a", tables(document(1)))
    staging.write("b", tables({**document(1), "url": "file:///other.html"}))
    assert staging.rows(SENTENCES, pl.Series("document_id", ["d1"])).height == 1
    assert staging.documents(DOCUMENTS, {("file:///1.html", "h"), ("file:///other.html", "h")}).height == 2


def test_a_page_that_was_staged_twice_counts_once(staging):
    staging.write("a", tables(document(1)))
    staging.write("b", tables(document(1)))
    assert staging.documents(DOCUMENTS, {("file:///1.html", "h")}).height == 1


def test_a_page_that_could_not_be_read_is_staged_under_the_bytes_that_were_found(staging):
    staging.write("a", tables(document(1, raw_hash="of the problem")), [("file:///1.html", "h")])
    assert staging.pages() == {("file:///1.html", "h")}
    found = staging.documents(DOCUMENTS, {("file:///1.html", "h")})
    assert found["raw_hash"].to_list() == ["of the problem"]
    assert found.schema == DOCUMENTS.schema


def test_two_states_of_one_address_are_two_pages(staging):
    staging.write("a", tables(document(1), document(2, url="file:///1.html", raw_hash="h2")))
    found = staging.documents(DOCUMENTS, {("file:///1.html", "h"), ("file:///1.html", "h2")})
    assert found["document_id"].to_list() == ["d1", "d2"]


def test_a_batch_that_was_not_finished_is_not_seen_and_is_removed(staging):
    (staging.folder / "a.writing").mkdir()
    DOCUMENTS.frame([document(1)]).write_parquet(staging.folder / "a.writing" / "documents.parquet")
    assert staging.pages() == set()
    staging.clean("v1")
    assert not (staging.folder / "a.writing").exists()


def test_a_batch_of_another_version_is_removed(staging):
    staging.write("a", tables(document(1, version="v0")))
    staging.clean("v1")
    assert staging.pages() == set()


def test_a_batch_of_this_version_stays(staging):
    staging.write("a", tables(document(1)))
    staging.clean("v1")
    assert len(staging.pages()) == 1


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:100])


def zero(path: Path) -> None:
    path.write_bytes(bytes(path.stat().st_size))


def flip(path: Path) -> None:
    raw = bytearray(path.read_bytes())
    raw[6] ^= 1
    path.write_bytes(raw)


@pytest.mark.parametrize("table", ["documents", "sentences"])
@pytest.mark.parametrize("damage", [cut, zero, flip, Path.unlink, lambda path: path.write_bytes(b"")])
def test_a_batch_that_a_crash_of_the_machine_damaged_is_counted_and_removed_and_others_stay(staging, table, damage):
    staging.write("a", tables(document(1)))
    staging.write("b", tables(document(2)))
    damage(staging.folder / "a" / f"{table}.parquet")
    assert ("file:///2.html", "h") in staging.pages()  # who looks before it was cleaned up is not stopped by it
    assert staging.clean("v1") == 1
    assert [path.name for path in staging.folder.iterdir()] == ["b"]
    assert staging.clean("v1") == 0


def test_a_batch_without_its_hashes_is_damaged(staging):
    staging.write("a", tables(document(1)))
    (staging.folder / "a" / "hashes.json").unlink()
    assert staging.clean("v1") == 1


def test_a_batch_of_another_version_counts_as_no_damage(staging):
    staging.write("a", tables(document(1, version="v0")))
    assert staging.clean("v1") == 0


def test_a_batch_is_on_the_disk_before_it_appears(staging, monkeypatch):
    flushed: list[str] = []
    real = Path.rename

    def rename(path: Path, target: Path) -> Path:
        assert {"documents.parquet", "sentences.parquet", "hashes.json", path.name} <= set(flushed)
        return real(path, target)

    monkeypatch.setattr("flows.staging._flush", lambda path: flushed.append(path.name))
    monkeypatch.setattr(Path, "rename", rename)
    staging.write("a", tables(document(1)))
    assert flushed[-1] == "staging"


def test_only_batches_whose_pages_were_all_loaded_are_removed(staging):
    staging.write("a", tables(document(1), document(2)))
    staging.write("b", tables(document(3), document(4)))
    staging.remove({"file:///1.html", "file:///2.html", "file:///3.html"})
    assert sorted(path.name for path in staging.folder.iterdir()) == ["b"]


def test_a_note_tells_how_far_a_batch_is_until_it_is_staged(staging):
    assert staging.noted("a") is None
    staging.note("a", 3, 420)
    note = staging.noted("a")
    assert note is not None
    assert (note.page, note.words) == (3, 420)
    staging.write("a", tables(document(1)))
    assert staging.noted("a") is None


def test_notes_of_a_killed_run_are_removed(staging):
    staging.note("a", 1, 1)
    staging.clean("v1")
    assert list(staging.folder.iterdir()) == []


def test_two_workers_that_stage_one_batch_at_once_leave_it_whole(staging, monkeypatch):
    real = Path.rename

    def rename(path: Path, target: Path) -> Path:
        monkeypatch.setattr(Path, "rename", real)
        staging.write("a", tables(document(1)))  # the other one is faster
        return real(path, target)

    monkeypatch.setattr(Path, "rename", rename)
    staging.write("a", tables(document(1)))
    assert [path.name for path in staging.folder.iterdir()] == ["a"]
    assert staging.clean("v1") == 0
    assert len(staging.pages()) == 1


def test_what_could_not_be_put_in_place_is_an_error(staging, monkeypatch):
    monkeypatch.setattr(Path, "rename", lambda path, target: (_ for _ in ()).throw(OSError(28, "No space left on device")))
    with pytest.raises(OSError, match="No space left"):
        staging.write("a", tables(document(1)))


def test_a_share_that_can_not_flush_folders_is_no_error_and_a_file_that_can_not_be_flushed_is_one(staging, monkeypatch):
    import errno
    import os
    import stat

    def fsync(handle: int, kinds=(stat.S_ISDIR,)) -> None:
        if any(is_kind(os.fstat(handle).st_mode) for is_kind in kinds):
            raise OSError(errno.EINVAL, "Invalid argument")

    monkeypatch.setattr("flows.staging.os.fsync", fsync)
    staging.write("a", tables(document(1)))
    monkeypatch.setattr("flows.staging.os.fsync", lambda handle: fsync(handle, (stat.S_ISREG,)))
    with pytest.raises(OSError, match="Invalid argument"):
        staging.write("b", tables(document(2)))


def test_batches_that_others_staged_are_waited_for(staging):
    import threading

    later = threading.Timer(0.2, staging.write, ("b", tables(document(2))))
    staging.write("a", tables(document(1)))
    later.start()
    staging.wait_for({"a", "b"})
    assert len(staging.pages()) == 2


def test_batches_that_never_come_are_told_of_with_the_mend(staging):
    with pytest.raises(WrongUse, match=r"1 batches that were read are not in .*Have all machines mount the same storage there"):
        staging.wait_for({"a"}, seconds=0)
    assert list(staging.folder.iterdir()) == []


def test_where_a_page_took_too_long_is_known_as_long_as_the_batch_is_not_begun_anew(staging):
    with pytest.raises(KeyError), staging.late_log("a") as log:
        log.write("nothing was late")
        raise KeyError
    assert staging.late("a") == ""
    (staging.folder / "a.late").write_text("in transforms/read.py")  # who is ended leaves it behind
    assert staging.late("a") == "in transforms/read.py"
    staging.unnote("a")
    assert staging.late("a") == ""


def test_the_words_of_a_staged_batch_are_known(staging):
    assert staging.words("a") is None
    staging.write("a", tables({**document(1), "word_count": 3}, {**document(2), "word_count": 4}))
    assert staging.words("a") == 7
