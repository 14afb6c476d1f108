"""One row held back, in words: what is wrong with it and what to do, what it follows, its article, and the row itself."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import polars as pl

from expectations.policy import Policy
from flows.quarantine import STATE_WORDS, chosen_one, counted
from warehouse.database import Connection
from warehouse.held_rows import frame_of
from warehouse.quarantined import BY_HAND, FOLLOWED, contents, note_held, told_of, with_followers
from warehouse.tables import CLAIMS, DOCUMENTS, SENTENCES, TABLES, Table

_BY_NAME = {table.name: table for table in TABLES}
_SHOWN = 300
"""Characters of a value that are shown: a document's text is long."""
_AROUND = 200
"""Characters of the text before and after a span that stands in no sentence at hand."""

Lines = Iterator[tuple[str, str]]
"""Label and words of each line; a line without a label goes on with the one before it."""


@dataclass(frozen=True, slots=True)
class Failed:
    """A check that the row failed: what is wrong, why the check stands, what to do; these two None where it is gone."""

    expectation: str
    reason: str
    why: str | None
    mend: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """All that is known of one row. `follows` are the ids of the rows that it follows, the one that failed by itself last.

    `changed` is what a person changed as it was released. `place` is the sentence, the row's span between » and «.
    """

    id: str
    table: str
    row_key: str
    state: str
    since: str
    times: int
    run_id: str
    resolved_at: str | None
    failed: tuple[Failed, ...]
    changed: tuple[str, ...]
    follows: tuple[str, ...]
    followers: str
    title: str | None
    url: str | None
    place: str | None
    row: Mapping[str, object]

    def lines(self) -> Lines:
        """What a person reads."""
        yield "Row", f"{self.table}/{self.row_key}"
        resolved = f" on {self.resolved_at}" if self.resolved_at else ""
        yield "State", f"{STATE_WORDS[self.state]}{resolved}; first held back on {self.since}, by {_runs(self.times)}"
        yield "Run", self.run_id
        for check in self.failed:
            yield "Failed", check.expectation
            yield "", check.reason
            if check.why:
                yield "", f"{check.why}."
                yield "", f"What to do: {check.mend}."
        for words in self.changed:
            yield "By hand", words
        if self.follows:
            yield "Follows", " → ".join(self.follows)
        if self.followers:
            yield "Followed", f"by {self.followers}"
        if self.title or self.url:
            yield "Article", self.title or "without a title"
            yield "", self.url or ""
        if self.place:
            yield "Sentence", self.place
        for number, (name, value) in enumerate(self.row.items()):
            yield "" if number else "Columns", f"{name} = {_cut(value)}"


def show_held(con: Connection, typed: str, policy: Policy) -> Shown:
    """The row of that id, of whatever state. Raises WrongUse where none or several have it."""
    note_held(con)
    table_name, row_key = chosen_one(con, typed)
    [held] = con.execute(
        "SELECT * EXCLUDE (reason) FROM held WHERE table_name = $name AND row_key = $key", {"name": table_name, "key": row_key}
    ).pl().rows(named=True)  # fmt: skip
    told = told_of(con, table_name, row_key)
    latest = told.filter(~pl.col("expectation").str.starts_with(BY_HAND))
    latest = latest.filter(pl.col("run_id") == latest["run_id"].first())
    row = frame_of(_BY_NAME[table_name], [told["row"][0]]).row(0, named=True)
    chain = list(_chain(con, table_name, row_key))
    document = _document_of(con, table_name, row)
    followers = with_followers(con, _keys(table_name, row_key)).filter("is_follower")
    by_hand = told.filter(pl.col("expectation").str.starts_with(BY_HAND))
    return Shown(
        id=held["id"], table=table_name, row_key=row_key, state=held["state"], since=f"{held['since']:%Y-%m-%d %H:%M}",
        times=held["times"], run_id=held["run_id"],
        resolved_at=f"{held['resolved_at']:%Y-%m-%d %H:%M}" if held["resolved_at"] else None,
        failed=tuple(_failed(table_name, check, why, policy) for check, why in latest.select("expectation", "reason").rows()),
        changed=tuple(by_hand["reason"]),
        follows=tuple(chain),
        followers=counted(followers) if len(followers) else "",
        title=document.get("title"), url=document.get("url"),
        place=_place(con, row, document),
        row=row,
    )  # fmt: skip


def _failed(table: str, expectation: str, reason: str, policy: Policy) -> Failed:
    name, _, columns = expectation.removesuffix(")").partition("(")
    check = None if name == FOLLOWED else policy.find(table, name, columns.replace(", ", ",") or None)
    return Failed(expectation, reason, check.why if check else None, check.mend if check else None)


def _chain(con: Connection, table_name: str, row_key: str) -> Iterator[str]:
    """Ids of the rows that this one follows, from the next one to the one that failed by itself."""
    sql = """
        SELECT parent.table_name, parent.row_key, parent.id FROM held JOIN held AS parent
            ON held.parent_table = parent.table_name AND held.parent_key = parent.row_key
        WHERE held.table_name = $name AND held.row_key = $key
    """
    while found := con.execute(sql, {"name": table_name, "key": row_key}).fetchone():
        table_name, row_key, parent_id = found
        yield parent_id


def _document_of(con: Connection, table_name: str, row: Mapping[str, object]) -> dict[str, str]:
    """Title, url and text of the article that the row belongs to, loaded or held back; nothing where it belongs to none."""
    if table_name == DOCUMENTS.name:
        return _texts(row)
    document_id = row.get("document_id")
    if document_id is None and "claim_id" in row:
        document_id = _found(con, CLAIMS, str(row["claim_id"])).get("document_id")
    return _texts(_found(con, DOCUMENTS, str(document_id))) if document_id else {}


def _texts(row: Mapping[str, object]) -> dict[str, str]:
    return {name: str(row[name]) for name in ("title", "url", "text") if row.get(name) is not None}


def _found(con: Connection, table: Table, key: str) -> dict[str, object]:
    """The row of that key in the table, else as it was held back last; nothing where there is none."""
    loaded = con.execute(f"FROM {table.name} WHERE {table.key[0]} = $key", {"key": key}).pl()
    if loaded.is_empty():
        loaded = frame_of(table, contents(con, _keys(table.name, key))["row"])
    return next(loaded.iter_rows(named=True), {})


def _place(con: Connection, row: Mapping[str, object], document: Mapping[str, str]) -> str | None:
    """The sentence that the row stands in, with its span marked; None where the row has no span, or no text is at hand."""
    start, end, text = row.get("start_char"), row.get("end_char"), document.get("text")
    if not isinstance(start, int) or not isinstance(end, int) or text is None or not 0 <= start <= end <= len(text):
        return None
    sentence = _found(con, SENTENCES, str(row["sentence_id"])) if row.get("sentence_id") else {}
    first, last = sentence.get("start_char"), sentence.get("end_char")
    if not isinstance(first, int) or not isinstance(last, int) or not first <= start < last:
        first, last = max(0, start - _AROUND), min(len(text), end + _AROUND)
    marked = f"{text[first:start]}»{text[start:end]}«{text[end : max(last, end)]}"
    return " ".join(marked.split())


def _keys(table_name: str, row_key: str) -> pl.DataFrame:
    return pl.DataFrame({"table_name": [table_name], "row_key": [row_key]})


def _runs(times: int) -> str:
    return "1 run" if times == 1 else f"{times} runs"


def _cut(value: object) -> str:
    if value is None:
        return "NULL"
    text = " ".join(str(value).split())
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}… ({len(str(value)):,} characters)"
