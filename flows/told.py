"""What a run has come to so far, over the parts that it is published in."""

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import polars as pl

from expectations.gate import Verdict
from expectations.suites import MOST_NAMED
from flows.news import Settled
from warehouse.tables import CLAIMS, DOCUMENTS, QUALITY_RESULTS

_WHICH = tuple(name for name in QUALITY_RESULTS.key if name != "run_id")
_COUNTS = {"rows", "pages", "documents", "outcomes", "held", "allowed", "lost"}
"""Of what checks observe, by the gate's names."""

Row = dict[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What the parts of a run came to, added up; `outcomes` count documents that were read anew.

    A part that the gate stops is a run of its own, of which nothing was loaded: `earlier` is then what the parts before it came
    to. `left` counts pages of parts after it, which wait for the next run.
    """

    run_id: str
    outcomes: Mapping[str, int] = field(default_factory=dict)
    documents: int = 0
    claims: int = 0
    quarantined: int = 0
    words: int = 0
    quality_results: pl.DataFrame = field(default_factory=QUALITY_RESULTS.frame)
    loaded: pl.Series = field(default_factory=lambda: pl.Series("document_id", [], dtype=pl.String))
    stopped_by: tuple[str, ...] = ()
    earlier: "Told | None" = None
    left: int = 0

    def with_part(self, settled: Settled, verdict: Verdict) -> "Told":
        """What it comes to with another part, which is checked by now."""
        read = settled.frames[DOCUMENTS.name]
        told = replace(
            self,
            outcomes=dict(Counter(self.outcomes) + Counter(dict(read.group_by("outcome").len().iter_rows()))),
            quarantined=self.quarantined + verdict.quarantined,
            words=self.words + int(read["word_count"].sum()),
            quality_results=_of_both(self.quality_results, verdict.quality_results),
            stopped_by=verdict.stopped_by,
        )
        if not verdict.passed:
            return told
        passed = verdict.frames
        return replace(
            told,
            documents=self.documents + passed[DOCUMENTS.name].height,
            claims=self.claims + (passed[CLAIMS.name].height if CLAIMS.name in passed else 0),
            loaded=pl.concat([self.loaded, passed[DOCUMENTS.name]["document_id"]]),
        )

    @property
    def status(self) -> str:
        """How the run ends, as `runs.status` has it."""
        if self.stopped_by:
            return "stopped"
        return "loaded" if self.outcomes else "unchanged"

    def counts(self) -> dict[str, int]:
        """Columns of `runs`."""
        return {name: getattr(self, name) for name in ("documents", "claims", "quarantined", "words")}


def _of_both(before: pl.DataFrame, now: pl.DataFrame) -> pl.DataFrame:
    """Rows of `quality_results` of earlier parts and of this one as those of one run.

    Of what a source is held against the last part knows most, as it knows what those before have loaded.
    """
    if before.is_empty():
        return now
    rows = {_key(row): row for row in before.iter_rows(named=True)}
    for row in now.iter_rows(named=True):
        key = _key(row)
        rows[key] = _joined(rows[key], row) if key in rows and row["source_id"] is None else row
    return QUALITY_RESULTS.frame(list(rows.values()))


def _keys(observed: Mapping[str, object]) -> list[object]:
    keys = observed.get("failing_keys")
    return keys if isinstance(keys, list) else []


def _key(row: Row) -> tuple[object, ...]:
    return tuple(row[name] for name in _WHICH)


def _joined(before: Row, now: Row) -> Row:
    """What one check found in both. What failed first speaks, else the later part; rows are added up, and those that failed."""
    speaks, other = (now, before) if before["success"] else (before, now)
    observed = _added_up(*(json.loads(str(row["observed_value"])) for row in (speaks, other)))
    counts = [count for row in (before, now) if isinstance(count := row["unexpected_count"], int)]
    failed, rows = sum(counts) if counts else None, observed.get("rows")
    return {
        **speaks,
        "success": before["success"] and now["success"],
        "observed_value": json.dumps(observed, ensure_ascii=False),
        "unexpected_count": failed,
        "unexpected_percent": 100 * failed / rows if failed and isinstance(rows, int) else speaks["unexpected_percent"],
        "checked_at": now["checked_at"],
    }


def _added_up(observed: dict[str, object], other: Mapping[str, object]) -> dict[str, object]:
    """What was observed, with its counts and those of another part added up."""
    added = dict(observed)
    if keys := [*_keys(observed), *_keys(other)]:
        added["failing_keys"] = keys[:MOST_NAMED]
    for name in _COUNTS & observed.keys() & other.keys():
        one, more = observed[name], other[name]
        if isinstance(one, int) and isinstance(more, int):
            added[name] = one + more
        elif isinstance(one, dict) and isinstance(more, dict):
            added[name] = dict(sorted((Counter(one) + Counter(more)).items()))
    return added
