"""From INPUTs to the pages that there are to read: which files, under which identity, and what can't be read and why."""

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import polars as pl

from flows.containers import LISTS, READABLE_SUFFIXES, Kind, kind_of
from flows.contents import Reading, is_changing, known_page, pages_in
from flows.errors import NothingRead, WrongUse
from flows.file_memory import remembered
from flows.found import Found, FoundPage
from flows.settings import Settings, Source
from transforms.ids import content_id
from warehouse.tables import SOURCES

__all__ = ["Found", "FoundPage", "check_source", "copies_folder", "discover"]

UNFINISHED_SUFFIXES = (".part", ".partial", ".tmp", ".crdownload", ".download", "~")
"""Names of files that something else is writing, or has kept as they were before."""


@dataclass(frozen=True, slots=True)
class _Root:
    """An INPUT, or a source of the settings, that lies on this machine. `kind` is what it is."""

    path: Path
    source: Source
    kind: Kind | None

    @property
    def source_kind(self) -> str:
        return "warc" if self.kind == "warc" else "file"

    @property
    def source_id(self) -> str:
        return content_id(self.source_kind, self.path.name)


@dataclass(slots=True)
class _Findings:
    """What was found so far: each page once, by what tells it from all others."""

    pages: dict[tuple[str, str], FoundPage] = field(default_factory=dict)
    skipped: int = 0
    lists: int = 0
    without_texts: list[str] = field(default_factory=list)
    changing: int = 0
    warnings: list[str] = field(default_factory=list)


def discover(
    inputs: Sequence[str] | Sequence[Source], settings: Settings, seen_at: datetime, *, web: Found | None = None
) -> Found:
    """Every page under the INPUTs, else under the sources of the settings, sorted by source and key; each once.

    `web` is what was found on the web: it is added, and then INPUTs may be none. Raises WrongUse for an INPUT that is not there
    or of a kind that can't be read here, NothingRead when no page is found.
    """
    sources = [Source(location=one) if isinstance(one, str) else one for one in inputs]
    if not sources and web is None:
        sources = list(settings.sources)
    if not sources and web is None:
        raise WrongUse(
            "There is nothing to read: name files or folders, as in `claimhouse run articles/`, "
            "or list [[sources]] in claimhouse.toml."
        )
    roots = list({(root := _root(source)).path: root for source in sources}.values())
    findings = _Findings()
    for root in roots:
        _look_into(root, settings, findings)
    _clean(copies_folder(settings))
    found = sorted(findings.pages.values(), key=_order)
    # A page that changed and changed back was fetched as it is more than once.
    by_place = {page.place: page for page in reversed(web.pages)} if web else {}
    pages = (*found, *(page for page in web.pages if by_place[page.place] is page)) if web else tuple(found)
    if not pages:
        raise NothingRead(_nothing([root.path for root in roots], findings.skipped))
    rows = _source_rows(roots, seen_at)
    return Found(
        sources=pl.concat([rows, web.sources]).unique("source_id", keep="first", maintain_order=True) if web else rows,
        pages=pages,
        skipped=findings.skipped + (web.skipped if web else 0),
        warnings=(*findings.warnings, *_notes(findings), *_shared_identities(found), *(web.warnings if web else ())),
    )


def copies_folder(settings: Settings) -> Path:
    """Where tables are written out that can't be entered in the middle."""
    return settings.data_dir / "unpacked"


def check_source(source: Source, settings: Settings | None = None) -> int:
    """How many pages the source holds now. Raises what a run would raise for it."""
    root, findings = _root(source), _Findings()
    _look_into(root, settings or Settings(), findings)
    if not findings.pages:
        raise NothingRead(_nothing([root.path], findings.skipped))
    return len(findings.pages)


def _clean(copies: Path) -> None:
    """Remove copies of tables that no run has asked for in a while."""
    if copies.is_dir():
        from flows.row_copies import remove_unused  # noqa: PLC0415   most runs read no table

        remove_unused(copies)


def _order(page: FoundPage) -> tuple[str, str, str, datetime, int]:
    return page.source_id, page.key, page.url, page.fetched_at or datetime.min, page.at


def _root(source: Source) -> _Root:
    location = source.location
    if "://" in location:
        raise WrongUse(f"{location} is an address: it is fetched from the web, and is no file or folder of this machine.")
    path = Path(location).expanduser()
    if not path.exists():
        raise WrongUse(f"There is no file or folder {location}. Mend the path; it counts from {Path.cwd()}.")
    if not (path.is_dir() or path.is_file()):
        raise WrongUse(f"{location} is neither a file nor a folder. Name a file, or a folder of files.")
    # Not resolve(): a link such as `latest` names the same source wherever it leads today.
    path = Path(os.path.abspath(path))  # noqa: PTH100
    kind = kind_of(path)
    if kind in LISTS:
        raise WrongUse(f"{location} lists addresses: what it lists is fetched from the web.")
    if source.kind == "warc" and kind != "warc":
        raise WrongUse(f"{location} is no WARC file, though its `kind` says so. Mend the path, or leave `kind` out.")
    return _Root(path, source, kind)


