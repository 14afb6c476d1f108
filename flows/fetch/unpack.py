"""Undo content codings within a bound: what would unpack to more is not unpacked.

zlib does the work; the bound is ours, since a decompressor that is given a whole body has unpacked a bomb before anyone looks.
"""

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Fault = Literal["too large", "cut off", "broken", "unknown"]
"""`unknown` is a coding that was not asked for."""

MAX_CODINGS = 4
"""More codings on top of each other than this are no page's."""
MAX_MEMBERS = 10_000
"""Members of a gzip file. Block gzip has one for each 64 KiB; a file of empty ones would keep us busy for nothing."""

_PIECE = 16 * 1024
_GZIP, _ZLIB, _RAW = 31, 15, -15
GZIP_MAGIC = b"\x1f\x8b"


@dataclass(frozen=True, slots=True)
class Unpacked:
    """What a body unpacked to. With a `fault`, `content` is what came before it."""

    content: bytes
    fault: Fault | None = None


def unpack(body: bytes, codings: Sequence[str], *, max_bytes: int) -> Unpacked:
    """The body without its content codings, given in the order that they were applied in (RFC 9110, section 8.4).

    At no time is more than `max_bytes` + 1 byte unpacked, at any of the layers.
    """
    if len(codings) > MAX_CODINGS:
        return Unpacked(b"", "broken")
    unpacked = Unpacked(body)
    for coding in reversed(codings):
        unpacked = _unpack_one(unpacked.content, coding, max_bytes)
        if unpacked.fault:
            return unpacked
    return unpacked


def _unpack_one(body: bytes, coding: str, max_bytes: int) -> Unpacked:
    if not body:
        return Unpacked(b"")
    match coding:
        case "gzip" | "x-gzip":
            return _gunzip(body, max_bytes)
        case "deflate" if _has_zlib_header(body):
            unpacked, _ = _inflate(body, 0, _ZLIB, max_bytes)
            return unpacked if unpacked.fault != "broken" else _inflate(body, 0, _RAW, max_bytes)[0]
        case "deflate":
            # RFC 9110, section 8.4.1.2: some servers send deflate without the zlib wrapper that it should have.
            return _inflate(body, 0, _RAW, max_bytes)[0]
    return Unpacked(b"", "unknown")


def _gunzip(body: bytes, max_bytes: int) -> Unpacked:
    """All members of a gzip file (RFC 1952, section 2.2). What follows the last one and is none is passed over."""
    parts: list[bytes] = []
    room, position = max_bytes, 0
    for _ in range(MAX_MEMBERS):
        unpacked, position = _inflate(body, position, _GZIP, room)
        parts.append(unpacked.content)
        room -= len(unpacked.content)
        if unpacked.fault or not body.startswith(GZIP_MAGIC, position):
            return Unpacked(b"".join(parts), unpacked.fault)
    return Unpacked(b"".join(parts), "broken")


def _inflate(body: bytes, position: int, wbits: int, max_bytes: int) -> tuple[Unpacked, int]:
    """One stream that begins at `position`, and where it ended."""
    stream = zlib.decompressobj(wbits)
    parts: list[bytes] = []
    room = max_bytes
    fault: Fault | None = None
    while not stream.eof and not fault:
        # Small pieces: what is left of one after the end of a stream is copied.
        piece = body[position : position + _PIECE]
        if not piece:
            fault = "cut off"
            break
        try:
            part = stream.decompress(piece, room + 1)
        except zlib.error:
            fault = "broken"
            break
        parts.append(part)
        room -= len(part)
        position += len(piece) - len(stream.unused_data)
        fault = "too large" if room < 0 else None
    return Unpacked(b"".join(parts), fault), position


def _has_zlib_header(body: bytes) -> bool:
    """RFC 1950, section 2.2: method 8, and the first two bytes a multiple of 31."""
    return len(body) > 1 and body[0] & 0x0F == 8 and int.from_bytes(body[:2]) % 31 == 0


def shown_bytes(count: int) -> str:
    """A size in words: `20 MB`, `512 kB`, `40 bytes`."""
    if count < 1000:
        return f"{count} bytes"
    text = f"{count / 1e6:.1f} MB" if count >= 1e6 else f"{count / 1e3:.1f} kB"
    return text.replace(".0 ", " ")
