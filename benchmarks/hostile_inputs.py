"""Inputs that are made to break a reader: each kind at full size, made when it is asked for."""

import gzip
import io
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass

SENTENCE = "The harbour board said on Monday that thirty ferries will cross the strait every day from May. "
_ARTICLE = f"<p>{SENTENCE * 3}</p>"


@dataclass(frozen=True, slots=True)
class Made:
    """A file by its name, made by `write`: some have a hundred megabytes. `kind` is the row that it is counted in."""

    kind: str
    name: str
    write: Callable[[], bytes]


def page(body: str, head: str = "") -> str:
    """A page with an article and more."""
    above = f"<html><head><title>Ferries</title>{head}</head><body><article><h1>Ferries</h1>{_ARTICLE}"
    return f"{above}{body}</article></body></html>"


def made_inputs() -> Iterator[Made]:
    """Every one, by kind."""
    for kind, files in _KINDS.items():
        for name, write in files.items():
            yield Made(kind, name, write)


def _html(body: Callable[[], str], head: Callable[[], str] = str) -> Callable[[], bytes]:
    return lambda: page(body(), head()).encode("utf-8", "surrogatepass")


def _text(text: Callable[[], str]) -> Callable[[], bytes]:
    return lambda: (SENTENCE * 3 + "\n\n" + text()).encode("utf-8", "surrogatepass")


def _nested(tag: str, depth: int = 100_000) -> Callable[[], bytes]:
    return _html(lambda: f"<{tag}>" * depth + SENTENCE + f"</{tag}>" * depth)


def _numbered(form: str, count: int) -> str:
    return "".join(form.format(number) for number in range(count))


def _linked_data(text: str) -> str:
    return f'<script type="application/ld+json">{text}</script>'


def _bomb(layers: int = 1) -> bytes:
    packed = b"<html><body><p>" + b"\0" * 1_000_000_000
    for _ in range(layers):
        packed = gzip.compress(packed, 9)
    return packed


def _warc_bomb() -> bytes:
    body = _bomb()
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(body)
    record = (
        b"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: http://site.example/bomb\r\nWARC-Date: 2026-01-01T00:00:00Z\r\n"
    )
    record += b"Content-Type: application/http; msgtype=response\r\nContent-Length: %d\r\n\r\n" % len(head + body)
    return record + head + body + b"\r\n\r\n"


def _parquet_bomb() -> bytes:
    import pyarrow as pa  # noqa: PLC0415   one input of many needs it
    import pyarrow.parquet as pq  # noqa: PLC0415

    text = pa.DictionaryArray.from_arrays(pa.array([0] * 100_000, pa.int32()), pa.array([" " * 10_000_000]))
    file = io.BytesIO()
    pq.write_table(pa.table({"text": text}), file, compression="zstd", store_schema=False)
    return file.getvalue()


def _rows(text: str, count: int) -> bytes:
    return "".join(json.dumps({"text": text, "id": number}) + "\n" for number in range(count)).encode()


