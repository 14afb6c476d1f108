"""Rows held back go through the gate again: what passes is loaded as if it had never been held back, what fails stays.

Their documents are settled anew, with the rows that are loaded and those that are released, and go through the checks of today.
Rows that were loaded before are let be, whatever these checks say of them: a release takes nothing out of the warehouse.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import polars as pl

from expectations.gate import GateContext, Verdict
from expectations.gate import check as check_tables
from expectations.policy import Policy
from expectations.words import row_keys
from flows.clock import now
from flows.errors import ClaimhouseError, WrongUse
from flows.news import Settled
from flows.own_checks import policy_of
from flows.quarantine import Choice, choose, counted
from flows.quarantine_changes import changes_of, notes_of
from flows.quarantine_read import Frames, Reread, held_frames, reread
from flows.run import Run, only_run
from flows.settings import Settings
from flows.settle import settle
from flows.steps import row_of_run
from warehouse.database import Connection, building, trial
from warehouse.frames import registered
from warehouse.load import load_tables
from warehouse.quarantined import FOLLOWED, is_there, note_held, resolve, with_followers
from warehouse.tables import CLAIMS, DOCUMENTS, QUALITY_RESULTS, QUARANTINE, RUNS, SOURCES, TABLES, Table

RELEASED = "released"
"""The status of a release's row in `runs`."""

_BY_NAME = {table.name: table for table in TABLES}
_KEY = ["table_name", "row_key"]
_NOT_MADE = (
    "Nothing was released: settled anew, their documents no longer bring these rows. Read the pages again, or drop the rows."
)
_LEAST_SHOWN = 12
"""Characters of a key by which a row is told of."""

_MOST_TOLD = 20

Reasons = dict[tuple[str, str], list[str]]
"""By table and key of a row: why it is not released."""


class NothingReleased(ClaimhouseError):  # noqa: N818  # as the others in flows.errors
    """None of the rows passed the gate; nothing was changed."""

    exit_code = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Released:
    """What a release came to. `rows` are those that are loaded now (table_name, row_key), `gone` those that settling their
    documents anew no longer makes; `refused` says of each row that stays held back why; `held` counts rows made anew that the
    gate held back.
    """

    run_id: str
    rows: pl.DataFrame
    gone: pl.DataFrame
    refused: Reasons
    held: int

    def lines(self) -> Sequence[str]:
        """What a person reads."""
        lines = [f"Released {counted(self.rows)}."] if len(self.rows) else []
        if len(self.gone):
            lines.append(f"No longer made, and so dropped: {counted(self.gone)}.")
        if self.held:
            lines.append(
                f"{self.held:,} rows that came of it are held back: `claimhouse quarantine list --run {self.run_id[:8]}`"
            )
        return [*lines, *refusals(self.refused)]

    def as_dict(self) -> dict[str, object]:
        """The same for machines."""
        return {
            "run_id": self.run_id,
            "released": self.rows.select(_KEY).rows(named=True),
            "gone": self.gone.select(_KEY).rows(named=True),
            "refused": [{"table_name": name, "row_key": key, "reasons": why} for (name, key), why in self.refused.items()],
            "held": self.held,
        }


def refusals(refused: Mapping[tuple[str, str], Sequence[str]]) -> list[str]:
    """What is said of rows that stay held back; those that only follow others are not told of."""
    told = [f"Held back still: {name}/{key[:_LEAST_SHOWN]}: {'; '.join(why)}" for (name, key), why in refused.items() if why]
    more = [f"{len(told) - _MOST_TOLD:,} more rows stay held back."] if len(told) > _MOST_TOLD else []
    return [*told[:_MOST_TOLD], *more]


def release(settings: Settings, choice: Choice, changes: Sequence[str] = ()) -> Released:
    """Let the chosen rows through the gate, with what follows them; `changes` are columns that are set by hand before.

    Raises WrongUse for a choice that can't be, and NothingReleased where no row passes.
    """
    with only_run(settings), building(settings.place) as con:
        run = Run.begun(settings)
        note_held(con)
        chosen = choose(con, choice)
        if stopped := chosen.filter(pl.col("state") == "stopped")["id"].to_list():
            raise WrongUse(
                f"The load of the run that held {', '.join(stopped[:3])} back was stopped: of what it read nothing was loaded, "
                "and these rows are samples. Mend what stopped it, then repeat that `claimhouse run`; what it has read is kept."
            )
        attempt = _Attempt(con, run, policy_of(settings), _set_by_hand(chosen, changes))
        return attempt.release(chosen)


