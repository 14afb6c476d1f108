"""The places that a run without INPUT reads, as [[sources]] in the settings file."""

import asyncio
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from flows.clock import now
from flows.discover import check_source
from flows.errors import DONE, ClaimhouseError, NothingRead, WrongUse
from flows.fetch.client import fetching
from flows.fetch.collect import known_of, ledger_path
from flows.fetch.ledger import Ledger, SourceRow
from flows.fetch.model import Entry
from flows.fetch.secrets import Secrets
from flows.fetch.sources import NOTHING_KNOWN, Known, Looked, Reader
from flows.inputs import WebSource, address_rules, web_source_of
from flows.settings import CONFIG_FILE, Fetch, Settings, Source, load_settings

MOST_SHOWN = 5
"""Addresses that are shown of what a new source names."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A source that was looked at, without anything being written down: what it is, and what it names."""

    looked: Looked
    entries: tuple[Entry, ...]


def add_source(location: str, title: str | None, config: Path | None) -> str:
    """Look at a place, add it to the settings file, and say what it is and what would be read.

    Raises WrongUse or NothingRead where it can't be read now.
    """
    file = config or Path(CONFIG_FILE)
    settings = load_settings(config) if config is None or config.is_file() else Settings()
    web = web_source_of(Source(location=location))
    if web and web.entries is None:
        if any("://" in known.location and _web(known).source_id == web.source_id for known in settings.sources):
            return f"{web.source.location} is a source already."
        seen = look_at(web, settings.fetch)
        if seen.looked.problem and not seen.entries:
            raise NothingRead(seen.looked.problem)
        _write(file, seen.looked.kind, web.source.location, title or seen.looked.title)
        return "\n".join((f"Added {_described(seen)} to {file}.", *seen.looked.notes, *_examples(seen.entries)))
    if Path(location).absolute() in {Path(known.location).absolute() for known in settings.sources}:
        return f"{location} is a source already."
    count = len(web.entries or ()) if web else check_source(Source(location=location), settings)
    place = Path(location).expanduser()
    if not place.is_absolute():
        place = Path(os.path.relpath(place, file.parent))
    _write(file, "file", place.as_posix(), title)
    entries = (web.entries or ()) if web else ()
    return "\n".join((f"Added {location}, {count} {'addresses' if web else 'pages'}, to {file}.", *_examples(entries)))


def look_at(source: WebSource, fetch: Fetch, known: Known = NOTHING_KNOWN) -> Seen:
    """Ask a source what it names now."""
    entries: list[Entry] = []

    async def read() -> Looked:
        async with fetching(fetch, Secrets.of([source.source], os.environ)) as fetcher:
            return await Reader(fetcher, address_rules(), entries.extend).read(source.source, known)

    looked = asyncio.run(read())
    return Seen(looked, tuple({entry.address: entry for entry in entries}.values()))


def list_sources(config: Path | None) -> Iterator[str]:
    """A line for every source: what it is, when it was last asked, how that ended, how many pages it has named."""
    settings = load_settings(config)
    for source in settings.sources:
        title = f" ({source.title})" if source.title else ""
        web = web_source_of(source)
        if web is None:
            yield f"{source.kind or 'file'} {source.location}{title}: {_count(source, settings)}"
        else:
            yield f"{source.kind or 'web'} {source.location}{title}: {_history(_row(web, settings))}"


def check_sources(config: Path | None) -> int:
    """Print for every source what it holds now, or what is wrong with it. Returns the exit code."""
    code = DONE
    settings = load_settings(config)
    if not settings.sources:
        raise WrongUse("No sources are listed. Add one with `claimhouse sources add PLACE`.")
    for source in settings.sources:
        try:
            print(f"✓ {source.location}: {_checked(source, settings)}", flush=True)
        except ClaimhouseError as error:
            print(f"✗ {error}", flush=True)
            code = code or error.exit_code
    return code


def _checked(source: Source, settings: Settings) -> str:
    """What the source holds, in words. Raises what is wrong with it."""
    web = web_source_of(source)
    if web is None:
        return f"{check_source(source, settings)} pages"
    if web.entries is not None:
        return f"{len(web.entries)} addresses"
    row = _row(web, settings)
    before = known_of(row) if row else NOTHING_KNOWN
    seen = look_at(web, settings.fetch, Known(before.kind, before.location))
    if seen.looked.problem and not seen.entries:
        raise NothingRead(seen.looked.problem)
    if not seen.entries:
        raise NothingRead(f"{source.location} names no page. Is it the right feed or sitemap?")
    silent = timedelta(days=settings.fetch.silent_days)
    if row and row.new_at and now() - row.new_at > silent:
        raise NothingRead(
            f"{source.location} has named no new page since {row.new_at:%Y-%m-%d}. Look whether it has moved, "
            "or raise silent_days under [fetch] in claimhouse.toml."
        )
    return _described(seen) + (f"; {seen.looked.problem}" if seen.looked.problem else "")


def _described(seen: Seen) -> str:
    looked = seen.looked
    title = f" “{looked.title}”" if looked.title else ""
    counted = "1 page" if looked.kind == "url" else f"{len(seen.entries)} pages"
    nameless = f", {looked.nameless} entries without an address" if looked.nameless else ""
    return f"{looked.kind}{title} {looked.location}, {counted}{nameless}"


def _examples(entries: tuple[Entry, ...]) -> Iterator[str]:
    for entry in entries[:MOST_SHOWN]:
        dated = f"{entry.changed_at:%Y-%m-%d} " if entry.changed_at else ""
        yield f"  {dated}{entry.address}{f'  {entry.title}' if entry.title else ''}"
    if len(entries) > MOST_SHOWN:
        yield f"  … and {len(entries) - MOST_SHOWN} more"


def _count(source: Source, settings: Settings) -> str:
    try:
        return f"{check_source(source, settings)} pages"
    except ClaimhouseError as error:
        return str(error)


def _web(source: Source) -> WebSource:
    web = web_source_of(source)
    assert web is not None
    return web


def _row(web: WebSource, settings: Settings) -> SourceRow | None:
    path = ledger_path(settings)
    if not path.is_file():
        return None
    with Ledger(path) as ledger:
        return ledger.source_row(web.source_id)


def _history(row: SourceRow | None) -> str:
    if row is None:
        return "never fetched"
    problem = f", {row.problem}" if row.problem else ""
    return f"last fetched {row.looked_at:%Y-%m-%d %H:%M}, {row.state}{problem}; {row.addresses} addresses"


def _write(file: Path, kind: str | None, location: str, title: str | None) -> None:
    lines = ["[[sources]]", *([f'kind = "{kind}"'] if kind else []), f"location = {_toml(location)}"]
    if title:
        lines.append(f"title = {_toml(title)}")
    try:
        before = file.read_text(encoding="utf-8").rstrip("\n") + "\n\n" if file.is_file() else ""
        file.write_text(before + "\n".join(lines) + "\n", encoding="utf-8")
    except OSError as error:
        raise WrongUse(f"{file} can't be written: {error.strerror}. Mend its permissions, or name another --config.") from None


def _toml(text: str) -> str:
    """A TOML basic string: JSON's form is one, but for DEL, which TOML wants escaped, and surrogates, which it can't hold."""
    clean = text.encode("utf-8", "replace").decode("utf-8")
    return json.dumps(clean, ensure_ascii=False).replace("\x7f", "\\u007f")
