from pathlib import Path

import polars as pl
import pytest

from flows.batch import Batch, Staged, Work, read_batch
from flows.batches import Annotation, batches_of
from flows.errors import ClaimhouseError
from flows.found import FoundPage
from flows.models import load_reader
from flows.settings import Reading, Run
from flows.staging import Staging
from warehouse.tables import DOCUMENTS


def page(number: int, size: int = 1) -> FoundPage:
    return FoundPage(f"{number}.html", f"/{number}.html", f"file:///{number}.html", "source", size, f"hash{number}")


def pages_in(batch: Batch) -> list[str]:
    return [page.key for page in batch.pages]


def test_few_pages_are_one_batch_of_one_worker():
    [batch] = batches_of([page(2), page(1)], "v", Run(batch_pages=5), workers=1)
    assert pages_in(batch) == ["1.html", "2.html"]


def test_few_pages_are_shared_by_the_workers():
    assert [len(batch.pages) for batch in batches_of([page(1), page(2), page(3)], "v", Run(batch_pages=5), workers=2)] == [2, 1]


def test_every_page_is_in_exactly_one_batch_and_none_is_too_long():
    batches = batches_of([page(number) for number in range(23)], "v", Run(batch_pages=5), workers=2)
    assert sorted(key for batch in batches for key in pages_in(batch)) == sorted(f"{number}.html" for number in range(23))
    assert max(len(batch.pages) for batch in batches) <= 5


def test_batches_are_a_multiple_of_the_workers_so_that_all_end_together():
    assert len(batches_of([page(number) for number in range(11)], "v", Run(batch_pages=5), workers=2)) == 4


def test_there_are_no_more_batches_than_pages():
    assert len(batches_of([page(1), page(2)], "v", Run(batch_pages=1), workers=8)) == 2


def test_large_pages_are_spread_over_the_batches():
    pages = [page(1, size=100), page(2, size=100), page(3), page(4)]
    batches = batches_of(pages, "v", Run(batch_pages=2), workers=2)
    assert [sum(page.size for page in batch.pages) for batch in batches] == [101, 101]


def test_no_pages_are_no_batches():
    assert batches_of([], "v", Run(), workers=2) == []


def test_the_key_of_a_batch_stands_for_pages_bytes_and_version_but_not_for_their_order():
    def key(*pages: FoundPage, version: str = "v") -> str:
        return batches_of(pages, version, Run(batch_pages=9), workers=1)[0].key

    changed = FoundPage("1.html", "/1.html", "file:///1.html", "source", 1, "other bytes")
    assert key(page(1), page(2)) == key(page(2), page(1))
    assert len({key(page(1)), key(page(2)), key(changed), key(page(1), version="w")}) == 4


class Losing:
    """Readers that lose what they are told to, as often as they are told, with a page begun or not."""

    died = "it died"
    all_die = "all die"
    count = 2

    def __init__(self, staging: Staging, lost: dict[str, int], begun: bool) -> None:
        self.staging, self.lost, self.begun = staging, lost, begun
        self.alone: list[str] = []

    def read(self, batches, work):
        for batch in batches:
            names = pages_in(batch)
            if due := next((name for name in names if self.lost.get(name)), None):
                self.lost[due] -= 1
                if self.begun:
                    self.staging.note(batch.key, names.index(due), 0)
                yield batch, None
            else:
                self.staging.write(batch.key, {"documents": DOCUMENTS.frame()}, [])
                yield batch, Staged(batch.key, len(names), 10)

    def read_alone(self, batches, work):
        for batch in batches:
            self.alone += pages_in(batch)
            yield from self.read([batch], work)


def annotation(folder: Path, lost: dict[str, int], *, begun: bool = True) -> tuple[Annotation, Losing]:
    staging = Staging(folder)
    staging.clean("v")
    readers = Losing(staging, lost, begun)
    return Annotation(Work(folder, Reading(), "v", 5, 1000), readers), readers


def test_a_page_begun_by_a_process_that_died_is_read_alone_and_the_others_of_its_batch_anew(tmp_path):
    under_way, readers = annotation(tmp_path, {"1.html": 1})
    under_way.annotate(batches_of([page(number) for number in range(6)], "v", Run(batch_pages=3), workers=2))
    assert readers.alone == ["1.html"]
    assert under_way.progress() == (6, 30)


def test_batches_that_were_lost_before_a_page_was_begun_are_read_anew_as_long_as_others_come_through(tmp_path):
    under_way, readers = annotation(tmp_path, {"1.html": 1}, begun=False)
    under_way.annotate(batches_of([page(number) for number in range(6)], "v", Run(batch_pages=3), workers=2))
    assert readers.alone == []
    assert under_way.progress()[0] == 6


def test_when_all_batches_are_lost_before_a_page_was_begun_the_run_ends(tmp_path):
    under_way, _ = annotation(tmp_path, {"1.html": 2, "2.html": 2}, begun=False)
    with pytest.raises(ClaimhouseError, match="all die"):
        under_way.annotate(batches_of([page(1), page(2)], "v", Run(batch_pages=1), workers=2))


@pytest.mark.parametrize(
    ("left_behind", "reason"),
    [
        (lambda staging, key: None, "it died"),
        (lambda staging, key: (staging.folder / f"{key}.late").write_text("here"), "reading it took longer"),
        (lambda staging, key: staging.note_too_big(key), "reading it took more memory than max_worker_mb, 1000"),
    ],
)
def test_what_ended_the_process_is_the_reason_of_a_page_that_was_killed_alone(tmp_path, monkeypatch, left_behind, reason):
    monkeypatch.setattr("flows.batches.wait_for_imports", lambda: None)
    under_way, readers = annotation(tmp_path, {"1.html": 2})
    real = readers.read

    def read(batches, work):
        for batch, staged in real(batches, work):
            if staged is None:
                left_behind(readers.staging, batch.key)
            yield batch, staged

    readers.read = read
    under_way.annotate(batches_of([page(1), page(2)], "v", Run(batch_pages=2), workers=2))
    documents = pl.concat([pl.read_parquet(path) for path in tmp_path.glob("*/documents.parquet")], how="diagonal_relaxed")
    assert documents["outcome_reason"].to_list()[0].startswith(reason)


def test_what_an_earlier_run_noted_of_a_batch_sets_no_page_apart(tmp_path):
    under_way, readers = annotation(tmp_path, {"1.html": 1}, begun=False)
    batches = batches_of([page(number) for number in range(6)], "v", Run(batch_pages=3), workers=2)
    for batch in batches:
        readers.staging.note(batch.key, 0, 0)
    under_way.annotate(batches)
    assert readers.alone == []


def test_words_that_a_batch_brought_are_forgotten_with_it_and_pages_are_read_alike_before_and_after(tmp_path):
    work = Work(tmp_path, Reading(), "v", page_seconds=60, max_mb=4000)
    told = "The harbour board of Qorvantis said on Monday that thirty zelbrinths will cross the strait every day from May. " * 3
    (tmp_path / "1.html").write_text(f"<html><body><article><p>{told}</p></article></body></html>", encoding="utf-8")
    found = FoundPage("1.html", str(tmp_path / "1.html"), "file:///1.html", "source", 1, "hash")
    strings = load_reader(work.reading).nlp.vocab.strings
    read = []
    for key in ("first", "second"):
        read_batch(Batch(key, (found,)), work)
        assert "Qorvantis" not in strings
        read.append([pl.read_parquet(tmp_path / key / f"{name}.parquet") for name in ("claims", "mentions")])

    assert read[0][0].height
    assert all(first.equals(second) for first, second in zip(*read, strict=True))
