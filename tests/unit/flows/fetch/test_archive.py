import gzip
import os
import signal
import subprocess
import sys
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from warcio.archiveiterator import ArchiveIterator
from warcio.checker import Checker

from flows.errors import WrongUse
from flows.fetch import archive as archive_module
from flows.fetch.archive import Archive, archive_files, kept_pages
from flows.fetch.model import Fetched, Hop, Place
from flows.fetch.warc import pages_of_warc
from flows.fetch.warc_records import records
from transforms.given import hash_of_page

NOON = datetime(2026, 3, 1, 12, 0, 0, 250_000)
PAGE = b"<!doctype html><title>Bridge</title><p>The bridge is open."
LIMIT = 100_000


def page(number: int = 0, content: bytes = PAGE, **changes: Any) -> Fetched:
    address = f"https://paper.example/{number}"
    fetched = Fetched(
        address, address, "read", NOON + timedelta(minutes=number), 200, "OK",
        (("Host", "paper.example"), ("User-Agent", "Claimhouse")), (("Content-Type", "text/html"), ("ETag", f'"{number}"')),
        content, content,
    )  # fmt: skip
    return replace(fetched, **changes)


def written(folder: Path, *pages: Fetched) -> list[Place]:
    with Archive(folder) as archive:
        return [archive.write(one, "feed") for one in pages]


def as_others_read(folder: Path) -> list[tuple[str, str, str, bytes]]:
    """Kind, target, first line and payload of each record."""
    [path] = archive_files(folder)
    with path.open("rb") as file:
        return [
            (
                record.rec_type,
                record.rec_headers.get_header("WARC-Target-URI"),
                f"{record.http_headers.protocol} {record.http_headers.statusline}" if record.http_headers else "",
                record.content_stream().read(),
            )
            for record in ArchiveIterator(file)
            if record.rec_type != "warcinfo"
        ]


def test_request_and_response_stand_in_a_warc_file_that_others_read(tmp_path: Path) -> None:
    packed = gzip.compress(PAGE)
    written(tmp_path, page(7, body=packed, headers=(("Content-Encoding", "gzip"),), url="https://paper.example/7?a=b"))
    url = "https://paper.example/7?a=b"
    assert as_others_read(tmp_path) == [
        ("request", url, "GET /7?a=b HTTP/1.1", b""),
        ("response", url, "HTTP/1.1 200 OK", PAGE),
    ]
    checker = Checker(type("Options", (), {"inputs": [str(archive_files(tmp_path)[0])], "verbose": False}))
    checker.process_all()
    assert checker.exit_value == 0


def test_the_name_of_a_file_has_time_and_sequence(tmp_path: Path) -> None:
    written(tmp_path, page())
    written(tmp_path, page(-600))
    assert [path.name for path in archive_files(tmp_path)] == [
        "claimhouse-20260301T120000Z-00001.warc.gz",
        "claimhouse-20260301T020000Z-00002.warc.gz",
    ]


def test_what_the_ledger_needs_comes_back_from_the_file_alone(tmp_path: Path) -> None:
    hops = (Hop(301, "https://paper.example/old"), Hop(302, "https://paper.example/\udc80\n"))
    one = page(3, address="https://paper.example/asked", hops=hops, tries=2)
    with Archive(tmp_path) as archive:
        archive.name_source("feed", kind="feed", location="https://paper.example/feed")
        place = archive.write(one, "feed")
    [kept] = kept_pages(tmp_path)
    assert kept.fetched == replace(one, reason="", request_headers=(), body=b"", content=b"")
    assert (kept.place, kept.raw_hash, kept.size) == (place, hash_of_page(PAGE), len(PAGE))
    assert (kept.source.source_id, kept.source.kind, kept.source.location) == ("feed", "feed", "https://paper.example/feed")


