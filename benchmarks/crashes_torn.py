"""What a power cut or a bad disk leaves: torn and zeroed files, leftovers of every kind, a damaged ledger or warehouse."""

import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random

from benchmarks.crashes import Judgement, Trial
from benchmarks.crashes_calls import KILLED, Trace, below, calls_of, steps_apart
from benchmarks.crashes_ground import NOTHING, READ, SOMETHING, Ground, ended
from benchmarks.crashes_writes import fetch_step

TORN, LEFTOVERS, DAMAGED = "torn or zeroed files", "leftovers of killed runs", "damaged database"
_CUTS = 12

Damage = Callable[[Path], None]


def torn_files(ground: Ground, random: Random) -> Iterator[Trial]:
    """Every damage, each to a data folder of its own."""
    yield _staging(ground)
    yield from _archive(ground, random)
    yield _leftovers(ground)
    yield from _ledger(ground)
    yield from _warehouse(ground, random)


def _staging(ground: Ground) -> Trial:
    """Each batch is damaged in another way: it must be read again, and what is whole must not."""
    data, judgement = ground.fresh(READ), Judgement()
    batches = sorted(path for path in (data / "staging").iterdir() if path.is_dir())
    damages: tuple[Damage, ...] = (
        lambda batch: _cut(batch / "claims.parquet", 0.5), lambda batch: _zero(batch / "sentences.parquet"),
        lambda batch: _cut(batch / "documents.parquet", 0), lambda batch: (batch / "mentions.parquet").unlink(),
        lambda batch: _zero_middle(batch / "documents.parquet"),
    )  # fmt: skip
    for batch, damage in zip(batches, damages, strict=False):
        damage(batch)
    return ground.judge(data, READ, judgement).trial(TORN, f"{min(len(batches), len(damages))} staged batches", "staging")


def _archive(ground: Ground, random: Random) -> Iterator[Trial]:
    """The end of the archive is cut off at many places, after a kill that left the ledger behind it."""
    step = fetch_step()
    folder = ground.folder / "torn-archive"
    with steps_apart() as process:
        places = [folder / name for name in ("a", "b", "killed")]
        for place in places:
            place.mkdir(parents=True)
        files, calls = calls_of(process, step.name, places[:2], folder)
        syncs = [call for call in calls if call.name == "fsync" and call.file.endswith(".warc.gz")]
        killed = process.run(step.name, places[2], folder, Trace(folder / "log", below(places[2], files), syncs[0])) == KILLED
        size = _warc_of(places[2]).stat().st_size
        for number, cut in enumerate(sorted(random.sample(range(size), _CUTS))):
            data = Path(shutil.copytree(places[2], folder / str(number)))
            judgement = Judgement()
            judgement.expect(killed, "it was not killed")
            with _warc_of(data).open("r+b") as warc:
                warc.truncate(cut)
                if number % 2:
                    warc.truncate(size)  # the length is on the disk, the bytes are not
            judgement.expect(process.run(step.name, data, folder) == 0, "fetching failed afterwards")
            step.end(data, judgement)
            yield judgement.trial(TORN, "the end of a WARC file " + ("zeroed" if number % 2 else "cut off"), "archive")


def _leftovers(ground: Ground) -> Trial:
    """What killed runs of any kind may leave lies about, with rubbish in it."""
    data, judgement = ground.fresh(SOMETHING), Judgement()
    for name in (
        "warehouse.duckdb.building", "warehouse.duckdb.building.wal", "warehouse.duckdb.building.tmp/block.tmp",
        "staging/killed.writing/claims.parquet", "staging/killed.reading", "reports/.claims.html.part",
    ):  # fmt: skip
        path = data / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"rubbish" * 999)
    return ground.judge(data, SOMETHING, judgement).trial(LEFTOVERS, "unfinished files of every kind", "all")


def _ledger(ground: Ground) -> Iterator[Trial]:
    """A ledger that can't be read is told with the mend; when that is done, all is as it was."""
    for words, damage in (("zeroed", _zero), ("cut off", lambda path: _cut(path, 0.4))):
        data, judgement = ground.fresh(SOMETHING), Judgement()
        ledger = data / "archive" / "ledger.sqlite3"
        damage(ledger)
        _told(ground, data, judgement, "run", "ledger")
        ledger.unlink(missing_ok=True)
        yield ground.judge(data, SOMETHING, judgement).trial(
            DAMAGED, f"the ledger {words}, moved away as the error says", "ledger"
        )


def _warehouse(ground: Ground, random: Random) -> Iterator[Trial]:
    """A damaged warehouse is told with the mend, by a run and by a question; moved away, it is made anew."""
    damages: tuple[tuple[str, Damage], ...] = (
        ("cut off", lambda path: _cut(path, 0.6)), ("zeroed", _zero), ("with flipped bytes", lambda path: _flip(path, random)),
    )  # fmt: skip
    for words, damage in damages:
        data, judgement = ground.fresh("done/something"), Judgement()
        warehouse = data / "warehouse.duckdb"
        damage(warehouse)
        before = warehouse.read_bytes()
        _told(ground, data, judgement, "query", "warehouse", "SELECT max(length(text)), max(text) FROM sentences")
        _told(ground, data, judgement, "run", "warehouse")
        judgement.expect(warehouse.read_bytes() == before, "a damaged warehouse was written to")
        warehouse.unlink()
        yield ground.recover(data, NOTHING, judgement).trial(
            DAMAGED, f"the warehouse {words}, moved away as the error says", "load"
        )


def _told(ground: Ground, data: Path, judgement: Judgement, command: str, about: str, *arguments: str) -> None:
    done = ended(ground.start(data, *arguments, command=command), time.monotonic())
    told = done.code == 2 and about in done.said and "Traceback" not in done.said and "ove" in done.said
    judgement.expect(told, f"`{command}` does not tell of the damage, {done.shown}")


def _warc_of(data: Path) -> Path:
    return next((data / "archive").glob("*.warc.gz"))


def _cut(path: Path, share: float) -> None:
    with path.open("r+b") as file:
        file.truncate(int(path.stat().st_size * share))


def _zero(path: Path) -> None:
    path.write_bytes(bytes(path.stat().st_size))


def _zero_middle(path: Path) -> None:
    """The head and the foot are on the disk, what lies between is not."""
    raw = bytearray(path.read_bytes())
    raw[100 : len(raw) // 2] = bytes(len(raw) // 2 - 100)
    path.write_bytes(raw)


def _flip(path: Path, random: Random) -> None:
    """Bytes all over the file, its head left out, are other ones."""
    raw = bytearray(path.read_bytes())
    for at in random.sample(range(20_000, len(raw)), 400):
        raw[at] ^= 0xFF
    path.write_bytes(raw)
