"""One fetched page as records of the archive, and back.

What a WARC record can't say by itself stands in its header WARC-JSON-Metadata, a name that other crawlers use for the like:
JSON in ASCII, so nothing that the web sends ends the header or can't be written.
"""

import io
import json
import re
from dataclasses import dataclass
from datetime import datetime
from typing import get_args
from urllib.parse import quote, urlsplit

from warcio.timeutils import datetime_to_iso_date
from warcio.warcwriter import WARCWriter

from flows.fetch.model import Fetched, Hop, Place, State
from flows.fetch.warc import UnreadableContentError, date_of, http_head_of, target_of, unpacked
from flows.fetch.warc_records import Record
from transforms.given import hash_of_page

NOTE_HEADER = "WARC-JSON-Metadata"
_BREAKING = re.compile(r"[\r\n\0]")
"""What would end a header; whoever reads one may take a space for it (RFC 9110, section 5.5)."""
_URL_CHARS = "!#$%&'()*+,/:;=?@[]~-._"
_RENAMED = "X-Archive-Orig-"
"""Before the name of a header that is not true of the body as it is kept, as pywb writes it."""


@dataclass(frozen=True, slots=True)
class KeptSource:
    """The source that a page was fetched for; kind and location as far as the writer knew them."""

    source_id: str
    kind: str | None = None
    location: str | None = None


@dataclass(frozen=True, slots=True)
class Kept:
    """One page without its bytes: `fetched` has neither body nor content; `raw_hash` and `size` are those of its content.

    `place` is None for what is not in the archive.
    """

    fetched: Fetched
    place: Place | None
    source: KeptSource
    raw_hash: str | None
    size: int


class _HttpHead:
    """An HTTP head as it came: warcio's own would be rewritten where it is not ASCII."""

    def __init__(self, first_line: str, headers: tuple[tuple[str, str], ...]) -> None:
        lines = (first_line, *(f"{name}: {value}" for name, value in headers))
        self.headers_buff = b"".join(_header_line(line) for line in lines) + b"\r\n"

    def compute_headers_buffer(self, header_filter: object) -> None:
        """As it is."""


def records_of(fetched: Fetched, source: KeptSource) -> tuple[bytes, int]:
    """The gzip members to write, and where in them the one to read begins: `request` and `response`, else a `metadata` record.

    The request comes first, so that whoever finds the response whole has both. Without an answer (`status` is None) there is
    one record of what is known.
    """
    writer = WARCWriter(io.BytesIO(), gzip=True, warc_version="1.1")
    url, made = _safe_url(fetched.url), datetime_to_iso_date(fetched.fetched_at, use_micros=True)
    facts = {"WARC-Date": made, NOTE_HEADER: json.dumps(_note(fetched, source), separators=(",", ":"))}
    if fetched.status is None:
        writer.write_record(writer.create_warc_record(url, "metadata", warc_headers_dict=facts))
        return writer.out.getvalue(), 0
    headers, body = _as_kept(fetched)
    if fetched.state != "read":
        facts["WARC-Truncated"] = "unspecified"  # the page of an error is not kept
    head = _HttpHead(f"HTTP/1.1 {fetched.status} {fetched.reason}", headers)
    response = writer.create_warc_record(
        url, "response", payload=io.BytesIO(body), length=len(body), warc_headers_dict=facts, http_headers=head
    )
    links = {"WARC-Date": made, "WARC-Concurrent-To": response.rec_headers.get_header("WARC-Record-ID")}
    asked = _HttpHead(f"GET {_request_target(url)} HTTP/1.1", fetched.request_headers)
    writer.write_record(writer.create_warc_record(url, "request", warc_headers_dict=links, http_headers=asked))
    begins_at = writer.out.tell()
    writer.write_record(response)
    return writer.out.getvalue(), begins_at


