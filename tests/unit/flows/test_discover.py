import gzip
import hashlib
import os
from datetime import datetime
from io import BytesIO
from pathlib import Path

import polars as pl
import pytest
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from flows.discover import check_source, discover
from flows.errors import NothingRead, WrongUse
from flows.fetch.model import Capture, Place, State
from flows.found import Found, FoundPage, page_of_capture
from flows.settings import Reading, Settings, Source
from transforms.given import hash_of_page
from warehouse.tables import SOURCES

SEEN_AT = datetime(2024, 7, 23, 12)


def write(path: Path, text: str = "<html><p>x</p></html>") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def found_in(*inputs: Path | str, settings: Settings | None = None) -> Found:
    return discover([str(one) for one in inputs], settings or Settings(), SEEN_AT)


def keys(*inputs: Path | str) -> list[str]:
    return [page.key for page in found_in(*inputs).pages]


def test_a_folder_gives_its_pages_at_every_depth_sorted_by_path(tmp_path):
    for name in ("b.html", "a.txt", "deep/er/c.md", "d.HTM", "e.xhtml"):
        write(tmp_path / name)
    assert keys(tmp_path) == ["a.txt", "b.html", "d.HTM", "deep/er/c.md", "e.xhtml"]


def test_a_page_is_known_by_its_path_under_the_input_and_the_hash_of_its_bytes(tmp_path):
    path = write(tmp_path / "in" / "a.html")
    page = found_in(tmp_path / "in").pages[0]
    assert (page.key, page.url, page.problem) == ("a.html", path.as_uri(), None)
    assert page.raw_hash == hashlib.sha256(path.read_bytes()).hexdigest()


def test_a_file_as_input_is_known_by_its_name(tmp_path):
    assert keys(write(tmp_path / "deep" / "a.html")) == ["a.html"]


def test_ids_do_not_depend_on_where_the_input_lies(tmp_path):
    for place in ("here", "there"):
        write(tmp_path / place / "articles" / "a.html")
    here, there = (found_in(tmp_path / place / "articles") for place in ("here", "there"))
    assert here.sources["source_id"].to_list() == there.sources["source_id"].to_list()
    assert here.pages[0].key == there.pages[0].key
    assert here.pages[0].url != there.pages[0].url


def test_hidden_files_and_folders_are_passed_over(tmp_path):
    write(tmp_path / "a.html")
    write(tmp_path / ".b.html")
    write(tmp_path / ".git" / "c.html")
    assert keys(tmp_path) == ["a.html"]


def test_links_that_lead_back_do_not_go_round_for_ever(tmp_path):
    write(tmp_path / "in" / "a.html")
    (tmp_path / "in" / "again").symlink_to(tmp_path / "in", target_is_directory=True)
    assert keys(tmp_path / "in") == ["a.html"]


def test_a_link_as_input_keeps_its_own_name(tmp_path):
    write(tmp_path / "2024-07-23" / "a.html")
    (tmp_path / "latest").symlink_to(tmp_path / "2024-07-23", target_is_directory=True)
    assert found_in(tmp_path / "latest").sources["location"][0].endswith("/latest")


def test_a_file_of_a_folder_without_a_known_suffix_is_a_page_when_it_begins_as_html(tmp_path):
    write(tmp_path / "saved.php", "\ufeff\n <!DOCTYPE HTML><p>x")
    write(tmp_path / "notes.json", "{}")
    found = found_in(tmp_path)
    assert [page.key for page in found.pages] == ["saved.php"]
    assert found.skipped == 1


def test_a_file_that_is_named_is_a_page_whatever_it_is_called(tmp_path):
    assert keys(write(tmp_path / "notes.json", "{}")) == ["notes.json"]


def test_a_page_that_is_too_large_keeps_its_place_with_the_reason_and_the_mend(tmp_path):
    write(tmp_path / "a.html", "x" * 200_000)
    page = found_in(tmp_path, settings=Settings(reading=Reading(max_page_mb=0.1))).pages[0]
    assert page.raw_hash is None
    assert page.problem == (
        "the page has 0.2 MB, more than max_page_mb allows: raise it under [reading] in claimhouse.toml if it is an article"
    )


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads every file")
def test_a_file_that_may_not_be_read_keeps_its_place_with_the_reason(tmp_path):
    write(tmp_path / "a.html").chmod(0)
    assert found_in(tmp_path).pages[0].problem == "the file can't be read: Permission denied"


def test_a_file_that_two_inputs_hold_is_one_page(tmp_path):
    path = write(tmp_path / "a.html")
    assert len(found_in(tmp_path, path).pages) == 1


def test_files_at_the_same_path_in_two_inputs_are_pointed_out(tmp_path):
    write(tmp_path / "x" / "a.html")
    write(tmp_path / "y" / "a.html")
    assert "a.html" in found_in(tmp_path / "x", tmp_path / "y").warnings[0]
    assert not found_in(tmp_path).warnings


