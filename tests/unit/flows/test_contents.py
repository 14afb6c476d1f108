import gzip
import io
import json
import os
import tracemalloc
from datetime import datetime
from pathlib import Path

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from flows import row_copies
from flows.containers import kind_of
from flows.contents import Contents, Reading, contents_of, pages_in
from flows.errors import WrongUse
from flows.found import FoundPage
from transforms.given import Given, hash_of_page

MAX_BYTES = 50_000
HTML = "<html><p>The ferry sank.</p></html>"


@pytest.fixture
def pages(tmp_path):
    def found(path: Path, **columns: str) -> list[FoundPage]:
        reading = Reading("s", path.name, columns, tmp_path / "copies", MAX_BYTES)
        return [page for page in pages_in(path, path.name, kind_of(path), reading) if page]

    return found


def written(path: Path, content: bytes | str) -> Path:
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def rows(*fields: object) -> str:
    return "".join((one if isinstance(one, str) else json.dumps(one)) + "\n" for one in fields)


def read(page: FoundPage) -> Contents:
    contents = contents_of(page, MAX_BYTES)
    if contents.raw is not None:  # what a worker reads is what was found
        assert hash_of_page(contents.raw, contents.given) == page.raw_hash
    return contents


# Packed pages


def test_a_packed_page_is_its_unpacked_bytes(tmp_path, pages):
    [page] = pages(written(tmp_path / "a.html.gz", gzip.compress(HTML.encode())))
    assert (page.key, page.container, read(page).raw) == ("a.html.gz", "gzip", HTML.encode())


def test_a_packed_page_that_is_cut_off_is_no_page(tmp_path, pages):
    [page] = pages(written(tmp_path / "a.html.gz", gzip.compress(HTML.encode())[:-9]))
    assert (page.raw_hash, "cut off" in (page.problem or "")) == (None, True)


def test_a_bomb_is_unpacked_no_further_than_a_page_may_have(tmp_path, pages):
    [page] = pages(written(tmp_path / "a.html.gz", gzip.compress(bytes(10_000_000))))
    assert "max_page_mb" in (page.problem or "")


def test_a_file_that_has_gone_since_it_was_found_says_so(tmp_path, pages):
    path = written(tmp_path / "a.html", HTML)
    [page] = pages(path)
    path.unlink()
    assert read(page) == Contents(None, "the file can't be read: No such file or directory")


# WARC


def warc(path: Path, *records: tuple[str, str, bytes, str]) -> Path:
    """Each record: address, date, body, and status with content type."""
    with path.open("wb") as file:
        writer = WARCWriter(file, gzip=path.suffix == ".gz")
        for url, day, body, head in records:
            status, media = head.split(";")
            headers = StatusAndHeaders(status, [("Content-Type", media)], protocol="HTTP/1.1")
            date = {"WARC-Date": f"2024-05-{day}T00:00:00Z"}
            kind = {"http_headers": headers, "warc_headers_dict": date, "payload": io.BytesIO(body)}
            writer.write_record(writer.create_warc_record(url, "response", **kind))
    return path


@pytest.mark.parametrize("name", ["a.warc", "a.warc.gz"])
def test_the_responses_of_a_warc_are_pages_known_by_their_address(tmp_path, pages, name):
    url = "https://post.example/a"
    path = warc(tmp_path / name, (url, "07", b"<p>new", "200 OK;text/html"), (url, "06", b"<p>old", "200 OK;text/html"))
    new, old = pages(path)
    assert (new.key, new.url, new.fetched_at, new.container) == (url, url, datetime(2024, 5, 7), "warc")
    assert [read(page).raw for page in (new, old)] == [b"<p>new", b"<p>old"]
    assert new.place != old.place


def test_of_a_warc_what_is_no_page_is_passed_over_and_what_would_have_been_one_says_why_not(tmp_path, pages):
    path = warc(
        tmp_path / "a.warc",
        ("https://post.example/a.png", "06", b"x", "200 OK;image/png"),
        ("https://post.example/none", "06", b"x", "404 Not Found;text/html"),
        ("https://post.example/big", "06", b"x" * (MAX_BYTES + 1), "200 OK;text/html"),
    )
    reading = Reading("s", "a.warc", {}, tmp_path, MAX_BYTES)
    found = list(pages_in(path, "a.warc", "warc", reading))
    assert [page and page.key for page in found] == [None, None, "https://post.example/big"]
    assert found[2] is not None
    assert "more than" in (found[2].problem or "")


