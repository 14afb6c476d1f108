import gzip
import tracemalloc
from datetime import datetime
from pathlib import Path

import pytest

from flows.errors import WrongUse
from flows.fetch.warc import WarcPage, content_at, pages_of_warc

LIMIT = 100_000
PAGE = b"<!doctype html><title>Bridge</title><p>The bridge is open."


def http(body: bytes, *headers: str, status: str = "200 OK") -> bytes:
    return "\r\n".join((f"HTTP/1.1 {status}", *headers, "", "")).encode() + body


def record(block: bytes, url: str = "https://paper.example/a", kind: str = "response", **changes: str) -> bytes:
    head = {
        "WARC-Type": kind, "WARC-Target-URI": url, "WARC-Date": "2026-03-01T10:00:00Z",
        "Content-Type": "application/http; msgtype=response", "Content-Length": str(len(block)), **changes,
    }  # fmt: skip
    return (
        b"WARC/1.0\r\n"
        + "".join(f"{name}: {value}\r\n" for name, value in head.items()).encode()
        + b"\r\n"
        + block
        + b"\r\n\r\n"
    )


def saved(folder: Path, *records: bytes, packed: bool = True) -> Path:
    path = folder / ("a.warc.gz" if packed else "a.warc")
    path.write_bytes(b"".join(gzip.compress(one) if packed else one for one in records))
    return path


def read(path: Path, max_bytes: int = LIMIT) -> list[WarcPage]:
    return list(pages_of_warc(path, max_bytes))


HTML = "Content-Type: text/html; charset=utf-8"
GOOD = record(http(PAGE, HTML))


@pytest.mark.parametrize("packed", [True, False])
def test_every_page_is_found_and_found_again_by_its_offset(tmp_path: Path, packed: bool) -> None:
    info = record(b"software: other\r\n", kind="warcinfo", **{"Content-Type": "application/warc-fields"})
    path = saved(tmp_path, info, GOOD, record(http(PAGE + b"2", HTML), "<https://paper.example/b>"), packed=packed)
    first, second = read(path)
    assert (first.url, first.content, first.fetched_at) == ("https://paper.example/a", PAGE, datetime(2026, 3, 1, 10))
    assert (second.url, second.content) == ("https://paper.example/b", PAGE + b"2")
    assert [content_at(path, page.offset, LIMIT) for page in (first, second)] == [PAGE, PAGE + b"2"]


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        (gzip.compress(PAGE), ("Content-Encoding: gzip",)),
        (b"9\r\n<!doctype\r\n%x\r\n%b\r\n0\r\n\r\n" % (len(PAGE) - 9, PAGE[9:]), ("Transfer-Encoding: chunked",)),
        (PAGE, ("Content-Encoding: gzip",)),
        (PAGE, ("Transfer-Encoding: chunked",)),
    ],
    ids=["packed", "in chunks", "packed only in name", "in chunks only in name"],
)
def test_coding_is_undone_where_it_is_there(tmp_path: Path, body: bytes, headers: tuple[str, ...]) -> None:
    [page] = read(saved(tmp_path, record(http(body, HTML, *headers))))
    assert page.content == PAGE


@pytest.mark.parametrize(
    ("one", "problem"),
    [
        (record(http(PAGE, HTML, status="404 Not Found")), "404"),
        (record(http(b"%PDF", "Content-Type: application/pdf")), "application/pdf"),
        (record(b"log", "metadata://tool/log", "resource", **{"Content-Type": "text/plain"}), "none of the web"),
        (record(http(b"..", HTML, "Content-Encoding: br")), "packed with br"),
        (record(http(b"x" * (LIMIT + 70_000), HTML)), "it has 170 kB, more than 100 kB"),
        (record(http(gzip.compress(bytes(LIMIT + 1)), HTML, "Content-Encoding: gzip")), "unpacks to more than 100 kB"),
    ],
    ids=["status", "type", "scheme", "coding", "large", "bomb"],
)
def test_what_is_no_page_says_why(tmp_path: Path, one: bytes, problem: str) -> None:
    page, good = read(saved(tmp_path, one, GOOD))
    assert page.content is None
    assert problem in (page.problem or "")
    assert good.content == PAGE


