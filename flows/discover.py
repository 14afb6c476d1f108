"""From INPUTs to the pages that there are to read: which files, under which identity, and what can't be read and why."""

import errno
import hashlib
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import polars as pl

from flows.errors import NothingRead, WrongUse
from flows.settings import Settings, Source
from transforms.ids import content_id
from warehouse.tables import SOURCES

READABLE_SUFFIXES = frozenset((".html", ".htm", ".xhtml", ".txt", ".md", ".markdown"))
_MARKUP = (b"<!doctype html", b"<html")
"""How a page without a known suffix shows that it is one, in any case, after white space and a byte-order mark."""
_SNIFFED_BYTES = 512
_HASHED_BYTES = 1 << 20
_BYTES_PER_MB = 1_000_000


@dataclass(frozen=True, slots=True)
class FoundPage:
    """One page that waits to be read. Light enough to hold by the million: the bytes stay where they are.

    `key` is the page's identity: its path relative to the INPUT, with slashes; of an INPUT that is a file, its name.
    `raw_hash` is the SHA-256 of its bytes in hex, None where `problem` says in words why they can't be read.
    """

    key: str
    path: str
    url: str
    source_id: str
    size: int
    raw_hash: str | None
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """What the INPUTs hold. `skipped` counts files in folders that are no pages; `warnings` are sentences for the user."""

    sources: pl.DataFrame
    pages: tuple[FoundPage, ...]
    skipped: int
    warnings: tuple[str, ...]


def discover(inputs: Sequence[str], settings: Settings, seen_at: datetime) -> Found:
    """Every page under the INPUTs, else under the sources of the settings, sorted by source and key; each file once.

    Raises WrongUse for an INPUT that is not there or of a kind that can't be read, NothingRead when no page is found.
    """
    sources = [Source(location=location) for location in inputs] or list(settings.sources)
    if not sources:
        raise WrongUse(
            "There is nothing to read: name files or folders, as in `claimhouse run articles/`, "
            "or list [[sources]] in claimhouse.toml."
        )
    roots = {_root(source): source for source in sources}
    max_bytes = int(settings.reading.max_page_mb * _BYTES_PER_MB)
    pages: dict[str, FoundPage] = {}
    warnings: list[str] = []
    skipped = 0
    for root in roots:
        for path in _files(root, warnings):
            if root.is_dir() and not _is_page(path):
                skipped += 1
            elif (page := _page(path, root, max_bytes)).url not in pages:
                pages[page.url] = page
    if not pages:
        raise NothingRead(_nothing(list(roots), skipped))
    found = sorted(pages.values(), key=lambda page: (page.source_id, page.key, page.url))
    return Found(_source_rows(roots, seen_at), tuple(found), skipped, (*warnings, *_shared_identities(found)))


def check_source(source: Source) -> int:
    """How many pages the source holds now. Raises what a run would raise for it."""
    root = _root(source)
    count = sum(not root.is_dir() or _is_page(path) for path in _files(root, []))
    if not count:
        raise NothingRead(_nothing([root], 0))
    return count


def _root(source: Source) -> Path:
    location = source.location
    if "://" in location:
        raise WrongUse(
            f"{location} is an address; only files and folders can be read so far. Save its pages and name their folder."
        )
    path = Path(location).expanduser()
    if not path.exists():
        raise WrongUse(f"There is no file or folder {location}. Mend the path; it counts from {Path.cwd()}.")
    if not (path.is_dir() or path.is_file()):
        raise WrongUse(f"{location} is neither a file nor a folder. Name a file, or a folder of files.")
    # Not resolve(): a link such as `latest` names the same source wherever it leads today.
    return Path(os.path.abspath(path))  # noqa: PTH100


def _files(root: Path, warnings: list[str]) -> Iterator[Path]:
    """Files under the root, those of a folder before its folders, each sorted by name; hidden ones are passed over.

    A folder that links lead back to is entered once. One that can't be entered adds a sentence to `warnings`.
    """
    if root.is_file():
        yield root
        return
    entered: set[tuple[int, int]] = set()
    waiting = [root]
    while waiting:
        folder = waiting.pop()
        try:
            status = folder.stat()
            entries = sorted(folder.iterdir(), key=lambda path: path.name)
        except OSError as error:
            warnings.append(f"The folder {folder} was left out: {error.strerror}. Mend its permissions and run again.")
            continue
        if (status.st_dev, status.st_ino) in entered:
            continue
        entered.add((status.st_dev, status.st_ino))
        visible = [path for path in entries if not path.name.startswith(".")]
        waiting.extend(path for path in reversed(visible) if path.is_dir())
        yield from (path for path in visible if path.is_file())


def _is_page(path: Path) -> bool:
    """Whether a file of a folder is a page: by its suffix, else by how it begins (WHATWG MIME Sniffing, section 7.1)."""
    if path.suffix.lower() in READABLE_SUFFIXES:
        return True
    try:
        with path.open("rb") as file:
            head = file.read(_SNIFFED_BYTES)
    except OSError:
        return False
    return head.removeprefix(b"\xef\xbb\xbf").lstrip().lower().startswith(_MARKUP)


def _page(path: Path, root: Path, max_bytes: int) -> FoundPage:
    key = path.relative_to(root).as_posix() if root.is_dir() else path.name
    size, raw_hash, problem = 0, None, None
    try:
        size = path.stat().st_size
        if size > max_bytes:
            problem = (
                f"the page has {size / _BYTES_PER_MB:.1f} MB, more than max_page_mb allows: "
                "raise it under [reading] in claimhouse.toml if it is an article"
            )
        else:
            raw_hash = _hash_of(path)
    except OSError as error:
        problem = f"the file can't be read: {os.strerror(error.errno or errno.EIO)}"
    return FoundPage(key, str(path), path.as_uri(), _source_id(root), size, raw_hash, problem)


def _hash_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _source_id(root: Path) -> str:
    return content_id("file", root.name)


def _source_rows(roots: dict[Path, Source], seen_at: datetime) -> pl.DataFrame:
    rows: list[dict[str, object]] = [
        {
            "source_id": _source_id(root),
            "kind": source.kind,
            "location": root.as_uri(),
            "title": source.title,
            "added_at": seen_at,
        }
        for root, source in roots.items()
    ]
    return SOURCES.frame(rows).sort("source_id", "location").unique("source_id", keep="first", maintain_order=True)


def _nothing(roots: Sequence[Path], skipped: int) -> str:
    names = ", ".join(str(root) for root in roots)
    others = f" It holds {skipped} files of other kinds." if skipped else ""
    kinds = ", ".join(sorted(READABLE_SUFFIXES))
    return f"Nothing could be read: no page lies in {names}.{others} Pages are {kinds} and other files that begin as HTML."


def _shared_identities(pages: Sequence[FoundPage]) -> Iterator[str]:
    """Files of different INPUTs that lie at the same path in them are taken for revisions of one page: say so."""
    first: dict[str, FoundPage] = {}
    shared = [page.key for page in pages if first.setdefault(page.key, page) is not page]
    if shared:
        yield (
            f"{len(shared)} files have the same path in two INPUTs ({shared[0]} is the first): "
            "they are read as revisions of one page. Name the folder above them as the INPUT to keep them apart."
        )
