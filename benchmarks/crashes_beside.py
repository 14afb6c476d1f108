"""Others at work meanwhile: a second run, questions, reports, and a reader that stays open through ten publishes."""

import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from benchmarks.crashes import KEPT, Judgement, Trial
from benchmarks.crashes_calls import steps_apart
from benchmarks.crashes_ground import NOTHING, SOMETHING, Ground, ended
from benchmarks.crashes_stages import Progress
from benchmarks.crashes_steps import MADE_RUN
from warehouse.database import Connection, open_readonly
from warehouse.load import read_table

SECOND, MEANWHILE, READER = "a second run meanwhile", "questions and reports meanwhile", "a reader that stays open"
_PUBLISHES = 10
_WAIT_SECONDS = 240
_COUNT = "SELECT (SELECT count(*) FROM documents), (SELECT count(*) FROM claims)"


def others_meanwhile(ground: Ground) -> Iterator[Trial]:
    """Everything that others may do while a run is at work."""
    yield _second_in_the_folder(ground)
    yield _second_on_the_warehouse(ground)
    yield _both_at_once(ground)
    yield _meanwhile(ground)
    yield _stays_open(ground)


def _second_in_the_folder(ground: Ground) -> Trial:
    data, judgement = ground.fresh(SOMETHING), Judgement()
    first, place = _begun(ground, data)
    second = ground.run(data)
    refused = second.code == 2 and "Another run is at work" in second.said
    judgement.expect(refused, f"the second run was not refused, {second.shown}")
    _end_first(judgement, first)
    return ground.judge(data, SOMETHING, judgement).trial(SECOND, "in the same data folder", place)


def _second_on_the_warehouse(ground: Ground) -> Trial:
    """The second run has a data folder of its own. It is refused; afterwards it finds that nothing is new."""
    data, judgement = ground.fresh(SOMETHING), Judgement()
    other = ground.fresh(NOTHING, None, f'warehouse = "{data / "warehouse.duckdb"}"\n')
    first, place = _begun(ground, data)
    second = ground.run(other)
    judgement.expect(second.code == 2 and "Another run is at work on" in second.said, f"not refused, {second.shown}")
    _end_first(judgement, first)
    judgement.published(data / "warehouse.duckdb", [ground.rows[SOMETHING]])
    again = ground.run(other)
    judgement.expect(again.code == 0, f"the second one failed afterwards, {again.shown}")
    shutil.rmtree(other)
    return ground.judge(data, SOMETHING, judgement).trial(SECOND, "in another data folder, on the same warehouse", place)


def _both_at_once(ground: Ground) -> Trial:
    data, judgement = ground.fresh(NOTHING), Judgement()
    runs = [ground.start(data) for _ in range(2)]
    ends = [ended(run, time.monotonic()) for run in runs]
    codes = sorted(end.code for end in ends)
    judgement.expect(codes in ([0, 2], [0, 0]), f"they ended with {codes}: {ends[0].shown}; {ends[1].shown}")
    return ground.judge(data, NOTHING, judgement).trial(SECOND, "started at the same moment", "start")


def _meanwhile(ground: Ground) -> Trial:
    """From start to end of a run its warehouse is asked, and its pages are written by another command."""
    data, judgement = ground.fresh(SOMETHING), Judgement()
    warehouse = data / "warehouse.duckdb"
    before, after = _counts(warehouse), _counts(ground.folder / "done" / SOMETHING / "warehouse.duckdb")
    first = ground.start(data)
    asked = 0
    reports: list[subprocess.Popen[str]] = []
    while first.poll() is None:
        judgement.expect(_counts(warehouse) in (before, after), "a reader saw what was never whole")
        asked += 1
        if asked % 20 == 1 and (not reports or reports[-1].poll() is not None):
            reports.append(ground.start(data, command="report"))
        time.sleep(0.05)
    _end_first(judgement, first)
    for report in reports:
        done = ended(report, time.monotonic())
        judgement.expect(done.code == 0, f"a report failed, {done.shown}")
    question = ground.start(data, _COUNT, command="query")
    judgement.expect(ended(question, time.monotonic()).code == 0, "the command query failed")
    how = f"{asked} questions and {len(reports)} reports during one run"
    return ground.judge(data, SOMETHING, judgement).trial(MEANWHILE, how, "all stages")


def _stays_open(ground: Ground) -> Trial:
    """A reader opens the file, then it is replaced ten times over."""
    folder, judgement = ground.folder / "reader", Judgement()
    folder.mkdir()
    warehouse = Path(shutil.copy(ground.folder / SOMETHING / "warehouse.duckdb", folder / "warehouse.duckdb"))
    reference = ground.folder / "done" / SOMETHING / "warehouse.duckdb"
    with steps_apart() as process, closing(open_readonly(warehouse)) as reader:
        own = {table.name: read_table(reader, table) for table in KEPT}
        for number in range(_PUBLISHES):
            judgement.expect(process.run("publish", folder, reference) == 0, f"publish {number + 1} failed")
            for table in KEPT:
                judgement.expect(read_table(reader, table).equals(own[table.name]), f"{table.name} changed under the reader")
            with closing(open_readonly(warehouse)) as newest:
                judgement.expect(_published(newest) == number + 1, "a new reader does not see the newest state")
        judgement.expect(_published(reader) == 0, "the reader sees what was published after it came")
    return judgement.trial(READER, f"through {_PUBLISHES} publishes", "load")


def _published(con: Connection) -> int:
    return int(con.execute("SELECT count(*) FROM runs WHERE flow_run_id = $made", {"made": MADE_RUN}).pl().item())


def _begun(ground: Ground, data: Path) -> tuple["subprocess.Popen[str]", str]:
    progress = Progress(data, ground.times[SOMETHING].batches)
    process = ground.start(data)
    progress.wait_for("annotate", process, _WAIT_SECONDS)
    return process, progress.stage()


def _end_first(judgement: Judgement, process: "subprocess.Popen[str]") -> None:
    done = ended(process, time.monotonic())
    judgement.expect(done.code == 0, f"the first run failed, {done.shown}")


def _counts(warehouse: Path) -> tuple[object, ...]:
    with closing(open_readonly(warehouse)) as con:
        return con.execute(_COUNT).fetchall()[0]