def test_a_warc_that_is_cut_off_gives_its_pages_and_says_so(tmp_path, pages):
    path = warc(tmp_path / "a.warc", *((f"https://post.example/{n}", "06", b"<p>x", "200 OK;text/html") for n in range(3)))
    written(path, path.read_bytes()[:-30])
    first, second, broken = pages(path)
    assert (first.problem, second.problem) == (None, None)
    assert "could not be read to its end" in (broken.problem or "")


# Tables


def test_a_row_is_known_by_its_address_else_its_id_else_its_number(tmp_path, pages):
    text = {"text": "The ferry sank."}
    path = written(tmp_path / "a.jsonl", rows({**text, "url": "https://post.example/a", "id": 1}, {**text, "id": "b/1"}, text))
    first, second, third = pages(path)
    assert [page.key for page in (first, second, third)] == ["https://post.example/a", "a.jsonl#id=b/1", "a.jsonl#3"]
    assert [page.url for page in (second, third)] == [f"{path.as_uri()}#id=b%2F1", f"{path.as_uri()}#3"]


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_the_rows_of_lines_are_read_where_they_lie(tmp_path, pages, pack):
    content = "\ufeff\n" + rows({"text": "é one", "title": "One"}, "", {"html": "<p>two", "fetched_at": "2024-05-06"})
    first, second = pages(written(tmp_path / "a.jsonl", pack(content.encode())))
    assert [page.key for page in (first, second)] == ["a.jsonl#2", "a.jsonl#4"]
    assert read(first) == Contents("é one".encode(), None, Given(title="One", is_text=True))
    assert (read(second).raw, second.fetched_at) == (b"<p>two", datetime(2024, 5, 6))


def test_a_row_whose_title_changed_is_another_state_of_it(tmp_path, pages):
    [before] = pages(written(tmp_path / "a.jsonl", rows({"text": "x", "title": "One"})))
    [after] = pages(written(tmp_path / "a.jsonl", rows({"text": "x", "title": "Two"})))
    assert before.url == after.url
    assert before.raw_hash != after.raw_hash


def test_lines_that_are_no_rows_keep_their_places_with_the_reason(tmp_path, pages):
    wrong_rows = ("{broken", "[1]", "[" * 20_000, {"text": "x" * MAX_BYTES}, {"title": "x"})
    path = written(tmp_path / "a.jsonl", rows({"id": 1}, {"id": 2}, {"text": "one"}, *wrong_rows, {"text": "two"}))
    _, _, first, *wrong, last = pages(path)
    assert [read(page).raw for page in (first, last)] == [b"one", b"two"]
    assert [page.key for page in wrong] == [f"a.jsonl#{number}" for number in (4, 5, 6, 7, 8)]
    reasons = (
        "line 4: the line is no JSON",
        "line 5: the line is no row",
        "nested too deeply",
        "max_page_mb",
        "neither text nor",
    )
    assert [reason in (page.problem or "") for page, reason in zip(wrong, reasons, strict=True)] == [True] * 5
    assert all(page.raw_hash is None for page in wrong)


def test_a_line_in_windows_1252_is_read_too(tmp_path, pages):
    [page] = pages(written(tmp_path / "a.jsonl", b'{"text": "caf\xe9"}\n'))
    assert read(page).raw == "café".encode()


def test_other_columns_are_read_by_the_names_that_the_settings_give(tmp_path, pages):
    path = written(tmp_path / "a.jsonl", rows({"body": "x", "link": "https://post.example/a", "title": "T"}))
    [page] = pages(path, text="body", url="link")
    assert (page.url, read(page)) == (
        "https://post.example/a",
        Contents(b"x", None, Given("https://post.example/a", "T", is_text=True)),
    )


def test_a_table_without_texts_is_wrong_use_that_lists_the_columns_there_are(tmp_path, pages):
    lines = written(tmp_path / "a.jsonl", rows({"body": "x"}, {"link": "y"}))
    table = tmp_path / "a.parquet"
    pl.DataFrame({"body": ["x"], "link": ["y"]}).write_parquet(table)
    for path in (lines, table):
        with pytest.raises(WrongUse, match=r"neither a column `text` nor `html`\. It has `body`, `link`"):
            pages(path)
        with pytest.raises(WrongUse, match="no column `headline`"):
            pages(path, text="body", title="headline")
        with pytest.raises(WrongUse, match="names `body`, which is no column that is read"):
            pages(path, body="text")


def test_the_rows_of_parquet_are_pages(tmp_path, pages):
    path, five = tmp_path / "a.parquet", range(5)
    same = {"published_at": datetime(2024, 5, 6), "authors": ["Anna Lindqvist"], "title": None, "extra": {"x": 1}}
    table = [{"url": f"https://post.example/{n}", "text": f"{n} é", "id": n, **same} for n in five]
    pl.DataFrame(table).write_parquet(path, row_group_size=2)
    found = pages(path)
    assert [page.key for page in found] == [f"https://post.example/{n}" for n in five]
    contents = read(found[4])
    assert contents.raw == "4 é".encode()
    assert contents.given is not None
    assert (contents.given.authors, contents.given.published_at) == (("Anna Lindqvist",), datetime(2024, 5, 6))