@pytest.mark.parametrize("status", [404, None])
def test_how_fetching_ended_is_kept_without_a_page_too(tmp_path: Path, status: int | None) -> None:
    ended = page(1, state="gone", status=status, content=b"", body=b"", headers=(), problem="it is gone", is_passing=True)
    written(tmp_path, ended)
    [kept] = kept_pages(tmp_path)
    assert (kept.fetched.state, kept.fetched.status, kept.fetched.problem) == ("gone", status, "it is gone")
    assert kept.fetched.is_passing
    assert kept.raw_hash is None
    last = list(records(archive_files(tmp_path)[0]))[-1]
    assert last.head.get_header("WARC-Truncated") == ("unspecified" if status else None)  # the page of the error is not there


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        (gzip.compress(PAGE), (("Content-Encoding", "gzip"), ("Transfer-Encoding", "chunked"))),
        (b"packed in a way that is not known here", (("Content-Encoding", "unheard-of"),)),
        (gzip.compress(PAGE), (("Content-Encoding", "br"), ("Content-Length", "9"))),
        (PAGE, (("Content-Encoding", "deflate"),)),
        (PAGE, (("Transfer-Encoding", "chunked"),)),
    ],
)
def test_a_page_reads_back_whatever_its_headers_claim(
    tmp_path: Path, body: bytes, headers: tuple[tuple[str, str], ...]
) -> None:
    [place] = written(tmp_path, page(body=body, headers=headers))
    with Archive(tmp_path) as archive:
        assert archive.read(place, LIMIT) == PAGE
    assert as_others_read(tmp_path)[1][3] == PAGE


HOSTILE = [
    "a\r\nWARC-Type: response\r\n\r\nWARC/1.1\r\n", "\0", "\ud800 lone", "\udcff a byte", "é ☃ \u2028", "", " ", ":",
    "x" * 1_000_000, "\x1b[31m", "../../etc/passwd", "{}", '"\\',
]  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_nothing_that_the_web_sends_breaks_the_file_or_leaves_the_folder(tmp_path: Path, text: str) -> None:
    folder = tmp_path / "archive"
    evil = page(
        1, address=f"https://paper.example/{text}", url=f"https://[{text}", reason=text,
        headers=((text, text), ("ETag", '"1"')), request_headers=((f"X{text}", text),), hops=(Hop(301, text),), problem=text,
    )  # fmt: skip
    places = written(folder, evil, page(2))
    first, second = kept_pages(folder)
    assert (first.fetched.address, first.fetched.url, first.fetched.hops) == (evil.address, evil.url, evil.hops)
    assert ("ETag", '"1"') in first.fetched.headers
    assert second.fetched.address == page(2).address
    with Archive(folder) as archive:
        assert [archive.read(place, LIMIT) for place in places] == [PAGE, PAGE]
    assert [kind for kind, *_ in as_others_read(folder)] == ["request", "response"] * 2
    assert sorted(path.name for path in tmp_path.rglob("*") if path.is_file()) == [
        archive_files(folder)[0].name,
        "writing.lock",
    ]


def test_a_torn_tail_costs_the_last_page_alone_wherever_it_is_torn(tmp_path: Path) -> None:
    first, second = written(tmp_path, page(1), page(2))
    [path] = archive_files(tmp_path)
    whole = path.read_bytes()
    for end in range(second.offset, len(whole)):
        path.write_bytes(whole[:end])
        assert [one.fetched.address for one in kept_pages(tmp_path)] == [page(1).address]
    path.write_bytes(whole[:-1])
    with Archive(tmp_path) as archive:
        with pytest.raises(WrongUse, match=rf"byte {second.offset} of .*middle of the record"):
            archive.read(second, LIMIT)
        third = archive.write(page(3), "feed")
        assert third.file != first.file
        assert [archive.read(place, LIMIT) for place in (first, third)] == [PAGE, PAGE]
        assert [one.fetched.address for one in archive.unrecorded(None)] == [page(1).address, page(3).address]


WRITER = """
import sys
from pathlib import Path
from flows.fetch.archive import Archive
from tests.unit.flows.fetch.test_archive import page
with Archive(Path(sys.argv[1])) as archive:
    for number in range(100_000):
        place = archive.write(page(number, b"x" * 20_000 + str(number).encode()), "feed")
        print(place.file, place.offset, flush=True)
"""


def writing(folder: Path) -> "subprocess.Popen[str]":
    return subprocess.Popen([sys.executable, "-c", WRITER, str(folder)], stdout=subprocess.PIPE, text=True, cwd=Path.cwd())


def test_a_killed_process_loses_nothing_that_was_written(tmp_path: Path) -> None:
    process = writing(tmp_path)
    assert process.stdout is not None
    lines = [process.stdout.readline() for _ in range(300)]
    process.send_signal(signal.SIGKILL)
    lines += process.stdout.read().splitlines(keepends=True)
    process.wait()
    places = [Place(file, int(offset)) for file, offset in (line.split() for line in lines if line.endswith("\n"))]
    with Archive(tmp_path) as archive:
        kept = list(archive.unrecorded(None))
        assert [one.place for one in kept][: len(places)] == places
        assert len(kept) - len(places) <= 1  # written, and killed before it was said
        assert archive.read(places[-1], LIMIT).endswith(str(len(places) - 1).encode())
        assert [one.place for one in archive.unrecorded(places[-3])][:2] == places[-2:]
        assert next(archive.unrecorded(Place("claimhouse-20200101T000000Z-00009.warc.gz", 5))).place == places[0]