def _set_by_hand(chosen: pl.DataFrame, changes: Sequence[str]) -> tuple[pl.DataFrame, Mapping[str, object]]:
    if not changes:
        return chosen.clear(), {}
    names = chosen["table_name"].unique().to_list()
    if len(names) > 1:
        raise WrongUse(f"--set is for rows of one table; these are of {', '.join(sorted(names))}. Release them one by one.")
    return chosen, changes_of(_BY_NAME[names[0]], changes)


@dataclass(frozen=True, slots=True)
class _Read:
    """What goes through the gate: the documents concerned, and the rows held back that are to be released, by table."""

    again: Reread
    held: Frames


@dataclass
class _Attempt:
    """One release, on a private copy of the warehouse. `by_hand` are the rows that are changed first, and what is set in them.

    `_again` are the rows of `quarantine` that the gate made while it was tried: of rows that failed again.
    """

    con: Connection
    run: Run
    policy: Policy
    by_hand: tuple[pl.DataFrame, Mapping[str, object]]
    _refused: Reasons = field(default_factory=dict)
    _again: pl.DataFrame = field(default_factory=QUARANTINE.frame)

    def release(self, chosen: pl.DataFrame) -> Released:
        """Try all, then without those that failed, until none fails: then they are settled as if the others were not there."""
        direct = self._without_followers(chosen.select(_KEY))
        while not direct.is_empty():
            rows = self._with_followers(direct)
            read = self._read(rows.filter(~pl.col("is_stale")), direct)
            settled = self._settle(read)
            verdict = self._check(settled, read)
            failed = verdict.quarantine.join(rows, on=_KEY, how="semi")
            if failed.is_empty():
                if verdict.stopped_by:
                    raise NothingReleased("\n".join(("The gate stops the release; nothing was changed.", *verdict.stopped_by)))
                return self._load(rows, read, settled, verdict)
            self._refuse(failed)
            direct = direct.join(self._refused_keys(), on=_KEY, how="anti")
        raise NothingReleased("\n".join(("Nothing was released.", *refusals(self._refused))))

    def _without_followers(self, chosen: pl.DataFrame) -> pl.DataFrame:
        """The chosen rows that follow none, or one that is chosen too; the others are refused: what they follow comes first."""
        with registered(self.con, chosen=chosen):
            waiting = self.con.execute("""
                SELECT held.table_name, held.row_key, parent.id
                FROM held SEMI JOIN chosen USING (table_name, row_key)
                JOIN held AS parent ON held.parent_table = parent.table_name AND held.parent_key = parent.row_key
                ANTI JOIN chosen AS too ON too.table_name = parent.table_name AND too.row_key = parent.row_key
                WHERE parent.state IN ('open', 'stopped')
            """).pl()
        for table_name, row_key, parent in waiting.iter_rows():
            self._refused[table_name, row_key] = [f"it follows {parent}, which is held back: release that, and it comes along"]
        return chosen.join(waiting, on=_KEY, how="anti")

    def _with_followers(self, direct: pl.DataFrame) -> pl.DataFrame:
        """The rows and what follows them, without those that were refused and what follows these."""
        refused = with_followers(self.con, self._refused_keys())
        is_open = pl.col("state") == "open"
        return with_followers(self.con, direct).filter(is_open).join(refused, on=_KEY, how="anti")

    def _read(self, rows: pl.DataFrame, direct: pl.DataFrame) -> _Read:
        held = held_frames(self.con, rows)
        changed, values = self.by_hand
        for name in changed["table_name"].unique():
            chosen = row_keys(_BY_NAME[name], held[name]).is_in(changed["row_key"].implode())
            set_ = [pl.when(chosen).then(pl.lit(value, _BY_NAME[name].schema[column])).otherwise(column).alias(column)
                    for column, value in values.items()]  # fmt: skip
            held[name] = held[name].with_columns(set_)
        return _Read(reread(self.con, held, held_frames(self.con, direct)), held)

    def _settle(self, read: _Read) -> Settled:
        """Settle the documents. While it lasts the warehouse knows the released ones with their revisions and first times."""
        with trial(self.con, self.run.settings.place) as con:
            with registered(con, released=read.again.released):
                con.execute("INSERT INTO documents BY NAME FROM released")
            settled = settle(read.again.tables, con, self.run.started_at)
        # A release meets no page: it was last seen when it was.
        seen = read.again.tables[DOCUMENTS.name].select("document_id", seen="last_seen_at")
        documents = settled.frames[DOCUMENTS.name].join(seen, on="document_id", how="left", maintain_order="left")
        documents = documents.with_columns(last_seen_at=pl.coalesce("seen", "last_seen_at")).drop("seen")
        return replace(settled, frames={**settled.frames, DOCUMENTS.name: documents})

    def _check(self, settled: Settled, read: _Read) -> Verdict:
        sources = {SOURCES.name: read.held[SOURCES.name]} if len(read.held[SOURCES.name]) else {}
        frames = {**sources, **settled.frames}
        context = GateContext(
            run_id=self.run.run_id,
            checked_at=now(),
            known=settled.references,
            max_quarantined_percent=100,
            pages=read.again.tables[DOCUMENTS.name].height,
            policy=self.policy,
            spared={name: self._loaded_keys(_BY_NAME[name], frame) for name, frame in frames.items()},
        )
        return check_tables(frames, context=context)

    def _loaded_keys(self, table: Table, frame: pl.DataFrame) -> pl.Series:
        return is_there(self.con, table, row_keys(table, frame).to_frame())["row_key"]

    def _refuse(self, failed: pl.DataFrame) -> None:
        for table_name, row_key, expectation, reason in failed.select(*_KEY, "expectation", "reason").iter_rows():
            if not expectation.startswith(FOLLOWED):
                self._refused.setdefault((table_name, row_key), []).append(reason)
            else:
                self._refused.setdefault((table_name, row_key), [])
        self._again = pl.concat([self._again, failed])

    def _refused_keys(self) -> pl.DataFrame:
        return pl.DataFrame(list(self._refused), dict.fromkeys(_KEY, pl.String), orient="row")

    def _load(self, rows: pl.DataFrame, read: _Read, settled: Settled, verdict: Verdict) -> Released:
        passed = settled.to_load(verdict.frames)
        there = pl.concat([
            row_keys(_BY_NAME[name], frame).to_frame().select(table_name=pl.lit(name), row_key="row_key")
            for name, frame in verdict.frames.items()
        ])  # fmt: skip
        released, gone = rows.join(there, on=_KEY, how="semi"), rows.join(there, on=_KEY, how="anti")
        if released.is_empty():
            raise NothingReleased(_NOT_MADE)
        counts = {
            "documents": read.again.released.height,
            "claims": released.filter(pl.col("table_name") == CLAIMS.name).height,
            "quarantined": pl.concat([self._again, verdict.quarantine]).select(_KEY).n_unique(),
        }
        tells = {
            RUNS.name: row_of_run(self.run, RELEASED, counts),
            QUALITY_RESULTS.name: verdict.quality_results,
            QUARANTINE.name: pl.concat([self._again, verdict.quarantine, self._notes(read)]),
        }
        load_tables(self.con, {**passed, **tells}, replaced_documents=settled.replaced)
        self._clear_clusters(read.held[CLAIMS.name]["cluster_id"])
        at = now()
        resolve(self.con, released, "released", at)
        resolve(self.con, gone, "dropped", at)
        held = verdict.quarantine.select(_KEY).n_unique()
        return Released(run_id=self.run.run_id, rows=released, gone=gone, refused=self._refused, held=held)

    def _notes(self, read: _Read) -> pl.DataFrame:
        chosen, values = self.by_hand
        if chosen.is_empty():
            return QUARANTINE.frame()
        table = _BY_NAME[chosen["table_name"][0]]
        with registered(self.con, chosen=chosen):
            runs = dict(
                self.con.execute("SELECT row_key, run_id FROM held SEMI JOIN chosen USING (table_name, row_key)").fetchall()
            )
        return notes_of(table, held_frames(self.con, chosen)[table.name], read.held[table.name], values, runs)

    def _clear_clusters(self, cluster_ids: pl.Series) -> None:
        """Take out clusters that were loaded for claims that were not, where these have come to others since."""
        with registered(self.con, former=cluster_ids.to_frame("cluster_id")):
            self.con.execute("""
                DELETE FROM claim_clusters
                WHERE cluster_id IN (FROM former) AND cluster_id NOT IN (SELECT cluster_id FROM claims)
            """)