def test_columns_of_parquet_of_a_wrong_type_end_as_rows_with_the_reason(tmp_path, pages):
    path = tmp_path / "a.parquet"
    pl.DataFrame({"text": [1, 2], "html": [None, b"<p>\xff"], "title": [b"\xff", None]}).write_parquet(path)
    first, second = pages(path)
    assert "its text is a number" in (first.problem or "")
    assert read(second).raw == "<p>ÿ".encode()


def test_a_text_that_parquet_holds_once_for_a_thousand_rows_is_held_once(tmp_path, pages):
    path = tmp_path / "a.parquet"
    text = pa.DictionaryArray.from_arrays(pa.array([0] * 1_000, pa.int32()), pa.array(["x" * 10_000_000]))
    pq.write_table(pa.table({"text": text}), path, compression="zstd", store_schema=False)
    tracemalloc.start()
    found = list(pages(path))
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 300_000_000
    assert found[-1].problem == "the rest is missing: it unpacks to more than 200 times its size, which no table of texts does"
    assert len(found) < 20


def test_parquet_that_says_that_it_unpacks_to_a_thousand_times_its_size_is_not_unpacked(tmp_path, pages):
    path = tmp_path / "a.parquet"
    pq.write_table(pa.table({"text": ["x" * 150_000_000]}), path, compression="zstd", use_dictionary=False)
    [page] = pages(path)
    assert page.problem == "the rest is missing: it unpacks to more than 200 times its size, which no table of texts does"


def test_a_broken_table_of_parquet_says_so(tmp_path, pages):
    [page] = pages(written(tmp_path / "a.parquet", b"PAR1 and nothing more"))
    assert "can't be read as Parquet" in (page.problem or "")


def test_packed_lines_that_are_cut_off_give_their_rows_and_say_so(tmp_path, pages):
    packed = gzip.compress(rows(*({"text": f"{n}"} for n in range(50))).encode())
    path = written(tmp_path / "a.jsonl.gz", packed[:-12])
    for _ in range(2):  # the second time from the copy
        *found, end = pages(path)
        assert [page.problem for page in found[:3]] == [None] * 3
        assert (end.key, "it is cut off" in (end.problem or "")) == ("a.jsonl.gz#end", True)


def test_packed_lines_may_be_of_several_members_and_have_zeros_behind_them(tmp_path, pages):
    members = [gzip.compress(rows({"text": f"{n}"}).encode()) for n in range(3)]
    found = pages(written(tmp_path / "a.jsonl.gz", b"".join(members) + bytes(100)))
    assert [read(page).raw for page in found] == [b"0", b"1", b"2"]


def test_packed_lines_that_unpack_to_far_too_much_are_left_where_that_begins(tmp_path, pages, monkeypatch):
    monkeypatch.setattr(row_copies, "FREE_BYTES", 200_000)
    bomb = gzip.compress(rows({"text": "one"}).encode() + b" " * 5_000_000)
    first, second, end = pages(written(tmp_path / "a.jsonl.gz", bomb))
    assert (read(first).raw, "max_page_mb" in (second.problem or "")) == (b"one", True)
    assert "unpacks to more than 200 times its size" in (end.problem or "")
    assert sum(path.stat().st_size for path in (tmp_path / "copies").glob("*.jsonl")) <= 2_000_000


def test_a_copy_is_made_once_for_a_table_as_it_is_and_removed_when_it_is_not_asked_for(tmp_path, pages):
    path = written(tmp_path / "a.jsonl.gz", gzip.compress(rows({"text": "one"}).encode()))
    [copy] = {page.path for page in (*pages(path), *pages(path))}
    written(path, gzip.compress(rows({"text": "another"}).encode()))
    [page] = pages(path)
    assert sorted(map(str, (tmp_path / "copies").iterdir())) == [page.path] != [copy]
    os.utime(page.path, (0, 0))
    row_copies.remove_unused(tmp_path / "copies")
    assert not list((tmp_path / "copies").iterdir())


def test_one_table_read_under_two_names_of_columns_has_two_copies(tmp_path, pages):
    path = tmp_path / "a.parquet"
    pl.DataFrame({"text": ["one"], "summary": ["two"]}).write_parquet(path)
    found = [*pages(path), *pages(path, text="summary")]
    assert [read(page).raw for page in found] == [b"one", b"two"]