def test_only_one_process_writes_at_a_time(tmp_path: Path) -> None:
    process = writing(tmp_path)
    assert process.stdout is not None
    process.stdout.readline()
    try:
        with pytest.raises(WrongUse, match=r"Another process is writing to .* Wait until it is done"), Archive(tmp_path):
            pass
        assert next(kept_pages(tmp_path)).fetched.address == page(0).address  # but all may read
    finally:
        process.kill()
        process.communicate()
    with Archive(tmp_path):
        pass


FULL = """
import resource, sys
from pathlib import Path
from flows.errors import WrongUse
from flows.fetch.archive import Archive, kept_pages
from tests.unit.flows.fetch.test_archive import page
import random
with Archive(Path(sys.argv[1])) as archive:
    archive.write(page(1), "feed")
    resource.setrlimit(resource.RLIMIT_FSIZE, (5_000, resource.RLIM_INFINITY))
    try:
        archive.write(page(2, random.randbytes(50_000)), "feed")
    except WrongUse as error:
        print(error)
    archive.write(page(3), "feed")
print([one.fetched.address[-1] for one in kept_pages(Path(sys.argv[1]))])
"""


def test_a_full_disk_is_told_and_what_comes_after_is_whole(tmp_path: Path) -> None:
    done = subprocess.run([sys.executable, "-c", FULL, str(tmp_path)], capture_output=True, text=True, check=True)
    assert "can't be written: File too large. Make room" in done.stdout
    assert done.stdout.endswith("['1', '3']\n")


def test_a_file_that_is_full_is_followed_by_another(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive_module, "MOST_FILE_BYTES", 4_000)
    places = written(tmp_path, *(page(number) for number in range(10)))
    assert len(archive_files(tmp_path)) > 2
    assert all(path.stat().st_size <= 4_000 for path in archive_files(tmp_path))
    assert [one.place for one in kept_pages(tmp_path)] == places


def test_a_clock_that_goes_backwards_changes_no_order(tmp_path: Path) -> None:
    [first] = written(tmp_path, page(1))
    [second] = written(tmp_path, page(-100_000))
    assert [one.place for one in kept_pages(tmp_path)] == [first, second]
    assert [one.place for one in kept_pages(tmp_path, first)] == [second]
    assert list(kept_pages(tmp_path, second)) == []


def test_files_are_retired_when_all_that_they_hold_is_old(tmp_path: Path) -> None:
    written(tmp_path, page(0), page(1))
    [mixed, _] = written(tmp_path, page(2), page(60))
    [young] = written(tmp_path, page(70))
    with Archive(tmp_path) as archive:
        current = archive.write(page(3), "feed")
        assert archive.retire(NOON + timedelta(minutes=30)) == 1
        assert archive.retire(NOON + timedelta(minutes=30)) == 0
        assert archive.retire(NOON + timedelta(days=9)) == 2
    assert {mixed.file, young.file}.isdisjoint({path.name for path in archive_files(tmp_path)})
    assert [path.name for path in archive_files(tmp_path)] == [current.file]


def test_what_was_archived_is_a_warc_source_like_any_other(tmp_path: Path) -> None:
    [place] = written(tmp_path, page(5))
    [found] = pages_of_warc(archive_files(tmp_path)[0], LIMIT)
    assert (found.url, found.fetched_at, found.offset, found.content) == (page(5).url, page(5).fetched_at, place.offset, PAGE)


def test_a_run_with_nothing_to_keep_leaves_no_file(tmp_path: Path) -> None:
    with Archive(tmp_path) as archive:
        archive.sync()
    assert archive_files(tmp_path) == []


def test_a_folder_that_cant_be_written_to_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(WrongUse, match=r"can't be written: .* set another data_dir"), Archive(tmp_path / "file" / "archive"):
        pass


def test_other_files_in_the_folder_are_left_alone(tmp_path: Path) -> None:
    for name in ("claimhouse-x.warc.gz", "other.warc.gz", "claimhouse-20260301T120000Z-00001.warc.gz.part"):
        (tmp_path / name).write_bytes(os.urandom(100))
    written(tmp_path, page(1))
    assert len(list(kept_pages(tmp_path))) == 1
