"""What a run came to, as the terminal and Prefect's page show it."""

import json
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import asdict, dataclass, field
from pathlib import Path

from warehouse.database import open_readonly
from warehouse.place import Place

OUTCOME_WORDS = {
    "kept": "kept",
    "duplicate": "copies of others",
    "too_short": "too short",
    "not_an_article": "no articles",
    "unsupported_language": "in other languages",
    "unreadable": "unreadable",
    "gone": "gone",
}
FETCH_WORDS = {
    "read": "pages came",
    "unchanged": "are as they were",
    "gone": "are gone",
    "refused": "are not for us",
    "failed": "failed",
}
LEAST_SECONDS = 0.05
"""What takes less is not named among the parts of a run's time."""
MOST_REASONS = 5
"""Reasons why pages were not fetched that a summary lists, the most frequent first; `documents.outcome_reason` has all."""
QUERIES = (
    "SELECT speaker, quote, title FROM quotes LIMIT 10",
    "SELECT statement, document_count FROM corroborated_claims ORDER BY document_count DESC LIMIT 10",
    "SELECT text, speaker, other_text, other_speaker, reason FROM disputes LIMIT 5",
)
"""Three to try after a first run."""

_TOTALS = """
    SELECT (SELECT count(*) FROM documents), (SELECT count(*) FROM claims), (SELECT count(*) FROM entities),
        (SELECT count(*) FROM claim_clusters WHERE document_count > 1),
        (SELECT count(*) FROM disputes)
"""
_TOTAL_WORDS = ("documents", "claims", "entities", "claims made by several documents", "possible disputes")


@dataclass(frozen=True, kw_only=True)
class Summary:
    """What a run came to. `status` is that of its row in `runs`; `stopped_by` says in words what stopped the load.

    `outcomes` counts documents that are new by outcome, `totals` what the warehouse then holds. Where the gate stopped a part
    of a large run, `loaded_before` counts the documents of the parts before it, and `left` pages that wait for the next run.
    Seconds are wall time.
    """

    run_id: str
    status: str
    pages: int
    skipped: int
    resumed: int
    outcomes: Mapping[str, int]
    checks: int
    failed_checks: int
    quarantined: int
    stopped_by: tuple[str, ...]
    totals: Mapping[str, int]
    warehouse: Place
    reports: tuple[Path, ...]
    seconds: float
    start_seconds: Mapping[str, float] = field(default_factory=dict)
    step_seconds: Mapping[str, float] = field(default_factory=dict)
    fetched: Mapping[str, int] = field(default_factory=dict)
    reasons: Mapping[str, int] = field(default_factory=dict)
    fetch_seconds: float = 0.0
    has_more: bool = False
    loaded_before: int = 0
    left: int = 0

    def as_json(self) -> str:
        """All of it as one JSON object, for machines."""
        return json.dumps(asdict(self), default=str, ensure_ascii=False)

    def lines(self) -> Iterator[tuple[str, str]]:
        """Label and words of each line; a line without a label goes on with what the one before it lists."""
        if self.fetched:
            asked = {FETCH_WORDS[state]: count for state, count in self.fetched.items()}
            yield "Fetched", f"{_listed(asked)} in {self.fetch_seconds:.1f} s"
            for reason, count in self.reasons.items():
                yield "", f"{count} × {reason}"
            if self.has_more:
                yield "", "more are due than `max_addresses` under [fetch]: the next run fetches them"
        known = self.pages - sum(self.outcomes.values()) - self.left
        others = {"left for the next run": self.left, "files of other kinds left out": self.skipped}
        pages = {"found": self.pages, "known": known, **others}
        yield "Pages", _listed(pages, always="found")
        if self.outcomes:
            by_count = sorted(self.outcomes.items(), key=lambda item: (-item[1], item[0]))
            resumed = f"; {self.resumed} of them read by a run that did not end" if self.resumed else ""
            yield "New", _listed({OUTCOME_WORDS[name]: count for name, count in by_count}) + resumed
        yield "Gate", self._gate()
        yield "Warehouse", str(self.warehouse)
        yield "", _listed(self.totals, always="documents")
        for path in self.reports:
            yield "Reports" if path == self.reports[0] else "", str(path)
        steps, starts = (_seconds(parts) for parts in (self.step_seconds, self.start_seconds))
        yield "Time", f"{self.seconds:.1f} s" + (f": {steps}" if steps else "")
        if starts:
            yield "", f"starts beside each other: {starts}"

    @property
    def stands(self) -> str:
        """How the warehouse stands after the gate stopped a load, in words."""
        if not self.loaded_before:
            return "the warehouse stands as it was"
        return f"{self.loaded_before:,} documents that were checked before these are loaded"

    def _gate(self) -> str:
        passed = f"all {self.checks} checks passed"
        checks = passed if not self.failed_checks else f"{self.failed_checks} of {self.checks} checks failed"
        held = f", {self.quarantined} rows are held back in `quarantine`" if self.quarantined else ""
        if self.stopped_by:
            return f"STOPPED the load ({checks}{held}); {self.stands}"
        return f"{checks}{held}" + ("; nothing was new" if self.status == "unchanged" else "")


def _seconds(parts: Mapping[str, float]) -> str:
    """Parts and how long each took; what took next to nothing is left out."""
    return ", ".join(f"{name} {seconds:.1f} s" for name, seconds in parts.items() if seconds >= LEAST_SECONDS)


def totals_of(warehouse: Place) -> dict[str, int]:
    """What the warehouse holds, in words and numbers."""
    with closing(open_readonly(warehouse)) as con:
        counts = con.execute(_TOTALS).fetchone() or ()
    return dict(zip(_TOTAL_WORDS, counts, strict=True))


def _listed(counts: Mapping[str, int], always: str = "") -> str:
    return ", ".join(f"{count:,} {name}" for name, count in counts.items() if count or name == always)
