"""Bytes of a page to its characters."""

import codecs
import re
from typing import Literal

from charset_normalizer import from_bytes
from charset_normalizer.constant import IANA_SUPPORTED

Media = Literal["html", "markdown", "text"]

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_DECLARED = re.compile(
    rb"""charset\s*=\s*["']?\s*([A-Za-z0-9_:.-]{3,40})|encoding\s*=\s*["']([A-Za-z0-9_:.-]{3,40})["']""", re.I
)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0e-\x1f]")
_HTML = re.compile(r"<(?:!doctype\s+html|html|head|body|article|main|div|p|h1|section|table)\b[^<>]*>", re.I)
_SNIFFED_CHARS = 4096
_CONTROL_SHARE = 0.02  # text of any language holds next to none; images, archives and programs hold far more
_SAMPLE_BYTES = 65536  # what the guess of an encoding looks at: more makes it slower, not better


_GUESSED = ["cp1252", "cp1250", "cp1251", "shift_jis", "gb18030", "big5", "euc_kr", "utf_16"]
"""Where a guess leaves it open between the first two, it is the first: what the web takes undeclared pages for (WHATWG)."""


class UnreadableError(Exception):
    """The page holds no text; the message says why, in words for the one who supplied it."""


def decode(raw: bytes, content_type: str | None = None) -> str:
    """The characters of a page in whatever encoding, with line ends made `\\n` and stray control characters made spaces.

    Trusts a byte-order mark, then valid UTF-8, then what the server declares in `content_type`, then what the page does, then
    the best guess. The WHATWG encoding standard reads `iso-8859-1` and `ascii` as windows-1252; so do we. Raises
    UnreadableError for empty and binary pages.
    """
    if not raw.strip(b"\x00 \t\r\n"):
        raise UnreadableError("the file is empty")
    text = _characters(raw, _named((content_type or "").encode("ascii", "replace")))
    controls = len(_CONTROL.findall(text[:_SAMPLE_BYTES])) + text[:_SAMPLE_BYTES].count("�")
    if controls > max(8, _CONTROL_SHARE * min(len(text), _SAMPLE_BYTES)):
        raise UnreadableError("the file is binary, not text: save the page as HTML or plain text")
    # A lone surrogate has no UTF-8 form and could be stored nowhere.
    text = text.encode("utf-8", "replace").decode("utf-8")
    return _CONTROL.sub(" ", text.replace("\r\n", "\n").replace("\r", "\n").replace("\x0c", "\n"))


def _characters(raw: bytes, said: str | None) -> str:
    for mark, encoding in _BOMS:
        if raw.startswith(mark):
            return raw.decode(encoding, "replace")
    # ASCII letters in UTF-16 are valid UTF-8 as well, with a NUL beside each.
    wide = said if said and said.startswith(("utf-16", "utf-32")) else None
    for name in filter(None, (wide, "utf-8", said, _named(raw[:_SNIFFED_CHARS]))):
        try:
            return raw.decode(name)
        except UnicodeError:
            continue
    found = from_bytes(raw[:_SAMPLE_BYTES], cp_isolation=_GUESSED)
    best = found.best()
    guessed = best.encoding if best else "cp1252"
    is_open = guessed == "cp1250" and any(match.encoding == "cp1252" for match in found)
    return raw.decode("cp1252" if is_open else guessed, "replace")


def _named(declaration: bytes) -> str | None:
    """The character set that a header, or the head of a page, declares."""
    found = _DECLARED.search(declaration)
    if not found:
        return None
    name = (found[1] or found[2]).decode("ascii").lower()
    if name in ("iso-8859-1", "latin-1", "latin1", "ascii", "us-ascii"):
        return "cp1252"
    try:
        codec = codecs.lookup(name).name
    except LookupError:
        return None
    # Python calls more than character sets a codec: `base64` unpacks, `unicode_escape` reads escapes.
    return codec if codec.replace("-", "_") in IANA_SUPPORTED else None


def media_of(key: str, text: str) -> Media:
    """What a page is: markup by what it holds, Markdown by its name, else plain text."""
    if _HTML.search(text[:_SNIFFED_CHARS]):
        return "html"
    return "markdown" if key.lower().endswith((".md", ".markdown")) else "text"
