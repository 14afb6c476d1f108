"""Where trials of reliability take place: data folders in known states, one Prefect server and one web site for all of them."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from benchmarks.crashes import MARK, Judgement, Rows, files_of, rows_of
from benchmarks.crashes_stages import Progress, Times, times_of
from flows.prefect_server import Server, configure
from flows.settings import Settings
from tests.site.good_pages import news_target
from tests.site.running import Site, running_site

ROOT = Path(__file__).parents[1]
ARTICLES = ROOT / "seeds" / "articles"
FEW, MANY = 4, 10
"""Pages of the made site that are loaded before a trial, and those of the run that is disturbed."""
_RUN_SECONDS = 300
NOTHING, SOMETHING, READ = "nothing", "something", "read"
"""States that a disturbed run begins with: an empty folder; some pages loaded; all pages read and staged, some loaded."""


@dataclass(frozen=True, slots=True)
class Ended:
    """How a command ended: its exit code, what it said, and the seconds that it took."""

    code: int
    said: str
    seconds: float

    @property
    def shown(self) -> str:
        """The end of what it said, on one line."""
        return f"exit code {self.code}: {' '.join(self.said.split())[-300:]}"


class Ground:
    """A folder in which every trial has a data folder of its own.

    `rows` and `files` are what an undisturbed run leaves that begins with a state, `times` how long its stages took.
    """

    def __init__(self, folder: Path, api_url: str, site: Site) -> None:
        self.folder = folder
        self.api_url = api_url
        self.site = site
        self._numbers = count(1)
        self.rows: dict[str, Rows] = {}
        self.before: dict[str, Rows | None] = {}
        self.files: dict[str, frozenset[str]] = {}
        self.times: dict[str, Times] = {}
        for name, number in (("few", FEW), ("many", MANY)):
            lines = [site.address(news_target(page)) for page in range(number)]
            lines += [site.address(f"/busy/{page}", "busy") for page in range(number // 2)]
            (folder / f"{name}.txt").write_text("\n".join(lines), encoding="utf-8")

    def prepare(self) -> None:
        """Make the states, and one undisturbed run from each."""
        few, many = self.folder / SOMETHING, self.folder / "done"
        self._settle(few, [str(self.folder / "few.txt")])
        self._undisturbed(few)
        self.before |= {NOTHING: None, SOMETHING: rows_of(few / "warehouse.duckdb")}
        nothing = self.folder / NOTHING
        self._settle(nothing, self._sources())
        for state, origin in ((NOTHING, nothing), (SOMETHING, few)):
            data = Path(shutil.copytree(origin, many / state))
            self._settle(data, self._sources())
            self.times[state] = self._undisturbed(data)
            self.rows[state], self.files[state] = rows_of(data / "warehouse.duckdb"), files_of(data)
        self._prepare_read()

    def _prepare_read(self) -> None:
        """The state in which all is read: what a run left that was killed as it gathered."""
        data = self.folder / READ
        shutil.copytree(self.folder / SOMETHING, data)
        self._settle(data, self._sources())
        process = self.start(data)
        progress = Progress(data, self.times[SOMETHING].batches)
        progress.wait_for("gather", process, _RUN_SECONDS)
        kill_group(process)
        copy = Path(shutil.copytree(data, self.folder / "done" / READ))
        self.times[READ] = self._undisturbed(copy)
        self.before[READ] = self.before[SOMETHING]
        self.rows[READ], self.files[READ] = rows_of(copy / "warehouse.duckdb"), files_of(copy)

    def fresh(self, state: str, folder: Path | None = None, more: str = "") -> Path:
        """A data folder of a new trial in that state, in the folder given; `more` is added to its settings."""
        data = Path(shutil.copytree(self.folder / state, (folder or self.folder / "trials") / str(next(self._numbers))))
        self._settle(data, self._sources(), more)
        return data

    def start(
        self, data: Path, *arguments: object, command: str = "run", under: Sequence[str] = (), **environment: str
    ) -> subprocess.Popen[str]:
        """Start a command of Claimhouse on the data folder, in a group of processes of its own; `under` another command."""
        return subprocess.Popen(  # noqa: S603   # our own command
            [*under, *self.command(data, *arguments, command=command)],
            cwd=data,
            env=self.environment(data, **environment),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )

    def command(self, data: Path, *arguments: object, command: str = "run") -> list[str]:
        """The words of the command."""
        config = ("--config", str(data / "claimhouse.toml"))
        return [sys.executable, "-m", "flows.cli", command, *map(str, arguments), *config]

    def environment(self, data: Path, **more: str) -> dict[str, str]:
        """Its environment: the server for all, and a folder for temporary files."""
        own = {name: value for name, value in os.environ.items() if not name.startswith(("CLAIMHOUSE_", "PREFECT_"))}
        scratch = self.folder / "tmp"  # not in the data folder: what trials of a full disk leave no room for
        scratch.mkdir(exist_ok=True)
        return {
            **own, "PYTHONPATH": str(ROOT), "PREFECT_API_URL": self.api_url, "TMPDIR": str(scratch), MARK: str(data), **more,
        }  # fmt: skip

    def run(self, data: Path, *arguments: object, **environment: str) -> Ended:
        """Run it to its end."""
        started = time.monotonic()
        return ended(self.start(data, *arguments, **environment), started)

    def judge(self, data: Path, state: str, judgement: Judgement) -> Judgement:
        """Look at a data folder after a fault, run once more, and look again."""
        judgement.gone(str(data))
        judgement.published(data / "warehouse.duckdb", [self.before[state], self.rows[state]])
        return self.recover(data, state, judgement)

    def recover(self, data: Path, state: str, judgement: Judgement) -> Judgement:
        """Run once more, undisturbed, and hold what comes of it against what an undisturbed run gave."""
        again = self.run(data)
        judgement.seconds = again.seconds
        judgement.expect(again.code == 0, f"the next run failed, {again.shown}")
        judgement.ended_as(data / "warehouse.duckdb", self.rows[state])
        judgement.gone(str(data))
        judgement.nothing_left(data, self.files[state])
        if not judgement.problems:
            shutil.rmtree(data)  # of those that failed all is kept, to be looked at
        return judgement

    def _undisturbed(self, data: Path) -> Times:
        progress = Progress(data, 0)
        done = self.run(data)
        if done.code:
            raise RuntimeError(f"the undisturbed run failed, {done.shown}")
        return times_of(progress.lines(), done.seconds)

    def _sources(self) -> list[str]:
        return [str(ARTICLES), str(self.folder / "many.txt")]

    def _settle(self, data: Path, sources: Sequence[str], more: str = "") -> None:
        data.mkdir(parents=True, exist_ok=True)
        listed = "".join(f"[[sources]]\nlocation = {json.dumps(source)}\n" for source in sources)
        fetch = self.site.settings(timeout_seconds=10)
        text = f'data_dir = "."\n{more}[run]\nworkers = 2\nbatch_pages = 5\n{fetch}{listed}'
        (data / "claimhouse.toml").write_text(text, encoding="utf-8")


def ended(process: subprocess.Popen[str], started: float) -> Ended:
    """Wait for a command; one that hangs is killed, which its exit code tells."""
    try:
        said, _ = process.communicate(timeout=_RUN_SECONDS)
    except subprocess.TimeoutExpired:
        kill_group(process)
        said = f"it hung for {_RUN_SECONDS} s"
    return Ended(process.returncode, said, time.monotonic() - started)


def kill_group(process: subprocess.Popen[str]) -> None:
    """SIGKILL to the process and to all of its group at once."""
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    if process.stdout:
        process.stdout.close()


@contextmanager
def ground(folder: Path) -> Iterator[Ground]:
    """A ground in an empty folder, with its Prefect server and its site, which end with the block."""
    settings = Settings(data_dir=folder / "server")
    configure(settings)
    server = Server(settings)
    api_url = server.start()
    try:
        with running_site() as site:
            server.wait()
            yield Ground(folder, api_url, site)
    finally:
        server.stop()
