"""How far a run is, from what it writes to its log: every task of Prefect's says there that it has ended."""

import re
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

STAGES = ("collect", "discover", "plan", "annotate", "gather", "settle", "check", "load", "report")
BEFORE, AFTER = "start", "end"
"""What comes before the first stage, and after the last."""
_LINE = re.compile(r"^(\S+ \S+) \| .*? \| \d+ \| (flow|task) run '([^']*)' - (Beginning flow run|Finished in state Completed)")
_LOOK_SECONDS = 0.003


@dataclass(frozen=True, slots=True)
class Line:
    """The end of a task, or the beginning of the flow (`start`), and when that was."""

    stage: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Times:
    """Seconds that the stages of an undisturbed run took, and the number of batches that it read."""

    stages: Mapping[str, float]
    batches: int
    seconds: float


class Progress:
    """How far a run of the data folder is; it begins where the log ends when this is made.

    `batches` is the number of batches that the run will read: `annotate` is over when so many have ended.
    """

    def __init__(self, data: Path, batches: int) -> None:
        self._log = data / "logs" / "claimhouse.log"
        self._begins_at = self._log.stat().st_size if self._log.exists() else 0
        self._batches = batches

    def lines(self) -> list[Line]:
        """What the run has written so far."""
        if not self._log.exists():
            return []
        with self._log.open("rb") as log:
            log.seek(self._begins_at)
            return _lines(log.read().decode("utf-8", "replace"))

    def stage(self) -> str:
        """The stage that the run is in."""
        return stage_after([line.stage for line in self.lines()], self._batches)

    def wait_for(self, stage: str, process: "subprocess.Popen[str]", seconds: float) -> bool:
        """Wait until the run is in that stage or beyond; False where it ends before, or takes longer."""
        deadline = time.monotonic() + seconds
        order = (BEFORE, *STAGES, AFTER)
        while order.index(self.stage()) < order.index(stage):
            if process.poll() is not None or time.monotonic() > deadline:
                return False
            time.sleep(_LOOK_SECONDS)
        return True


def stage_after(ended: Sequence[str], batches: int) -> str:
    """The stage of a run of which these have ended, in this order."""
    if not ended:
        return BEFORE
    if ended[-1] == BEFORE:
        return STAGES[0]
    others = [stage for stage in ended if stage != "annotate" and stage in STAGES]
    last = others[-1] if others else STAGES[0]
    if last == "plan" and ended.count("annotate") >= batches:
        return "gather"
    after = STAGES.index(last) + 1
    return STAGES[after] if after < len(STAGES) else AFTER


def times_of(lines: Sequence[Line], seconds: float) -> Times:
    """How long each stage took: from the end of the one before to its own."""
    ends: dict[str, datetime] = {}
    for line in lines:
        ends[line.stage] = line.at
    took, before = dict[str, float](), ends[BEFORE]
    for stage in STAGES:
        if stage in ends:
            took[stage], before = (ends[stage] - before).total_seconds(), ends[stage]
    inside = (max(ends.values()) - ends[BEFORE]).total_seconds()
    return Times({BEFORE: max(0.0, seconds - inside), **took}, sum(line.stage == "annotate" for line in lines), seconds)


def _lines(text: str) -> list[Line]:
    found = []
    for match in map(_LINE.match, text.splitlines()):
        if match and (match[2] == "task" or match[4].startswith("Beginning")):
            name = BEFORE if match[2] == "flow" else re.split(r"[- ]", match[3])[0]
            found.append(Line(name, datetime.strptime(match[1], "%Y-%m-%d %H:%M:%S.%f")))
    return found
