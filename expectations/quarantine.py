"""What is held back: rows that failed a check, rows that refer to them, and the words and JSON in which they are kept.

A row that refers to one that is held back follows it where the reference must be there, as of a claim to its sentence. Where
the reference may be NULL, as of a claim to its speaker's entity, the row passes and the reference is emptied: what it led to is
unknown now. `documents.duplicate_of` is the exception: a duplicate carries no claims of its own, so without its original the
article would be lost; both are held back, and both are read again by the next run.
"""

from collections import Counter
from collections.abc import Container, Mapping, Sequence
from datetime import datetime

import polars as pl

from expectations.model import BY_NAME
from expectations.suites import Finding
from expectations.words import cut, reason, row_json, row_keys
from warehouse.tables import QUARANTINE, TABLES, Column, Table

FOLLOWED_THOUGH_NULLABLE = frozenset({"documents.duplicate_of"})

FOLLOWED = "expect_referred_row_to_pass"
"""The expectation that a row fails by referring to one that is held back."""

_QUOTED = 240
"""Characters of another row's reason that a row that follows it repeats: chains of references stay readable."""

_Held = dict[int, list[tuple[str, str]]]
"""By row number: the checks that the row failed, each with the reason in words."""


class Quarantine:
    """Rows held back, by table and row number, each with the checks that it failed and the reasons in words."""

    def __init__(self, frames: Mapping[str, pl.DataFrame], spared: Mapping[str, pl.Series] | None = None) -> None:
        """`spared` has keys of rows, by table, that are not held back though they fail."""
        self._frames = frames
        self._spared = {
            name: set(row_keys(BY_NAME[name], frames[name]).is_in(keys.implode()).arg_true().to_list())
            for name, keys in (spared or {}).items()
        }
        self._held: dict[str, _Held] = {name: {} for name in frames}

    def hold(self, finding: Finding) -> None:
        """Hold back every row that failed the check."""
        frame = self._frames[finding.table]
        failed = list(finding.failed or ())
        for number, row in zip(failed, frame[failed].iter_rows(named=True), strict=True):
            if number not in self._spared.get(finding.table, ()):
                self._add(finding.table, number, finding.check.title, reason(finding.check, row))

    def follow(self) -> None:
        """Hold back the rows that cannot do without one that is held back, then those that cannot do without these."""
        while any(self._follow(table, column) for table, column in references(self._frames) if must_follow(table, column)):
            pass

    def count(self, table: str) -> int:
        """Rows of the table that are held back."""
        return len(self._held[table])

    def passed(self) -> dict[str, pl.DataFrame]:
        """Every frame without the rows held back, optional references to them emptied."""
        remaining = {name: self._remaining(name) for name in self._frames}
        for table, column in references(self._frames):
            if not must_follow(table, column):
                gone = self._gone(column)
                emptied = pl.when(~pl.col(column.name).is_in(gone.implode())).then(column.name)
                remaining[table.name] = remaining[table.name].with_columns(emptied.alias(column.name))
        return remaining

    def kept_references(self, table: Table) -> pl.Series:
        """For each row of `passed()[table.name]`, whether none of its optional references was emptied; it must have some."""
        frame = self._remaining(table.name)
        optional = [column for _, column in references([table.name]) if not must_follow(table, column)]
        kept = [~pl.col(column.name).is_in(self._gone(column).implode()).fill_null(value=False) for column in optional]
        return frame.select(pl.all_horizontal(kept).alias("kept")).get_column("kept")

    def rows(self, run_id: str, at: datetime, *, most: int | None = None) -> pl.DataFrame:
        """The `quarantine` rows: one for each row held back and each check that it failed, `most` for each check if given."""
        rows: list[dict[str, object]] = []
        for name, held in self._held.items():
            chosen = _first_of_each(held, most)
            keys = row_keys(BY_NAME[name], self._frames[name])
            for number, row in zip(chosen, self._frames[name][list(chosen)].iter_rows(named=True), strict=True):
                whole = {"run_id": run_id, "table_name": name, "row_key": keys[number], "row": row_json(row)}
                for title, why in chosen[number]:
                    rows.append({**whole, "expectation": title, "reason": why, "quarantined_at": at})
        return QUARANTINE.frame(rows)

    def _add(self, table: str, number: int, title: str, why: str) -> None:
        self._held[table].setdefault(number, []).append((title, why))

    def _follow(self, table: Table, column: Column) -> bool:
        """Hold back the rows that refer to one held back by this column; whether any was not held back before."""
        gone = self._gone(column)
        if gone.is_empty():
            return False
        frame = self._frames[table.name].with_row_index("_row")
        held = self._held[table.name]
        referring = frame.filter(pl.col(column.name).is_in(gone.implode())).select("_row", column.name)
        followers = [(number, value) for number, value in referring.iter_rows() if number not in held]
        reasons = self._reasons(column)
        for number, value in followers:
            why = f"{column.name} refers to {column.references} {value}, which was held back: {reasons[value]}"
            self._add(table.name, number, f"{FOLLOWED}({column.name})", why)
        return bool(followers)

    def _remaining(self, table: str) -> pl.DataFrame:
        frame = self._frames[table]
        if not self._held[table]:
            return frame
        held = pl.Series("_row", sorted(self._held[table]), dtype=pl.UInt32)
        return frame.with_row_index("_row").join(held.to_frame(), on="_row", how="anti", maintain_order="left").drop("_row")

    def _gone(self, column: Column) -> pl.Series:
        """Keys that the column may refer to and that no row bears any more, since every one that did is held back.

        Keys that the warehouse holds count as gone too: what it holds under them is about to be replaced, or differs.
        """
        table, key = _target(column)
        if not self._held.get(table):
            return pl.Series(dtype=pl.String)
        keys = self._frames[table].get_column(key)
        gone = keys[sorted(self._held[table])].drop_nulls().unique()
        return gone.filter(~gone.is_in(self._remaining(table).get_column(key).implode()))

    def _reasons(self, column: Column) -> dict[str, str]:
        """Why each row that the column may refer to was held back: its first reason, cut so that chains stay readable."""
        table, key = _target(column)
        keys = self._frames[table].get_column(key)
        return {keys[number]: cut(held[0][1], _QUOTED) for number, held in sorted(self._held[table].items(), reverse=True)}


def _first_of_each(held: _Held, most: int | None) -> _Held:
    """The rows in order, each with those of the checks that it failed which no `most` rows before it did."""
    told: Counter[str] = Counter()
    chosen: _Held = {}
    for number in sorted(held):
        told.update(title for title, _ in held[number])
        if failed := [(title, why) for title, why in held[number] if most is None or told[title] <= most]:
            chosen[number] = failed
    return chosen


def references(names: Container[str]) -> list[tuple[Table, Column]]:
    """Every declared reference of the named tables, in load order."""
    return [(table, column) for table in TABLES if table.name in names for column in table.columns if column.references]


def must_follow(table: Table, column: Column) -> bool:
    """Whether a row cannot do without what this column refers to."""
    return not column.nullable or f"{table.name}.{column.name}" in FOLLOWED_THOUGH_NULLABLE


def _target(column: Column) -> Sequence[str]:
    assert column.references is not None
    return column.references.split(".")