def test_each_input_is_a_source_of_the_declared_schema(tmp_path):
    write(tmp_path / "articles" / "a.html")
    sources = found_in(tmp_path / "articles").sources
    assert sources.schema == SOURCES.schema
    assert sources.select("kind", "location", "added_at").row(0) == ("file", (tmp_path / "articles").as_uri(), SEEN_AT)


def test_without_an_input_the_sources_of_the_settings_are_read(tmp_path):
    write(tmp_path / "a.html")
    found = found_in(settings=Settings(sources=(Source(location=str(tmp_path), title="Mine"),)))
    assert found.sources["title"].to_list() == ["Mine"]


def test_without_input_and_sources_the_error_says_what_to_name():
    with pytest.raises(WrongUse, match="name files or folders"):
        found_in()


def test_a_path_that_is_not_there_is_wrong_use(tmp_path):
    with pytest.raises(WrongUse, match="There is no file or folder"):
        found_in(tmp_path / "nowhere")


def test_an_address_is_wrong_use_with_what_to_do_instead():
    with pytest.raises(WrongUse, match="it is fetched from the web"):
        found_in("https://example.org/feed.xml")


def test_a_pipe_is_wrong_use(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(WrongUse, match="neither a file nor a folder"):
        found_in(tmp_path / "pipe")


def test_a_folder_without_pages_is_nothing_read_and_tells_what_it_holds(tmp_path):
    write(tmp_path / "notes.json", "{}")
    with pytest.raises(NothingRead, match="1 files of other kinds"):
        found_in(tmp_path)


def test_a_folder_gives_the_pages_of_every_kind_of_file_in_it(tmp_path):
    write(tmp_path / "in" / "a.html")
    (tmp_path / "in" / "b.html.gz").write_bytes(gzip.compress(b"<html><p>y</p></html>"))
    write(tmp_path / "in" / "deep" / "c.jsonl", '{"text": "one"}\n{"text": "two"}\n')
    pl.DataFrame({"text": ["three"]}).write_parquet(tmp_path / "in" / "deep" / "d.parquet")
    found = found_in(tmp_path / "in", settings=Settings(data_dir=tmp_path))
    assert [page.key for page in found.pages] == ["a.html", "b.html.gz", "deep/c.jsonl#1", "deep/c.jsonl#2", "deep/d.parquet#1"]
    assert (found.skipped, found.warnings) == (0, ())


def test_lists_of_addresses_in_a_folder_are_left_out_with_what_to_do(tmp_path):
    write(tmp_path / "a.html")
    write(tmp_path / "links.txt", "https://post.example/a\n")
    write(tmp_path / "feed.xml", "<rss></rss>")
    found = found_in(tmp_path)
    assert ([page.key for page in found.pages], found.skipped) == (["a.html"], 2)
    assert found.warnings[0].startswith("2 feeds, sitemaps or lists of addresses lie in folders")


def test_a_list_of_addresses_as_input_belongs_to_the_web(tmp_path):
    with pytest.raises(WrongUse, match="is fetched from the web"):
        found_in(write(tmp_path / "links.txt", "https://post.example/a\n"))


def test_a_name_that_is_no_utf_8_is_spelt_out(tmp_path):
    Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.html")).write_text("<html>", encoding="utf-8")
    assert keys(tmp_path) == ["caf\\xe9.html"]


def test_a_table_without_texts_is_wrong_use_as_input_and_left_out_of_a_folder(tmp_path):
    write(tmp_path / "a.html")
    table = write(tmp_path / "b.jsonl", '{"body": "one"}\n')
    with pytest.raises(WrongUse, match="It has `body`"):
        found_in(table)
    found = found_in(tmp_path)
    assert ([page.key for page in found.pages], found.skipped) == (["a.html"], 1)
    assert "It has `body`" in found.warnings[0]


def test_the_columns_of_a_source_are_those_of_the_settings(tmp_path):
    source = Source(location=str(write(tmp_path / "b.jsonl", '{"body": "one"}\n')), columns={"text": "body"})
    assert len(found_in(settings=Settings(sources=(source,))).pages) == 1
    wrong = source.model_copy(update={"columns": {"body": "text"}})
    with pytest.raises(WrongUse, match="names `body`"):
        found_in(settings=Settings(sources=(wrong,)))


def test_copies_of_tables_that_no_run_asks_for_any_more_are_removed(tmp_path):
    write(tmp_path / "a.html")
    old = write(tmp_path / "data" / "unpacked" / "old.jsonl")
    os.utime(old, (0, 0))
    found_in(tmp_path, settings=Settings(data_dir=tmp_path / "data"))
    assert not old.exists()


def test_what_runs_wrote_below_an_input_is_no_page(tmp_path):
    write(tmp_path / "a.html")
    write(tmp_path / "data" / "reports" / "quality.html")
    assert [page.key for page in found_in(tmp_path, settings=Settings(data_dir=tmp_path / "data")).pages] == ["a.html"]
    assert len(found_in(tmp_path / "data", settings=Settings(data_dir=tmp_path / "data")).pages) == 1


def test_files_that_are_still_being_written_by_their_name_are_left_out(tmp_path):
    for name in ("a.html", "b.html.part", "c.html.tmp", "d.html~"):
        write(tmp_path / name)
    assert keys(tmp_path) == ["a.html"]


def test_a_file_that_grows_while_it_is_read_is_left_for_the_next_run(tmp_path, monkeypatch):
    write(tmp_path / "a.html")
    growing = write(tmp_path / "b.html")

    def growing_when_read(raw: bytes) -> str:
        with growing.open("a") as file:
            file.write("more and more")
        return hash_of_page(raw)

    monkeypatch.setattr("flows.contents.hash_of_page", growing_when_read)
    found = found_in(tmp_path)
    assert [page.key for page in found.pages] == ["a.html"]
    assert found.warnings == ("1 files were left out because they are being written: the next run reads them.",)


def warc(path: Path, *urls: str) -> Path:
    with path.open("wb") as file:
        writer = WARCWriter(file)
        for url in urls:
            headers = StatusAndHeaders("200 OK", [("Content-Type", "text/html")], protocol="HTTP/1.1")
            writer.write_record(writer.create_warc_record(url, "response", payload=BytesIO(b"<p>x"), http_headers=headers))
    return path


def test_a_warc_as_input_is_a_source_of_its_kind(tmp_path):
    found = found_in(warc(tmp_path / "a", "https://post.example/a", "https://post.example/b"))
    assert found.sources["kind"].to_list() == ["warc"]
    assert [page.url for page in found.pages] == ["https://post.example/a", "https://post.example/b"]


def test_the_same_bytes_captured_twice_are_one_page(tmp_path):
    assert len(found_in(warc(tmp_path / "a", *["https://post.example/a"] * 2)).pages) == 1


def test_a_source_that_is_to_be_a_warc_and_is_none_is_wrong_use(tmp_path):
    source = Source(location=str(write(tmp_path / "a.html")), kind="warc")
    with pytest.raises(WrongUse, match="is no WARC file"):
        found_in(settings=Settings(sources=(source,)))


def capture(state: State = "read", **over) -> FoundPage:
    known = {"address": "https://post.example/a?x", "url": "https://post.example/a", "source_id": "s", "fetched_at": SEEN_AT}
    nothing = {"place": None, "raw_hash": None, "size": 0}
    is_read = {"place": Place("1.warc.gz", 7), "raw_hash": "h", "size": 9}
    held = is_read if state == "read" else nothing
    return page_of_capture(Capture(**{**known, **held, "state": state, **over}), Path("/archive"))


def test_a_page_that_was_fetched_lies_in_the_archive():
    page = capture()
    assert (page.key, page.url, page.fetched_at) == ("https://post.example/a?x", "https://post.example/a", SEEN_AT)
    assert (page.path, page.at, page.container, page.problem) == ("/archive/1.warc.gz", 7, "warc", None)


@pytest.mark.parametrize(("state", "outcome"), [("gone", "gone"), ("refused", "unreadable"), ("failed", "unreadable")])
def test_a_page_that_could_not_be_fetched_says_why(state, outcome):
    page = capture(state, problem="its server answered so")
    assert (page.outcome, page.problem, page.raw_hash) == (outcome, "its server answered so", None)


def test_what_was_found_on_the_web_is_added_each_page_once(tmp_path):
    row = {"source_id": "s", "kind": "feed", "location": "https://post.example/feed", "title": None, "added_at": SEEN_AT}
    web = Found(SOURCES.frame([row]), (capture(), capture(), capture("gone")), 1, ("a note",))
    write(tmp_path / "a.html")
    found = discover([str(tmp_path)], Settings(), SEEN_AT, web=web)
    assert [page.key for page in found.pages] == ["a.html", "https://post.example/a?x", "https://post.example/a?x"]
    assert sorted(found.sources["kind"]) == ["feed", "file"]
    assert (found.skipped, found.warnings) == (1, ("a note",))
    assert len(discover([], Settings(), SEEN_AT, web=web).pages) == 2


def test_a_web_of_which_nothing_was_ever_fetched_is_nothing_read():
    with pytest.raises(NothingRead, match="no page was ever fetched"):
        discover([], Settings(), SEEN_AT, web=Found(SOURCES.frame(), (), 0, ()))


def test_checking_a_source_counts_its_pages(tmp_path):
    write(tmp_path / "a.html")
    write(tmp_path / "b.json", "{}")
    assert check_source(Source(location=str(tmp_path))) == 1