def file_head(name: str, made: datetime) -> bytes:
    """The `warcinfo` record that a file begins with."""
    writer = WARCWriter(io.BytesIO(), gzip=True, warc_version="1.1")
    conforms = "http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/"
    info = writer.create_warcinfo_record(
        name, {"software": "Claimhouse", "format": "WARC File Format 1.1", "conformsTo": conforms}
    )
    info.rec_headers.replace_header("WARC-Date", datetime_to_iso_date(made, use_micros=True))
    writer.write_record(info)
    contents: bytes = writer.out.getvalue()
    return contents


def kept_of(record: Record, file: str) -> Kept | None:
    """What the record says of a page; None for one that is of none, or that others wrote. Raises BrokenWarcError."""
    try:
        note = json.loads(record.head.get_header(NOTE_HEADER) or "")
        head = http_head_of(record)
        fetched = Fetched(
            address=str(note["asked"]),
            url=str(note.get("url") or target_of(record)),
            state=next(state for state in get_args(State) if state == note["state"]),
            fetched_at=date_of(record) or datetime.fromisoformat(note["at"]),
            status=note["status"],
            headers=tuple(head.headers) if head else (),
            hops=tuple(Hop(int(status), str(url)) for status, url in note.get("hops", ())),
            tries=int(note.get("tries", 1)),
            problem=note.get("problem"),
            is_passing=bool(note.get("passing")),
        )
        source = KeptSource(str(note["source"]), note.get("kind"), note.get("location"))
        return Kept(fetched, Place(file, record.offset), source, note.get("sha256"), int(note.get("bytes", 0)))
    except (ValueError, KeyError, TypeError, AttributeError, StopIteration):
        return None


def _note(fetched: Fetched, source: KeptSource) -> dict[str, object]:
    """The facts for the ledger; those that are as usual are left out."""
    is_read = fetched.state == "read"
    facts = {
        "asked": fetched.address,
        "url": fetched.url if fetched.url != _safe_url(fetched.url) else None,
        "state": fetched.state,
        "status": fetched.status,
        "at": fetched.fetched_at.isoformat(),
        "hops": [[hop.status, hop.url] for hop in fetched.hops],
        "tries": fetched.tries if fetched.tries > 1 else None,
        "problem": fetched.problem,
        "passing": fetched.is_passing,
        "source": source.source_id,
        "kind": source.kind,
        "location": source.location,
        "sha256": hash_of_page(fetched.content) if is_read else None,
        "bytes": len(fetched.content),
    }
    return {name: value for name, value in facts.items() if value or name in ("asked", "status", "source")}


def _as_kept(fetched: Fetched) -> tuple[tuple[tuple[str, str], ...], bytes]:
    """Headers and body; a header that is not true of the body is renamed.

    Transfer coding is undone, and the body is kept unpacked where its own headers would not lead back to what was read.
    """
    codings = ",".join(value for name, value in fetched.headers if name.lower() == "content-encoding")
    untrue, body = {"transfer-encoding"}, fetched.body
    try:
        reads_back = unpacked(body, codings, len(fetched.content)) == fetched.content
    except UnreadableContentError:
        reads_back = False
    if not reads_back:
        untrue, body = {"transfer-encoding", "content-encoding", "content-length"}, fetched.content
    return tuple((f"{_RENAMED}{name}" if name.lower() in untrue else name, value) for name, value in fetched.headers), body


def _header_line(line: str) -> bytes:
    line = _BREAKING.sub(" ", line).strip()
    try:
        return line.encode("utf-8", "surrogateescape") + b"\r\n"  # surrogates that stand for bytes (PEP 383)
    except UnicodeEncodeError:
        return line.encode("utf-8", "replace") + b"\r\n"


def _safe_url(url: str) -> str:
    """The address as a URI: what can't stand in one is percent-encoded (RFC 3987, section 3.1)."""
    return quote(url.strip(), safe=_URL_CHARS, errors="replace")


def _request_target(url: str) -> str:
    """Path and query, else the whole address, which is allowed too (RFC 9112, section 3.2)."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return url
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