def _look_into(root: _Root, settings: Settings, findings: _Findings) -> None:
    """Add the pages of an INPUT to what was found."""
    reading, above = _reading(root, settings), os.path.join(root.path, "")  # noqa: PTH118  # with the mark behind it
    with remembered(settings.data_dir, root.path) as memory:
        for path in _files(root.path, settings.data_dir, findings.warnings):
            key = str(path)[len(above) :].replace(os.sep, "/") if root.kind == "folder" else path.name
            status = _status(path)
            if status is not None and (page := known_page(path, key, reading, memory.file(path, status))):
                findings.pages.setdefault(page.place, page)
                continue
            for found in _pages_of(path, key, root, reading, findings):
                if status is not None:
                    memory.note(found, status)


def _status(path: Path) -> os.stat_result | None:
    try:
        return path.stat()
    except OSError:
        return None


def _pages_of(path: Path, key: str, root: _Root, reading: Reading, findings: _Findings) -> Iterator[FoundPage]:
    """The pages of a file that has to be read; they, and what else it holds, are added to what was found."""
    kind = root.kind
    if kind == "folder":
        kind = None if path.name.endswith(UNFINISHED_SUFFIXES) else kind_of(path)
        if kind is None or kind in LISTS:
            findings.skipped += 1
            findings.lists += kind is not None
            return
    try:
        yield from _added(pages_in(path, key, kind, reading), findings)
    except WrongUse as error:
        if root.kind != "folder":
            raise
        findings.skipped += 1
        findings.without_texts.append(str(error))


def _added(pages: Iterator[FoundPage | None], findings: _Findings) -> Iterator[FoundPage]:
    for page in pages:
        if page is None:
            findings.skipped += 1
        elif is_changing(page):
            findings.changing += 1
        else:
            findings.pages.setdefault(page.place, page)
            yield page


def _reading(root: _Root, settings: Settings) -> Reading:
    source = root.source
    if source.columns:
        from flows.rows import columns_of  # noqa: PLC0415   it is slow to import, and few sources name columns

        columns_of(source.columns, source.location)
    max_bytes = settings.reading.max_page_bytes
    return Reading(root.source_id, source.location, source.columns, copies_folder(settings), max_bytes)


def _files(root: Path, data: Path, warnings: list[str]) -> Iterator[Path]:
    """Files under the root, those of a folder before its folders, each sorted by name; hidden ones are passed over.

    So is the folder `data` below the root, where runs write: what they made of pages is none. A folder that links lead back to
    is entered once. One that can't be entered adds a sentence to `warnings`.
    """
    if root.is_file():
        yield root
        return
    entered = {_identity(data.stat())} if data.exists() and not data.samefile(root) else set()
    waiting = [root]
    while waiting:
        folder = waiting.pop()
        try:
            status = folder.stat()
            with os.scandir(folder) as listed:
                entries = sorted(listed, key=lambda entry: entry.name)
        except OSError as error:
            warnings.append(f"The folder {folder} was left out: {error.strerror}. Mend its permissions and run again.")
            continue
        if _identity(status) in entered:
            continue
        entered.add(_identity(status))
        visible = [entry for entry in entries if not entry.name.startswith(".")]
        waiting.extend(Path(entry.path) for entry in reversed(visible) if _holds(entry.is_dir))
        yield from (Path(entry.path) for entry in visible if _holds(entry.is_file))


def _holds(asked: Callable[[], bool]) -> bool:
    """The answer about an entry of a folder; a link in a circle, or to where nobody may look, is neither file nor folder."""
    try:
        return asked()
    except OSError:
        return False


def _identity(status: os.stat_result) -> tuple[int, int]:
    return status.st_dev, status.st_ino


def _source_rows(roots: Sequence[_Root], seen_at: datetime) -> pl.DataFrame:
    rows: list[dict[str, object]] = [
        {
            "source_id": root.source_id,
            "kind": root.source_kind,
            "location": root.path.as_uri(),
            "title": root.source.title,
            "added_at": seen_at,
        }
        for root in roots
    ]
    return SOURCES.frame(rows).sort("source_id", "location").unique("source_id", keep="first", maintain_order=True)


def _nothing(roots: Sequence[Path], skipped: int) -> str:
    if not roots:
        return "Nothing could be read: no page was ever fetched of what is asked for."
    names = ", ".join(str(root) for root in roots)
    others = f" It holds {skipped} files of other kinds." if skipped else ""
    kinds = ", ".join(sorted(READABLE_SUFFIXES))
    return (
        f"Nothing could be read: no page lies in {names}.{others} Pages are {kinds}, packed with gzip or not, other files that "
        "begin as HTML, and what WARC, JSON Lines and Parquet files hold."
    )


def _notes(findings: _Findings) -> Iterator[str]:
    if findings.lists:
        yield (
            f"{findings.lists} feeds, sitemaps or lists of addresses lie in folders and were left out: "
            "name each as an INPUT of its own to have what it lists fetched."
        )
    if findings.without_texts:
        yield f"{len(findings.without_texts)} tables in folders were left out. {findings.without_texts[0]}"
    if findings.changing:
        yield f"{findings.changing} files were left out because they are being written: the next run reads them."


def _shared_identities(pages: Sequence[FoundPage]) -> Iterator[str]:
    """Files of different INPUTs that lie at the same path in them are taken for revisions of one page: say so."""
    first: dict[str, FoundPage] = {}
    files = (page for page in pages if page.container in ("file", "gzip"))
    shared = [page.key for page in files if first.setdefault(page.key, page) is not page]
    if shared:
        yield (
            f"{len(shared)} files have the same path in two INPUTs ({shared[0]} is the first): "
            "they are read as revisions of one page. Name the folder above them as the INPUT to keep them apart."
        )
