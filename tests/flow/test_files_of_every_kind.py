import gzip
import json
from io import BytesIO
from pathlib import Path

import polars as pl
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter


def story(ships: int) -> str:
    return (
        f"The harbour board said on Monday that {ships} ferries will cross the strait every day from the first of May. "
        f"Anna Lindqvist said that the town of Westmark had waited {ships} years for it."
    )


def markup(ships: int) -> str:
    return f"<html><head><title>Ferries</title></head><body><article><p>{story(ships)}</p></article></body></html>"


def warc(path: Path, *captures: tuple[str, str]) -> None:
    with path.open("wb") as file:
        writer = WARCWriter(file, gzip=True)
        for date, body in captures:
            headers = StatusAndHeaders("200 OK", [("Content-Type", "text/html")], protocol="HTTP/1.1")
            record = writer.create_warc_record(
                "https://post.example/a", "response", payload=BytesIO(body.encode()), http_headers=headers,
                warc_headers_dict={"WARC-Date": date},
            )  # fmt: skip
            writer.write_record(record)


def test_files_of_every_kind_are_read_once(run_flow, tmp_path):
    pages = tmp_path / "pages"
    pages.mkdir()
    (pages / "a.html.gz").write_bytes(gzip.compress(markup(31).encode()))
    rows = [
        {"text": story(41), "title": "Of rows", "authors": ["Mia Berg"], "url": "https://post.example/row"},
        {"title": "None"},
    ]
    (pages / "b.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    pl.DataFrame({"text": [story(51), story(52)], "id": [1, 2]}).write_parquet(pages / "c.parquet")
    warc(pages / "d.warc.gz", ("2024-05-07T00:00:00Z", markup(62)), ("2024-05-06T00:00:00Z", markup(61)))
    assert run_flow(tmp_path / "data", pages).summary.outcomes == {"kept": 6, "unreadable": 1}
    ran = run_flow(tmp_path / "data", pages)
    assert (ran.summary.status, ran.summary.outcomes) == ("unchanged", {})
    documents = "SELECT page_key, title, authors, revision, is_current, fetched_at::DATE::VARCHAR AS day FROM documents"
    assert ran.ask(f"{documents} WHERE page_key = 'https://post.example/a' ORDER BY revision").rows() == [
        ("https://post.example/a", "Ferries", [], 1, False, "2024-05-06"),
        ("https://post.example/a", "Ferries", [], 2, True, "2024-05-07"),
    ]
    [row] = ran.ask(f"{documents} WHERE page_key = 'https://post.example/row'").rows()
    assert row[1:3] == ("Of rows", ["Mia Berg"])
    [(reason,)] = ran.ask("SELECT outcome_reason FROM documents WHERE page_key = 'b.jsonl#2'").rows()
    assert reason == "line 2: the row has neither text nor html"
