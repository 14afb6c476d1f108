"""A run over a folder of pages that are made to break it: all end in an outcome, the gate passes, and the good page is read."""

import gzip
import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

SENTENCE = (
    "The harbour board said on Monday that thirty ferries will cross the strait every day from the first of May onwards. "
)
ARTICLE = f"<p>{SENTENCE}</p>" * 3


def page(body: str, head: str = "<title>Ferries</title>") -> bytes:
    return f"<html><head>{head}</head><body><article>{ARTICLE}{body}</article></body></html>".encode("utf-8", "surrogatepass")


FILES = {
    "good.html": page(""),
    "deep.html": page("<div>" * 100_000 + "deep down" + "</div>" * 100_000),
    "unclosed.html": page("<font>" * 3_000 + SENTENCE),
    "word.txt": (SENTENCE * 3 + "x" * 1_000_000).encode(),
    "surrogates.html": page("<p>half " + chr(0xD800) * 50 + "</p>", f"<title>{chr(0xDFFF)}</title>"),
    "surrogates.txt": b"\xff\xfe" + (SENTENCE * 3 + chr(0xD800) * 9).encode("utf-16-le", "surrogatepass"),
    "right-to-left.html": page(
        f"<p>{chr(0x202E)}said the board{chr(0x2066)} אבג مرحبا</p>", f"<title>{chr(0x202E)}Ferries</title>"
    ),
    "zero-width.html": page("<p>" + f"a{chr(0x200B)}{chr(0x200D)} " * 500 + "</p>"),
    "marks.html": page("<p>" + ("e" + chr(0x301) * 100) * 50 + "</p>"),
    "nul.html": page("<p>no\0body\x1b[31m said</p>"),
    "claims.html": page("".join(f"<p>“It cost ${n} million,” said Anna {chr(65 + n % 26)}. Lee.</p>" for n in range(80))),
    "sql.html": page("<p>'; DROP TABLE claims; -- said Robert').</p>", "<title>'); DELETE FROM documents; --</title>"),
    "script.html": page(
        "<script>alert(1)</script><p>&lt;script&gt;alert(1)&lt;/script&gt; was said.</p>", "<title>&lt;b&gt;</title>"
    ),
    "data.html": page("", '<script type="application/ld+json">' + "[" * 5_000 + "</script><title>a</title>"),
    "dates.html": page("", '<title>a</title><meta property="article:published_time" content="9999-12-31T23:59:59-23:59">'),
    "ages.html": page("", '<title>a</title><meta property="article:published_time" content="0001-01-01T00:00:00+23:59">'),
    "codec.html": page("", "<meta charset=undefined><title>a</title>").replace(b"harbour", b"harb\xf6ur"),
    "table.html": page("<table>" + "<tr><td>1</td><td>" * 300),
    "bomb.html.gz": gzip.compress(b"<html><p>" + b" " * 50_000_000),
    "cut.html.gz": gzip.compress(page(""))[:-20],
    "rows.jsonl": b"\n".join(
        [json.dumps({"text": SENTENCE * 3, "id": "\ud800"}).encode(), b'{"text": ' + b"[" * 9_000, b"\xff{}"]
    ),
    "crlf\rname.txt": (SENTENCE * 3).encode(),
    "\udcff.txt": (SENTENCE * 4).encode(),
    "'; DROP TABLE runs; --.txt": (SENTENCE * 5).encode(),
}


@pytest.fixture(scope="module")
def read(run_flow, tmp_path_factory):
    pages = tmp_path_factory.mktemp("hostile") / "pages"
    pages.mkdir()
    for name, raw in FILES.items():
        (pages / name).write_bytes(raw)
    text = pa.DictionaryArray.from_arrays(pa.array([0] * 50, pa.int32()), pa.array([" " * 5_000_000]))
    pq.write_table(pa.table({"text": text}), pages / "bomb.parquet", compression="zstd", store_schema=False)
    return run_flow(pages.parent / "data", pages)


def test_the_gate_passes_and_holds_nothing_back(read):
    assert read.summary.status == "loaded"
    assert read.summary.stopped_by == ()
    assert read.ask("SELECT * FROM quarantine").is_empty()


def test_every_file_ends_in_an_outcome_with_its_reason(read):
    found = dict(read.ask("SELECT page_key, outcome FROM documents").rows())
    for name in FILES:
        key = name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
        assert any(each == key or each.startswith(f"{key}#") for each in found), key
    assert read.ask("SELECT page_key FROM documents WHERE outcome <> 'kept' AND outcome_reason IS NULL").is_empty()
    assert read.ask(
        "SELECT page_key, outcome_reason FROM documents WHERE contains(outcome_reason, 'reading it failed')"
    ).is_empty()


def test_what_holds_an_article_is_kept_with_its_text(read):
    kept = {key for (key,) in read.ask("SELECT page_key FROM documents WHERE outcome IN ('kept', 'duplicate')").rows()}
    assert {"good.html", "deep.html", "unclosed.html", "sql.html", "script.html", "codec.html", "rows.jsonl#id=?"} <= kept
    assert read.ask("SELECT contains(text, 'deep down') AS has FROM documents WHERE page_key = 'deep.html'")[
        "has"
    ].to_list() == [True]
    assert read.ask("SELECT count(*) FROM documents WHERE contains(text, '<script>alert(1)</script> was said.')").item() == 1


def test_bombs_are_told_as_what_they_are(read):
    rows = dict(read.ask("SELECT page_key, outcome_reason FROM documents WHERE contains(page_key, 'bomb')").rows())
    assert "max_page_mb" in rows["bomb.html.gz"]
    assert "200 times its size" in rows["bomb.parquet#end"]
