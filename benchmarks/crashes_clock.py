"""A clock that jumps: before a run, in the middle of one, back by a day or ahead by a year; then runs at true time again."""

import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from benchmarks.crashes import Judgement, Trial
from benchmarks.crashes_ground import NOTHING, SOMETHING, Ground, ended
from benchmarks.crashes_stages import BEFORE, Progress
from warehouse.database import open_readonly

FAULT = "clock that jumps"
MEND = "Install libfaketime (apt install faketime)."
BACK, AHEAD = "-1d", "+365d"
_TRUE = "+0"
_WORDS = {BACK: "a day back", AHEAD: "a year ahead"}
_LIBRARY = "faketime/libfaketimeMT.so.1"
_WAIT_SECONDS = 240


def library() -> str | None:
    """Where libfaketime is; None where it is not."""
    return next(
        (str(found) for place in ("/usr/lib", "/usr/local/lib") for found in sorted(Path(place).glob(f"**/{_LIBRARY}"))), None
    )


def jumping_clocks(ground: Ground) -> Iterator[Trial]:
    """Every jump, each before the run begins and in the middle of it, and what it means for pages that are fetched again."""
    for offset in (BACK, AHEAD):
        yield _jump(ground, offset, BEFORE)
        yield _jump(ground, offset, "annotate")
    yield _jump(ground, BACK, "check")
    yield _fetched_in_the_future(ground)


def _jump(ground: Ground, offset: str, stage: str) -> Trial:
    data, judgement = ground.fresh(SOMETHING), Judgement()
    process = _Clock(ground, data, offset if stage == BEFORE else _TRUE)
    progress = Progress(data, ground.times[SOMETHING].batches)
    running, started = process.start(), time.monotonic()
    if stage != BEFORE:
        progress.wait_for(stage, running, _WAIT_SECONDS)
        process.set(offset)
    done = ended(running, started)
    judgement.expect(done.code == 0, f"the run failed, {done.shown}")
    warehouse = data / "warehouse.duckdb"
    judgement.published(warehouse, [ground.rows[SOMETHING]])
    _judge_times(judgement, warehouse)
    trial = ground.recover(data, SOMETHING, judgement)
    return trial.trial(FAULT, f"{_WORDS[offset]} {'before the run' if stage == BEFORE else 'in the middle of it'}", stage)


def _fetched_in_the_future(ground: Ground) -> Trial:
    """Pages are fetched in what seems to be next year; at true time they have changed: the change is fetched and shown."""
    data, judgement = ground.fresh(NOTHING), Judgement()
    addresses = data / "changing.txt"
    addresses.write_text("\n".join(ground.site.address(f"/changing/{number}") for number in range(3)), encoding="utf-8")
    config = data / "claimhouse.toml"
    text = config.read_text(encoding="utf-8")
    config.write_text(f'{text[: text.index("[[sources]]")]}[[sources]]\nlocation = "changing.txt"\n', encoding="utf-8")
    first = ended(_Clock(ground, data, AHEAD).start(), time.monotonic())
    judgement.expect(first.code == 0, f"the run failed, {first.shown}")
    ground.site.tell(version="2")
    again = ground.run(data)
    ground.site.forget()
    judgement.seconds = again.seconds
    judgement.expect(again.code == 0, f"the next run failed, {again.shown}")
    _judge_times(judgement, data / "warehouse.duckdb")
    with closing(open_readonly(data / "warehouse.duckdb")) as con:
        seconds = con.execute("SELECT count(*) FROM documents WHERE revision = 2 AND is_current").fetchall()[0][0]
        latest = con.execute("SELECT count(*) FROM new_claims JOIN documents USING (document_id) WHERE revision = 2").fetchall()
    judgement.expect(seconds == 3, f"{seconds} of 3 changed pages were fetched again")
    judgement.expect(latest[0][0], "new_claims shows nothing of the run after the jump")
    if not judgement.problems:
        shutil.rmtree(data)
    return judgement.trial(FAULT, "a year ahead, then pages that have changed", "collect")


def _judge_times(judgement: Judgement, warehouse: Path) -> None:
    """No run ended before it began, and no page was last seen before it was first seen."""
    with closing(open_readonly(warehouse)) as con:
        runs = con.execute("SELECT count(*) FROM runs WHERE finished_at < started_at").fetchall()[0][0]
        pages = con.execute("SELECT count(*) FROM documents WHERE last_seen_at < first_seen_at").fetchall()[0][0]
    judgement.expect(not runs, f"{runs} runs ended before they began")
    judgement.expect(not pages, f"{pages} pages were last seen before they were first seen")


class _Clock:
    """A run under a clock of its own, which can be set while it runs."""

    def __init__(self, ground: Ground, data: Path, offset: str) -> None:
        self._ground, self._data = ground, data
        self._file = ground.folder / f"clock-{data.name}"
        self.set(offset)

    def set(self, offset: str) -> None:
        """Set the clock, by an offset from true time."""
        self._file.write_text(offset, encoding="ascii")

    def start(self) -> "subprocess.Popen[str]":
        """Start the run."""
        faked = {
            "LD_PRELOAD": library() or "",
            "FAKETIME_TIMESTAMP_FILE": str(self._file),
            "FAKETIME_NO_CACHE": "1",
            # What measures time that passes goes on as it does when a clock is set.
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            "DONT_FAKE_MONOTONIC": "1",
        }
        return self._ground.start(self._data, **faked)
