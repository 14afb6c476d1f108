"""Pages of the web that were fetched, as a run finds them: in the archive, through the ledger."""

from collections.abc import Iterator
from datetime import datetime

from flows.fetch.collect import archive_folder, ledger_path
from flows.fetch.ledger import Ledger, SourceRow
from flows.found import Found, FoundPage, page_of_capture
from flows.inputs import Inputs
from flows.settings import Settings
from warehouse.tables import SOURCES


def fetched_pages(asked: Inputs, settings: Settings, seen_at: datetime) -> Found | None:
    """Every page that was fetched of the sources on the web that are asked for, all its revisions in the order of fetching.

    None where none are asked for. From the archive, the period that is asked for bounds the days that pages are dated.
    """
    if not asked.web and not asked.everything:
        return None
    if not ledger_path(settings).exists() and not asked.from_archive:
        return Found(SOURCES.frame(), (), 0, ())
    source_ids = None if asked.everything else [source.source_id for source in asked.web]
    with Ledger(ledger_path(settings)) as ledger:
        if asked.from_archive:
            ledger.rebuild(archive_folder(settings))
        pages = tuple(_pages(ledger, source_ids, asked, settings))
        rows = ledger.source_rows()
    met = {page.source_id for page in pages}
    titles = {source.source_id: source.source.title for source in asked.web}
    sources = [_source_row(row, titles.get(row.source_id), seen_at) for row in rows if row.source_id in met]
    return Found(SOURCES.frame(sources).sort("source_id"), pages, 0, ())


def _pages(ledger: Ledger, source_ids: list[str] | None, asked: Inputs, settings: Settings) -> Iterator[FoundPage]:
    folder = archive_folder(settings).absolute()
    since, until = (asked.period.since, asked.period.until) if asked.from_archive else (None, None)
    for capture in ledger.captures(source_ids, since=since, until=until, every=True):
        if capture.state != "read" or capture.place:  # the bytes of others were kept as long as `keep_days` says
            yield page_of_capture(capture, folder)


def _source_row(row: SourceRow, title: str | None, seen_at: datetime) -> dict[str, object]:
    return {
        "source_id": row.source_id,
        "kind": row.kind or "url",
        "location": row.location or row.source_id,
        "title": title or row.title,
        "added_at": seen_at,
    }
