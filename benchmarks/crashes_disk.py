"""A full disk: a small file system that fills up in the archive, in staging, as the warehouse is built, in the pages."""

import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.crashes import Judgement, Trial
from benchmarks.crashes_ground import NOTHING, READ, SOMETHING, Ended, Ground, ended
from benchmarks.crashes_stages import Progress

FAULT = "disk full"
_DISK_MB = 64
_KB = 1_000
MEND = "Run it as root, outside of a container or in one with the capability SYS_ADMIN."
_BALLAST = "ballast"
_SAYS = ("the disk is full", "no space left")


def full_disks(ground: Ground) -> Iterator[Trial]:
    """Runs on a disk with ever more room left, from none to almost enough; then room is made for the next run.

    What is left fills up in another stage each time.
    """
    with small_disk(ground.folder / "disk") as disk:
        size = (ground.folder / SOMETHING / "warehouse.duckdb").stat().st_size
        building = [size // 2, size + 200 * _KB, size + size // 4]
        for free in (0, 20 * _KB, 100 * _KB, 300 * _KB, 900 * _KB, *building):
            yield _fill(ground, disk, SOMETHING, free)
        for free in (300 * _KB, *building):
            yield _fill(ground, disk, READ, free)
        for free in (40 * _KB, 150 * _KB):
            yield _fill_reports(ground, disk, free)
        yield _fill(ground, disk, NOTHING, 300 * _KB, PREFECT_API_URL="")
        yield _fill_temporary(ground, disk)


def _fill(ground: Ground, disk: Path, state: str, free: int, **environment: str) -> Trial:
    data = ground.fresh(state, disk)
    judgement = Judgement()
    place = _run_without_room(ground, data, disk, state, free, judgement, environment)
    ground.judge(data, state, judgement)
    _clear(data, ground)
    return judgement.trial(FAULT, "that of the data folder", place)


def _clear(data: Path, ground: Ground) -> None:
    """Leave nothing on the small disk; what is to be looked at goes to a larger one."""
    if data.exists():
        shutil.copytree(data, ground.folder / "trials" / data.name)
        shutil.rmtree(data)


def _fill_temporary(ground: Ground, disk: Path) -> Trial:
    """The disk that is full holds temporary files and nothing else: libraries unpack their models there."""
    data, judgement = ground.fresh(SOMETHING), Judgement()
    place = _run_without_room(ground, data, disk, SOMETHING, 20 * _KB, judgement, {"TMPDIR": str(disk)})
    return ground.judge(data, SOMETHING, judgement).trial(FAULT, "that of temporary files", place)


def _fill_reports(ground: Ground, disk: Path, free: int) -> Trial:
    """With the warehouse on another disk and all of it loaded, the pages are what fills the disk."""
    data = ground.fresh("done/something", disk, 'warehouse = "../../warehouse-of-full-disk.duckdb"\n')
    warehouse = data.parent.parent / "warehouse-of-full-disk.duckdb"
    shutil.move(data / "warehouse.duckdb", warehouse)
    judgement = Judgement()
    place = _run_without_room(ground, data, disk, SOMETHING, free, judgement, {})
    judgement.published(warehouse, [ground.rows[SOMETHING]])
    again = ground.run(data)
    judgement.seconds = again.seconds
    judgement.expect(again.code == 0, f"the next run failed, {again.shown}")
    judgement.ended_as(warehouse, ground.rows[SOMETHING])
    for page in (data / "reports").rglob("*.html"):
        judgement.expect(page.read_text(encoding="utf-8").rstrip().endswith("</html>"), f"{page.name} is torn")
    if not judgement.problems:
        shutil.rmtree(data)
    _clear(data, ground)
    return judgement.trial(FAULT, "that of the pages", place)


def _run_without_room(  # noqa: PLR0913, PLR0917  # where, from what, with how much room
    ground: Ground, data: Path, disk: Path, state: str, free: int, judgement: Judgement, environment: dict[str, str]
) -> str:
    progress = Progress(data, ground.times[state].batches)
    (data / "logs").mkdir(exist_ok=True)
    _leave(disk, free)
    started = time.monotonic()
    done: Ended = ended(ground.start(data, **environment), started)
    place = progress.stage() if done.code else "end"
    (disk / _BALLAST).unlink()
    told = done.code == 2 and any(words in done.said.lower() for words in _SAYS) and "Traceback" not in done.said
    judgement.expect(done.code == 0 or told, f"with {free // _KB} KB free: {done.shown}")
    return place


def _leave(disk: Path, free: int) -> None:
    """Fill the disk but for so many bytes."""
    room = shutil.disk_usage(disk).free - free
    with (disk / _BALLAST).open("wb") as ballast:
        chunk = bytes(1_000_000)
        while room > 0:
            room -= ballast.write(chunk[: min(room, len(chunk))])


@contextmanager
def small_disk(folder: Path) -> Iterator[Path]:
    """A file system in memory, mounted there while the block runs."""
    folder.mkdir(parents=True, exist_ok=True)
    mount = ["mount", "-t", "tmpfs", "-o", f"size={_DISK_MB}m", "tmpfs", str(folder)]
    subprocess.run(mount, check=True, capture_output=True)  # noqa: S603   the system's own command
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)  # noqa: S603, S607


def why_no_disk(folder: Path) -> str | None:
    """Why no small disk can be made here, with the mend; None where it can."""
    try:
        with small_disk(folder):
            return None
    except (OSError, subprocess.CalledProcessError) as error:
        said = getattr(error, "stderr", b"") or str(error).encode()
        return f"a file system can't be mounted here ({said.decode().strip()[:100]}). {MEND}"
