"""Pages in other character sets and of other kinds, rightly and wrongly declared, and with a server's clock that is off."""

import struct
import zlib
from email.utils import format_datetime

from tests.site.layouts import article_page
from tests.site.pages import FAR, Page, always, article
from tests.site.replies import Reply
from tests.site.words import write_article

_FIRST = 4000
LETTERS = "The café “Zum Löwen” in Älmby serves crêpes for 5 €, said its owner, Zoë Čapek – or so we read."
"""A sentence with letters beyond ASCII in each page of a character set: all but one letter are in windows-1252."""
WESTERN = LETTERS.replace("Č", "C")
_JAPANESE = "市議会は月曜日、港の新しい橋の建設計画を賛成多数で承認した。工事は来年の春に始まる予定である。" * 8


def charset_pages() -> list[Page]:
    """Articles with letters beyond ASCII. Where a page is kept, its text holds WESTERN."""
    made = [
        ("windows-1252-said", "cp1252", "text/html; charset=windows-1252", ""),
        ("windows-1252-in-page", "cp1252", "text/html", "windows-1252"),
        ("windows-1252-unsaid", "cp1252", "text/html", ""),
        ("latin-1-said", "cp1252", "text/html; charset=ISO-8859-1", ""),
        ("utf-8-unsaid", "utf-8", "text/html", ""),
        ("utf-8-said-wrong", "utf-8", "text/html; charset=iso-8859-1", "iso-8859-1"),
        ("windows-1252-said-wrong", "cp1252", "text/html; charset=utf-8", "utf-8"),
        ("unknown", "utf-8", "text/html; charset=utf-99", "klingon"),
        ("utf-8-mark", "utf-8-sig", "text/html", ""),
        ("utf-16-mark", "utf-16", "text/html", ""),
        ("utf-16-in-page", "utf-16", "text/html", "utf-16"),
        ("utf-16-said", "utf-16-le", "text/html; charset=utf-16le", ""),
    ]
    pages = []
    for number, (name, encoding, media, declared) in enumerate(made):
        text = article_page(write_article(_FIRST + number), charset=declared, extra=WESTERN)
        pages.append(Page("main", f"/charset/{name}", always(Reply(body=text.encode(encoding), media=media))))
    for name, media in (("shift-jis-said", "text/html; charset=shift_jis"), ("shift-jis-unsaid", "text/html")):
        body = f"<html><head><title>橋</title></head><body><p>{_JAPANESE}{name}</p></body></html>".encode("shift_jis")
        pages.append(Page("main", f"/charset/{name}", always(Reply(body=body, media=media)), "unsupported_language"))
    return pages


def kind_pages() -> list[Page]:
    """Content of other kinds than HTML, and HTML that is called something else."""
    plain = write_article(_FIRST + 50)
    text = "\n\n".join((plain.title, *plain.paragraphs)).encode()

    def called(media: str | None, number: int) -> Reply:
        return Reply(body=article(_FIRST + number).body, media=media)

    json = b'{"title": "No article", "items": [1, 2, 3]}'
    return [
        Page("main", "/kinds/html-as-plain", always(called("text/plain", 51))),
        Page("main", "/kinds/html-as-xhtml", always(called("application/xhtml+xml", 52))),
        Page("main", "/kinds/html-without", always(called(None, 53))),
        Page("main", "/kinds/html-nonsense", always(called("html; charset", 54))),
        Page("main", "/kinds/text", always(Reply(body=text, media="text/plain; charset=utf-8"))),
        Page("main", "/kinds/image", always(Reply(body=_png(), media="image/png")), "unreadable"),
        Page("main", "/kinds/image-as-html", always(Reply(body=_png(), media="text/html")), "unreadable"),
        Page("main", "/kinds/document.pdf", always(Reply(body=_pdf(), media="application/pdf")), "unreadable"),
        Page("main", "/kinds/pdf-as-html", always(Reply(body=_pdf(), media="text/html")), "unreadable"),
        Page("main", "/kinds/json", always(Reply(body=json, media="application/json")), "too_short"),
        Page("main", "/kinds/video", always(Reply(body=b"\0\0\0\x18ftypmp42" + bytes(4000), media="video/mp4")), "unreadable"),
        *_clocks(),
    ]


def _clocks() -> list[Page]:
    """Headers of a server whose clock is off, and headers that are no dates."""
    future, past = format_datetime(FAR, usegmt=True), "Thu, 01 Jan 1970 00:00:00 GMT"
    made = {"future": future, "past": past, "nonsense": "yesterday, I think"}
    pages = []
    for number, (name, date) in enumerate(made.items()):
        headers = (("Date", date), ("Last-Modified", date), ("Expires", date))
        reply = Reply(body=article(_FIRST + 70 + number).body, headers=headers)
        pages.append(Page("main", f"/clock/{name}", always(reply)))
    cookies = (("Set-Cookie", "a=b; Domain=127.0.0.6"), ("Set-Cookie", "x=" + "y" * 3000), ("X-Odd", "caf\udce9"))
    return [*pages, Page("main", "/clock/cookies", always(Reply(body=article(_FIRST + 80).body, headers=cookies)))]


def _png() -> bytes:
    """One grey pixel, many times."""
    rows = zlib.compress(b"".join(b"\0" + bytes(60) for _ in range(60)))

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", 60, 60, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def _pdf() -> bytes:
    """The beginning of a PDF file, with a stream of bytes."""
    stream = zlib.compress(bytes(range(256)) * 64)
    return b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<< /Length 99 >>\nstream\n" + stream + b"\nendstream\nendobj\n%%EOF\n"