def test_a_resource_is_a_page_without_http(tmp_path: Path) -> None:
    [page] = read(saved(tmp_path, record(PAGE, kind="resource", **{"Content-Type": "text/html"})))
    assert (page.status, page.content_type, page.content) == (200, "text/html", PAGE)


@pytest.mark.parametrize("packed", [True, False])
def test_a_file_that_is_cut_off_gives_what_stands_before_and_says_so(tmp_path: Path, packed: bool) -> None:
    path = saved(tmp_path, GOOD, GOOD, packed=packed)
    half = path.stat().st_size // 2
    whole = path.read_bytes()
    for end in range(half + 1, len(whole) - 4):
        path.write_bytes(whole[:end])
        first, last = read(path)
        assert first.content == PAGE
        assert last.content is None
        assert "a.warc" in (last.problem or "")
        assert "copy" in (last.problem or "")


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"<!doctype html>", "no WARC record begins at byte 0"),
        (b"WARC/1.0\r\nWARC-Type: response\r\n\r\n", "how long it is"),
        (b"WARC/1.0\r\nContent-Length: -4\r\n\r\n", "how long it is"),
        (b"WARC/1.0\r\nContent-Length: " + b"9" * 5000 + b"\r\n\r\n", "how long it is"),
        (
            b"WARC/1.0\r\nWARC-Type: response\r\nContent-Length: 99999999999\r\n\r\nHTTP/1.1 200 OK\r\n\r\nabc",
            "middle of the record",
        ),
        (b"WARC/1.0\r\n" + b"a: b\r\n" * 800_000, "a head of more than"),
        (gzip.compress(GOOD + GOOD), "more than one record"),
        (gzip.compress(GOOD)[:-8] + bytes(8), "broken"),
    ],
    ids=["other", "no length", "negative", "huge number", "long", "endless head", "one member", "checksum"],
)
def test_what_is_broken_ends_in_words(tmp_path: Path, content: bytes, problem: str) -> None:
    path = tmp_path / "a.warc"
    path.write_bytes(content)
    pages = read(path)
    assert problem in (pages[-1].problem or "")


def test_an_empty_file_holds_nothing(tmp_path: Path) -> None:
    assert read(saved(tmp_path)) == []


@pytest.mark.parametrize("where", ["head", "content", "passed over"])
def test_a_bomb_costs_no_memory(tmp_path: Path, where: str) -> None:
    zeros = bytes(30_000_000)
    one = {
        "head": b"WARC/1.0\r\nX: " + zeros,
        "content": record(http(gzip.compress(zeros), HTML, "Content-Encoding: gzip")),
        "passed over": record(zeros, kind="other"),
    }[where]
    path = saved(tmp_path, one)
    del zeros, one
    tracemalloc.start()
    pages = read(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert all(page.content is None for page in pages)
    assert peak < 20_000_000


def test_a_place_that_is_wrong_names_file_and_mend(tmp_path: Path) -> None:
    path = saved(tmp_path, GOOD)
    with pytest.raises(WrongUse, match=r"byte 3 of .*a\.warc\.gz can't be read.*copy the file anew"):
        content_at(path, 3, LIMIT)
    with pytest.raises(WrongUse, match="ends before byte"):
        content_at(path, 10_000, LIMIT)
    with pytest.raises(WrongUse, match=r"none\.warc can't be read: No such file.*Put it back"):
        content_at(tmp_path / "none.warc", 0, LIMIT)
    with pytest.raises(WrongUse, match=r"none\.warc can't be read"):
        read(tmp_path / "none.warc")


@pytest.mark.parametrize("date", ["", "yesterday", "0000-00-00T00:00:00Z", "20260301", "9" * 500])
def test_a_date_that_is_none_is_unknown(tmp_path: Path, date: str) -> None:
    [page] = read(saved(tmp_path, record(http(PAGE, HTML), **{"WARC-Date": date})))
    assert (page.fetched_at, page.content) == (None, PAGE)
