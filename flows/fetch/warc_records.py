"""The records of a WARC file one after another, in memory that does not grow with what a record claims or unpacks to.

warcio takes heads apart. It does not read the file: its reader holds a line of any length in memory, and passes over a gzip
member that is cut off as if nothing were missing.
"""

import io
import zlib
from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol

from warcio.statusandheaders import StatusAndHeadersParser

from flows.fetch.unpack import GZIP_MAGIC

_BLOCK_BYTES = 1 << 16
_MOST_HEAD_BYTES = 4 << 20
"""More than any server sends as a head, and than Claimhouse takes from one."""
_BLANK = (b"\r\n", b"\n")


class BrokenWarcError(Exception):
    """What is wrong with a WARC file from some byte on, in words."""


class Head(Protocol):
    """Headers as warcio's parser gives them; `statusline` is `200 OK` for an HTTP response."""

    statusline: str
    headers: list[tuple[str, str]]

    def get_header(self, name: str) -> str | None:
        """The first header of that name, in any case."""


@dataclass(slots=True)
class Record:
    """One record; what `read` and `read_head` have not taken of its block is passed over when the next record is asked for.

    `offset` is the byte of the file that it begins at, `left` how many bytes of its block have not been read.
    """

    offset: int
    head: Head
    left: int
    _stream: io.BufferedReader
    _is_packed: bool

    @property
    def kind(self) -> str:
        """`response`, `request`, `metadata`, … as WARC-Type names it."""
        return self.head.get_header("WARC-Type") or ""

    def read(self, most: int) -> bytes:
        """The next bytes of the block, `most` or what is left of it. Raises BrokenWarcError where the file ends before."""
        wanted = min(most, self.left)
        found = self._stream.read(wanted)
        self.left -= len(found)
        if len(found) < wanted:
            raise _cut_off(self.offset)
        return found

    def read_head(self) -> Head:
        """The HTTP head that the block begins with."""
        head = _head_bytes(self._stream, min(self.left, _MOST_HEAD_BYTES), self.offset)
        self.left -= len(head)
        return _parsed(head)

    def end(self) -> None:
        """Go to the end of the record. Raises BrokenWarcError where it is cut off, or its gzip member has another checksum."""
        while self.left:
            self.read(_BLOCK_BYTES)
        while self._is_packed and (line := self._stream.readline(_BLOCK_BYTES)):
            if line not in _BLANK:
                raise BrokenWarcError(
                    f"the gzip member at byte {self.offset} holds more than one record, or one that is longer than it says: "
                    "unpack the file with `gunzip` and name the unpacked one"
                )


def records(path: Path, offset: int = 0) -> Generator[Record, None, None]:
    """Every record from that byte on, in the file's order. Raises BrokenWarcError where the file goes on otherwise."""
    with path.open("rb") as file:
        is_packed = file.read(2) == GZIP_MAGIC
        file.seek(offset)
        yield from _packed_records(file) if is_packed else _plain_records(file)


def _plain_records(file: io.BufferedReader) -> Generator[Record, None, None]:
    while True:
        offset = file.tell()
        while (line := file.readline(_BLOCK_BYTES)) in _BLANK:
            offset += len(line)
        if not line:
            return
        file.seek(offset)
        record = _record(file, offset, is_packed=False)
        yield record
        record.end()


def _packed_records(file: BinaryIO) -> Generator[Record, None, None]:
    members = _Members(file)
    stream: io.BufferedReader = io.BufferedReader(members, _BLOCK_BYTES)
    while (offset := members.begin()) is not None:
        record = _record(stream, offset, is_packed=True)
        yield record
        record.end()


def _record(stream: io.BufferedReader, offset: int, *, is_packed: bool) -> Record:
    parsed = _parsed(_head_bytes(stream, _MOST_HEAD_BYTES, offset, begins=b"WARC/"))
    length = (parsed.get_header("Content-Length") or "").strip()
    if not (length.isascii() and length.isdigit() and len(length) < 19):
        raise BrokenWarcError(f"the record at byte {offset} does not say how long it is: fetch or copy the file anew")
    return Record(offset, parsed, int(length), stream, is_packed)


def _head_bytes(stream: io.BufferedReader, most: int, offset: int, *, begins: bytes = b"") -> bytes:
    """Up to and with the next blank line, else all that may be read."""
    lines: list[bytes] = []
    left = most
    while left:
        line = stream.readline(left)
        left -= len(line)
        if not lines and line and not line.startswith(begins):
            raise BrokenWarcError(f"no WARC record begins at byte {offset}: fetch or copy the file anew")
        lines.append(line)
        if line in _BLANK:
            return b"".join(lines)
        if not line:
            raise _cut_off(offset)
    if most == _MOST_HEAD_BYTES:
        raise BrokenWarcError(f"the record at byte {offset} has a head of more than {most} bytes: leave it out of the file")
    return b"".join(lines)  # a block that is all head


def _parsed(head: bytes) -> Head:
    try:
        parsed: Head = StatusAndHeadersParser([], verify=False).parse(io.BytesIO(head))
    except EOFError:  # nothing is there
        parsed = StatusAndHeadersParser([], verify=False).parse(io.BytesIO(b"\r\n"))
    return parsed


def _cut_off(offset: int) -> BrokenWarcError:
    return BrokenWarcError(f"the file ends in the middle of the record at byte {offset}: fetch or copy it anew")


class _Members(io.RawIOBase):
    """The members of a gzip file, each a stream of its own that ends; unpacked a block at a time."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._packed = b""
        self._offset = 0
        self._unpacker = zlib.decompressobj(wbits=31)

    def begin(self) -> int | None:
        """Go on with the next member; the byte that it begins at, None at the end of the file."""
        self._offset = self._file.tell() - len(self._packed)
        self._packed = self._packed or self._file.read(_BLOCK_BYTES)
        self._unpacker = zlib.decompressobj(wbits=31)
        return self._offset if self._packed else None

    def readable(self) -> bool:
        """Always."""
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # BufferedReader gives a memoryview
        """Unpacked bytes, 0 at the end of the member. Raises BrokenWarcError where it is cut off or no gzip."""
        while not self._unpacker.eof:
            self._packed = self._packed or self._file.read(_BLOCK_BYTES)
            is_last = not self._packed
            try:
                found = self._unpacker.decompress(self._packed, len(buffer))
            except zlib.error as error:
                problem = f"the gzip member at byte {self._offset} is broken ({error}): fetch or copy the file anew"
                raise BrokenWarcError(problem) from None
            self._packed = self._unpacker.unused_data if self._unpacker.eof else self._unpacker.unconsumed_tail
            if found:
                buffer[: len(found)] = found
                return len(found)
            if is_last:
                raise _cut_off(self._offset)
        return 0
