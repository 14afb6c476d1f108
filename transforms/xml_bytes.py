"""XML of strangers made harmless, before a parser sees it."""

import codecs
import re

from feedparser.encodings import convert_to_utf8

_WIDE_BOMS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_DECLARATION = re.compile(r"\s*<\?xml[^>]*\?>")
_HEAD_END = re.compile(rb"<\w")
_LONG_SPACE = re.compile(rb"\s{32,}")
_DECLARING = re.compile(rb"<!(?:ENTITY|ATTLIST)")
_NO_DECLARATION = b"<!ELEMENT"
_REFERENCE = re.compile(rb"&#(?:x([0-9a-f]+)|([0-9]+));?", re.I)
_NO_CHARACTER = b"&#65533;"
"""The replacement character, which the HTML standard takes for a reference to none (section 13.2.5.80)."""


def harmless_xml(raw: bytes, content_type: str | None = None) -> bytes:
    """XML in UTF-8 that declares no entity and no default of an attribute, which a few bytes of could unpack to gigabytes.

    Nothing that it leaves makes a parser fetch or fail. Of what stands before the first element, long white space and all
    document types but one go: feedparser's patterns take the square of both. `content_type` is the header that came with it.
    """
    data = _utf8(raw, content_type)
    end = found.start() if (found := _HEAD_END.search(data)) else len(data)
    before, doctype, behind = _LONG_SPACE.sub(b"\n", data[:end]).partition(b"<!DOCTYPE")
    data = before + doctype + behind.replace(b"<!DOCTYPE", _NO_DECLARATION) + data[end:]
    # Not removed but replaced: what removing puts together, as of <!ENT<!ENTITY a "b">ITY, would be a declaration again.
    return _REFERENCE.sub(_sound, _DECLARING.sub(_NO_DECLARATION, data))


def _sound(reference: re.Match[bytes]) -> bytes:
    """A numeric reference, if there is such a character: feedparser breaks off at others."""
    digits, base = (reference[1], 16) if reference[1] else (reference[2], 10)
    digits = digits.lstrip(b"0")
    number = int(digits, base) if 0 < len(digits) <= 7 else 0
    return reference[0] if 0 < number < 0xD800 or 0xDFFF < number <= 0x10FFFF else _NO_CHARACTER


def _utf8(raw: bytes, content_type: str | None) -> bytes:
    """XML in UTF-8. A byte-order mark goes before all else (RFC 7303, section 3.2); feedparser wants a declaration too."""
    for mark, encoding in _WIDE_BOMS:
        if raw.startswith(mark):
            return _DECLARATION.sub("", raw.decode(encoding, "replace"), count=1).encode("utf-8", "replace")
    try:
        converted: bytes = convert_to_utf8({"content-type": content_type} if content_type else {}, raw, {})
    except UnicodeError:  # declared as a codec of Python's that is no character set, such as `undefined`
        return _DECLARATION.sub("", raw.decode("utf-8", "replace"), count=1).encode()
    return converted