_KINDS: dict[str, dict[str, Callable[[], bytes]]] = {
    "nesting": {f"{tag}.html": _nested(tag) for tag in ("div", "b", "ul", "table", "blockquote", "a", "nav", "font", "x-y")}
    | {
        "list-items.html": _nested("ul><li"),
        "cells.html": _nested("table><tr><td"),
        "quotes.md": _text(lambda: "> " * 100_000 + "x"),
        "brackets.md": _text(lambda: "[" * 100_000),
        "emphasis.md": _text(lambda: "*a_" * 100_000),
        "linked-data.html": _html(str, lambda: _linked_data("[" * 100_000 + "]" * 100_000)),
        "graphs.html": _html(str, lambda: _linked_data('{"@graph":[' * 900 + "]}" * 900)),
        "rows.jsonl": lambda: b'{"text": ' + b"[" * 100_000 + b"]" * 100_000 + b"}\n" + _rows(SENTENCE * 5, 1),
    },
    "size": {
        "100-mb-of-text.txt": lambda: SENTENCE.encode() * (100_000_000 // len(SENTENCE)),
        "100-mb-of-markup.html": _html(lambda: f"<p>{SENTENCE}</p>" * (100_000_000 // len(SENTENCE))),
        "5-mb-of-text.txt": lambda: f"{SENTENCE}\n".encode() * (5_000_000 // len(SENTENCE)),
        "word-of-10-mb.txt": _text(lambda: "x" * 10_000_000),
        "word-of-10-mb.html": _html(lambda: f"<p>{'x' * 10_000_000}</p>"),
        "sentence-of-1-mb.txt": _text(lambda: "word and other " * (1_000_000 // 15)),
        "million-paragraphs.html": _html(lambda: "<p>w</p>" * 1_000_000),
        "million-lines.txt": _text(lambda: "w\n" * 1_000_000),
        "200000-links.html": _html(lambda: _numbered('<p><a href="/a{0}">link {0} to other things</a></p>', 200_000)),
        "200000-links-in-a-line.html": _html(lambda: f"<p>{_numbered('<a href=/a{0}>l{0}</a> ', 200_000)}</p>"),
        "million-cells.html": _html(lambda: f"<table>{('<tr>' + '<td>a1 b</td>' * 10 + '</tr>') * 100_000}</table>"),
        "attribute-of-10-mb.html": _html(lambda: f"<p class='{'tooltip-text ' * 800_000}'>{SENTENCE}</p>"),
        "100000-attributes.html": _html(lambda: f"<p {_numbered('a{0}=1 ', 100_000)}>{SENTENCE}</p>"),
        "million-entities.html": _html(lambda: f"<p>{'&amp;&nbsp;' * 500_000}</p>"),
        "200000-claims.html": _html(lambda: _numbered("<p>The board {0} said that {0} ferries cross the strait.</p>", 200_000)),
        "million-comments.html": _html(lambda: "<!-- x -->" * 1_000_000),
        "100000-headings.html": _html(lambda: _numbered("<h1>Ferries {0}</h1>", 100_000)),
        "100000-titles.html": _html(lambda: "<h1>Ferries</h1>" * 100_000),
        "million-brackets.html": _html(lambda: "<" * 1_000_000),
        "title-of-5-mb.html": _html(str, lambda: f"<title>{'a | ' * 1_250_000}</title>"),
        "100000-metas.html": _html(str, lambda: _numbered('<meta name="n{0}" content="c">', 100_000)),
        "2000-rows.jsonl": lambda: _rows("x", 2_000),
    },
    "odd characters": {
        "surrogates.html": _html(lambda: f"<p>{chr(0xD800) * 100_000} {SENTENCE}</p>"),
        "surrogates.txt": _text(lambda: f"{chr(0xDFFF)}a" * 100_000),
        "surrogates-utf-16.txt": lambda: b"\xff\xfe" + (SENTENCE * 5 + chr(0xD800) * 9).encode("utf-16-le", "surrogatepass"),
        "right-to-left.html": _html(lambda: "<p>" + f"{chr(0x202E)}abc {chr(0x2066)}x{chr(0x2069)} " * 50_000 + "</p>"),
        "right-to-left.txt": _text(lambda: "אבג مرحبا " * 50_000),
        "zero-width.html": _html(lambda: "<p>" + f"a{chr(0x200B)}{chr(0x200D)}{chr(0xFEFF)}" * 100_000 + "</p>"),
        "zero-width.txt": _text(lambda: chr(0x200B) * 1_000_000),
        "stacked-marks.html": _html(lambda: "<p>" + ("e" + chr(0x301) * 1_000) * 500 + "</p>"),
        "nul.html": _html(lambda: "<p>no\0body</p>" * 1_000),
        "control.txt": _text(lambda: "a\x01" * 100_000),
        "emoji.html": _html(lambda: "<p>" + "\U0001f3f3\ufe0f\u200d\U0001f308" * 50_000 + "</p>"),
        "tags.html": _html(lambda: "<p>" + "".join(chr(0xE0000 + at % 128) for at in range(200_000)) + "</p>"),
        "case.html": _html(lambda: "<p>" + "İŉßǰΐ" * 50_000 + "</p>"),
        "lying-utf-7.html": lambda: page("<p>+ADw-script+AD4-</p>", "<meta charset=utf-7>").encode("utf-7"),
        "lying-base64.html": lambda: page("<p>Caf\xe9</p>", "<meta charset=base64>").encode("latin-1"),
        "mixed.html": lambda: page("<p>x</p>").encode() + page("<p>y</p>").encode("utf-16") + page("<p>é</p>").encode("cp1252"),
        "noise.html": lambda: page("").encode() + bytes(range(256)) * 1_000,
        "noise.bin.html": lambda: bytes(range(256)) * 10_000,
    },
    "decompression bombs": {
        "bomb.html.gz": _bomb,
        "bomb-in-bomb.html.gz": lambda: _bomb(2),
        "members.html.gz": lambda: gzip.compress(b"") * 1_000_000,
        "bomb.warc": _warc_bomb,
        "bomb.warc.gz": lambda: gzip.compress(_warc_bomb()),
        "bomb.jsonl.gz": lambda: gzip.compress(b'{"text": "' + b"x" * 1_000_000_000 + b'"}\n'),
        "bomb.parquet": _parquet_bomb,
        "entities.html": lambda: b"<!DOCTYPE a [" + _lol().encode() + b"]><html><body><p>&l9;</p></body></html>",
    },
    "bait for patterns": {
        f"{name}.html": _html(lambda unit=unit: f"<p>{unit * (200_000 // len(unit))}</p>")  # type: ignore[misc]   # mypy knows no defaults of lambdas
        for name, unit in {
            "dates": "May 2020 ", "iso-dates": "2020-01-01T", "numbers": "1,", "words-for-numbers": "one hundred thousand ",
            "names": "Anna Lindqvist ", "abbreviations": "A.", "dots": ".", "hyphens": "a-", "commas": "a, ", "marks": '"',
            "quoted": '"a" said b. ', "money": "$1 ", "percent": "1% ", "addresses": "http://", "at": "a@", "brackets": "(",
            "possessives": "a's ", "of-the": "of the ", "underscores": "_", "capitals": "AB ", "bars": "| a ", "dashes": "— ",
            "ages": "aged 52, ", "ranges": "1-", "ratios": "1 in ", "said": "said that ", "by": "by ", "negations": "not ",
        }.items()
    },
}  # fmt: skip


def _lol() -> str:
    return '<!ENTITY l0 "lol">' + "".join(f'<!ENTITY l{at} "{f"&l{at - 1};" * 10}">' for at in range(1, 10))
