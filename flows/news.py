"""What a run has to do, what it brings, what it comes to: pages to read, new documents, tables for the gate."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import ceil

import polars as pl

from expectations.gate import Verdict
from expectations.model import BY_NAME
from expectations.quarantine import must_follow, references
from expectations.words import row_keys
from flows.found import FoundPage
from flows.staging import Staging
from warehouse.tables import DOCUMENTS, SENTENCES, Table

Frames = dict[str, pl.DataFrame]

CHANGING = ("is_current", "duplicate_of")
"""What new documents can change of known ones."""


@dataclass(frozen=True)
class Plan:
    """Every page found, by what there is to do: read it (`pending`), use what an earlier run read (`staged`), or nothing.

    `recognised` are the ids of the documents that pages of the last kind are. `later` are the addresses of pages that are read
    as well and that other parts of the same run hold.
    """

    pending: tuple[FoundPage, ...]
    staged: tuple[FoundPage, ...]
    recognised: pl.Series
    later: frozenset[str] = frozenset()

    @property
    def readable(self) -> tuple[FoundPage, ...]:
        """Pending pages whose bytes can be had: only these need a model."""
        return tuple(page for page in self.pending if not page.problem)

    @property
    def places(self) -> frozenset[tuple[str, str]]:
        """Where all pages were found that the warehouse does not know as they are."""
        return frozenset(page.place for page in (*self.pending, *self.staged))

    def parts(self, most: int) -> list["Plan"]:
        """The plan as parts of about equal numbers of pages, about `most` of them or fewer; none is empty but a single one.

        The last of several is half as large: nothing is read beside it. Each has pages of all sources, so that what the gate
        says of shares holds in each. What was found of one page at several times stays together: a part may be larger by that.
        """
        pages = sorted((*self.pending, *self.staged), key=lambda page: (page.source_id, page.key, *page.place))
        names = {name: number for number, name in enumerate(dict.fromkeys((page.source_id, page.key) for page in pages))}
        count = min(ceil(len(pages) / most - 0.5) + 1, len(names)) if len(pages) > most else 1
        turns = [*range(count), *range(count - 1)]  # dealt twice, but to the last part

        def of(pages: Iterable[FoundPage], part: int) -> tuple[FoundPage, ...]:
            return tuple(page for page in pages if turns[names[page.source_id, page.key] % len(turns)] == part)

        parts = [replace(self, pending=of(self.pending, part), staged=of(self.staged, part)) for part in range(count)]
        urls = [frozenset(page.url for page in (*part.pending, *part.staged)) for part in parts]
        return [replace(part, later=frozenset[str]().union(*urls[number + 1 :])) for number, part in enumerate(parts)]


@dataclass(frozen=True)
class News:
    """What the pages came to: the tables of documents that are new or changed, and the ids of those met again as they were.

    `documents` counts the new ones that there must be, each of them once.
    """

    tables: Mapping[str, pl.DataFrame]
    seen: tuple[str, ...]
    documents: int

    @property
    def rows(self) -> int:
        """Rows of all tables."""
        return sum(frame.height for frame in self.tables.values())

    def without(self, held: pl.DataFrame) -> "News":
        """What is left where these rows of `quarantine` had not been read; optional references to them are emptied.

        Sentences stay with their document: which article is a copy of which is told by all that they say. Documents go by
        their place, since settling may give one another id.
        """
        tables = {
            name: frame.filter(~_keys(name, frame).is_in(_held_keys(name, held).implode()))
            for name, frame in self.tables.items()
            if name != SENTENCES.name
        }
        if SENTENCES.name in self.tables:
            tables[SENTENCES.name] = self.tables[SENTENCES.name].join(
                tables[DOCUMENTS.name], on="document_id", how="semi", maintain_order="left"
            )
        for table, column in references(tables):
            if not must_follow(table, column):
                gone = held.filter(table_name=(column.references or "").split(".")[0])["row_key"]
                kept = pl.when(~pl.col(column.name).is_in(gone.implode())).then(column.name)
                tables[table.name] = tables[table.name].with_columns(kept.alias(column.name))
        gone_documents = self.tables[DOCUMENTS.name].height - tables[DOCUMENTS.name].height
        return News(tables, self.seen, self.documents - gone_documents)


def _keys(name: str, frame: pl.DataFrame) -> pl.Series:
    if name == DOCUMENTS.name:
        return frame.select(pl.concat_str("raw_hash", "url", separator=" ", ignore_nulls=True)).to_series()
    return row_keys(BY_NAME[name], frame)


def _held_keys(name: str, held: pl.DataFrame) -> pl.Series:
    held = held.filter(table_name=name)
    if name != DOCUMENTS.name:
        return held["row_key"]
    return _keys(name, held.select(pl.col("row").str.json_path_match(f"$.{part}").alias(part) for part in ("raw_hash", "url")))


@dataclass(frozen=True)
class Settled:
    """Tables that are ready for the gate, and what their load does to rows that are there.

    `changes` are the frames beside tables that `warehouse.load.load_tables` takes. `replaced` are documents whose rows give
    way. `pages` has document_id and page_id of the known documents that may change. `references` are what new rows may refer
    to, and what loaded ones refer to in rows that are made anew, by `table.column`.
    """

    frames: Frames
    changes: Frames
    replaced: tuple[str, ...] = ()
    pages: pl.DataFrame | None = None
    references: Mapping[str, pl.Series] = field(default_factory=dict)

    def to_load(self, passed: Mapping[str, pl.DataFrame]) -> Frames:
        """What is loaded of it when these tables passed the gate: a page whose new revision was held back keeps its old one."""
        if self.pages is None:
            return dict(passed)
        revised = passed[DOCUMENTS.name].filter("is_current").select("page_id")
        changes = self.changes["superseded"].join(self.pages, on="document_id")
        holds = pl.col("is_current") | pl.col("page_id").is_in(revised["page_id"].implode())
        return {**passed, **self.changes, "superseded": changes.filter(holds).select("document_id", *CHANGING)}


def plan_reading(pages: Sequence[FoundPage], known: pl.DataFrame, staged: set[tuple[str, str]], version: str) -> Plan:
    """What there is to do. A page is known by its address, its bytes and the version that read them.

    One that can't be read is known by its problem: it is news again when the problem is another one.
    """
    current = known.filter(pl.col("pipeline_version") == version).select("url", "raw_hash", "document_id")
    document_ids = {(url, raw_hash): document_id for url, raw_hash, document_id in current.iter_rows()}
    unknown = [page for page in pages if page.place not in document_ids]
    recognised = {document_ids[page.place] for page in pages if page.place in document_ids}
    return Plan(
        pending=tuple(page for page in unknown if page.place not in staged),
        staged=tuple(page for page in unknown if page.place in staged),
        recognised=pl.Series("document_id", sorted(recognised), dtype=pl.String),
    )


def gather_news(todo: Plan, staging: Staging, known: pl.DataFrame, tables: Sequence[Table]) -> News:
    """The staged rows of the pages that were to be read, without what is no news."""
    read = staging.documents(DOCUMENTS, todo.places)
    new, again = split_known(read, known, todo.recognised)
    rows = {table.name: staging.rows(table, new["document_id"]) for table in tables if "document_id" in table.schema}
    claims = rows["claims"]["claim_id"]
    rows |= {table.name: staging.rows(table, claims) for table in tables if "document_id" not in table.schema}
    merged = read.height - read["document_id"].n_unique()
    return News(
        tables={**rows, DOCUMENTS.name: new},
        seen=tuple(pl.concat([todo.recognised, again]).unique().sort()),
        documents=len(todo.places) - merged - again.len(),
    )


def split_known(read: pl.DataFrame, known: pl.DataFrame, recognised: pl.Series) -> tuple[pl.DataFrame, pl.Series]:
    """Of the documents that were read: those that are new or changed, one row each, and the ids of those that are neither.

    `recognised` are known documents that this run met without reading: the same document at another place is no news.
    Of two pages that are one document the first by source, key, address and bytes counts.
    """
    first = ("document_id", "source_id", "page_key", "url", "raw_hash")
    ordered = read.sort(first).unique("document_id", keep="first", maintain_order=True)
    same = known.select("document_id", "pipeline_version", "raw_hash")
    unchanged = ordered.join(same, on=same.columns, how="semi")["document_id"]
    elsewhere = ordered.filter(pl.col("document_id").is_in(recognised.implode()))["document_id"]
    again = pl.concat([unchanged, elsewhere]).unique().sort()
    return ordered.filter(~pl.col("document_id").is_in(again.implode())), again


def what_passes(
    news: News, settle: Callable[[News], Settled], check: Callable[[Settled, News], Verdict]
) -> tuple[Settled, Verdict]:
    """Settle and check the news; where rows are held back, again without these: what is loaded is as if they were not there.

    Else a known document would give way to a new reading of it that is held back, and clusters, disputes and counts would stand
    on claims that are not there.
    """
    settled = settle(news)
    verdict = check(settled, news)
    while verdict.passed and (rest := news.without(verdict.quarantine)).rows < news.rows:
        news = rest
        settled = settle(news)
        verdict = check(settled, news).after(verdict)
    return settled, verdict
