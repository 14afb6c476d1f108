"""What runs on a worker of a Dask cluster: a look at whether it is fit to read for us, and the batches that it reads."""

import hashlib
import json
import platform
import socket
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import cache
from importlib import metadata, resources
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

from distributed import get_worker
from prefect import task
from prefect.cache_policies import NO_CACHE

from flows.batch import Batch, Staged, Work, read_a_page, read_batch
from flows.errors import WrongUse
from flows.found import FoundPage
from flows.limits import limited_memory
from flows.models import load_reader, pipeline_version
from flows.settings import Reading
from flows.staging import Staging

_LIBRARIES = ("distributed", "polars", "prefect", "prefect-dask")
"""Libraries by which what is sent and what is staged are written; those that read the pages are in `pipeline_version`."""
_LOOPBACK = ("127.0.0.1", "localhost", "::1")
_CONNECT_SECONDS = 10

_fit: set["Ground"] = set()
"""What this process was found to have: it is asked before every batch."""


@dataclass(frozen=True, slots=True)
class Ground:
    """What every worker must have, as the machine has it that starts the run.

    `folder` is that of the staged batches; `mark` is a file beside it that says `mark_text`, by which the folder is known.
    `pages` are the paths of some pages, `api` is Prefect's address as `host` reaches it, `versions` are those of all that two
    machines must have in common.
    """

    folder: Path
    mark: Path
    mark_text: str
    reading: Reading
    versions: tuple[tuple[str, str], ...]
    host: str
    api: str | None
    pages: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Unfit:
    """A worker that can't read for us: its address, its machine, and what is wrong in words that follow its name."""

    worker: str
    host: str
    problem: str

    def __str__(self) -> str:
        return f"The Dask worker {self.worker} on {self.host} {self.problem}."


def versions(reading: Reading) -> tuple[tuple[str, str], ...]:
    """Versions of what must be the same on all machines, by its name. Raises WrongUse for a model that is missing."""
    major_minor = ".".join(platform.python_version_tuple()[:2])
    return (
        ("Claimhouse", f"{metadata.version('claimhouse')} ({_code()})"),
        ("Python", major_minor),
        *((library, metadata.version(library)) for library in _LIBRARIES),
        ("code, model, weights and lexicons that read the pages in version", pipeline_version(reading)),
    )


def readiness(ground: Ground) -> Unfit | None:
    """Load what reading needs, so that no batch has to wait for it. What can't be loaded makes the worker unfit."""
    try:
        read_a_page(load_reader(ground.reading))
    except (WrongUse, OSError) as error:
        return _unfit(f"can't read: {error}")
    return None


def unfitness(ground: Ground) -> Unfit | None:
    """Why this worker is not fit; None where it is. What was found fit is not looked at again."""
    if ground in _fit:
        return None
    if problem := next(_problems(ground), None):
        return _unfit(problem)
    _fit.add(ground)
    return None


@task(name="annotate", task_run_name="annotate {key}", cache_policy=NO_CACHE)
def annotate_on_worker(key: str, packed: bytes) -> Staged | Unfit | None:  # noqa: ARG001  # the task is named after it
    """Read the pages of a batch and stage their tables, on a worker of the cluster. None where an earlier one died at it.

    A batch comes here again when the worker that had it is lost, also after it has staged it.
    """
    return _annotate(*_unpacked(packed))


def packed(batch: Batch, work: Work, ground: Ground) -> bytes:
    """What `annotate_on_worker` takes, as one thing: Prefect and Dask look into others for results of tasks, page by page."""
    return json.dumps([asdict(batch), asdict(work), asdict(ground)], default=_told).encode("ascii")


def _told(value: object) -> object:
    """What JSON has no form for, in one that `_unpacked` reads."""
    match value:
        case Reading():
            return value.model_dump()
        case datetime():
            return value.isoformat()
    return str(value)


def _unpacked(packed: bytes) -> tuple[Batch, Work, Ground]:
    batch, work, ground = json.loads(packed)
    for given in (work, ground):
        given |= {"folder": Path(given["folder"]), "reading": Reading(**given["reading"])}
    ground |= {"mark": Path(ground["mark"]), "pages": tuple(ground["pages"])}
    ground["versions"] = tuple((name, version) for name, version in ground["versions"])
    return Batch(batch["key"], tuple(map(_page, batch["pages"]))), Work(**work), Ground(**ground)


def _page(given: dict[str, Any]) -> FoundPage:
    fetched_at = datetime.fromisoformat(given["fetched_at"]) if given["fetched_at"] else None
    return FoundPage(
        **{**given, "fetched_at": fetched_at, "columns": tuple((ours, theirs) for ours, theirs in given["columns"])}
    )


def _annotate(batch: Batch, work: Work, ground: Ground) -> Staged | Unfit | None:
    if unfit := unfitness(ground):
        return unfit
    staging = Staging(work.folder)
    if (words := staging.words(batch.key)) is not None:
        return Staged(batch.key, len(batch.pages), words)
    if staging.noted(batch.key):
        return None
    with limited_memory(work.max_mb):
        return read_batch(batch, work)


def _unfit(problem: str) -> Unfit:
    return Unfit(get_worker().address, socket.gethostname(), problem)


def _problems(ground: Ground) -> Iterator[str]:
    """What is wrong, the worst first, each in words that follow the worker's name."""
    threads = get_worker().state.nthreads
    if threads != 1:
        yield (
            f"has {threads} threads, but what bounds a page's time and memory bounds a process: start it with --nthreads 1, "
            "and more of them with --nworkers"
        )
    try:
        ours = versions(ground.reading)
    except WrongUse as error:
        yield f"can't read: {error}"
        return
    for (name, here), (_, there) in zip(ours, ground.versions, strict=True):
        if here != there:
            yield (
                f"has {name} {here}, but {ground.host}, which starts the run, has {there}: install the same Claimhouse there, "
                "from the same requirements.lock, and start the worker anew"
            )
    yield from _unshared(ground)
    if ground.api and (problem := _unreached(ground.api, ground.host)):
        yield problem


def _unshared(ground: Ground) -> Iterator[str]:
    mend = "mount the storage that holds it there under the same path, writable"
    folder = ground.mark.parent
    try:
        if ground.mark.read_text(encoding="ascii") != ground.mark_text:
            yield f"has another folder at {folder}: {mend}, or set a data_dir in claimhouse.toml that all machines share"
        probe = ground.folder / f"{uuid4().hex}.look"  # workers may be threads of one process
        probe.touch()
        probe.unlink()
    except OSError as error:
        yield (
            f"can't use the data folder {folder} ({error.strerror}): {mend}, or set a data_dir in claimhouse.toml that all "
            "machines share"
        )
    for page in ground.pages:
        try:
            Path(page).open("rb").close()
        except OSError as error:
            yield f"can't read the page {page} ({error.strerror}): mount the storage that holds it there under the same path"


def _unreached(api: str, host: str) -> str | None:
    """What is wrong with Prefect's address as this machine sees it. On loopback another server may answer than is meant."""
    mend = (
        f"start one that other machines reach, on {host} with `prefect server start --host 0.0.0.0`, and run with "
        f"PREFECT_API_URL=http://{host}:4200/api"
    )
    place = urlsplit(api)
    if place.hostname in _LOOPBACK and socket.gethostname() != host:
        return f"can't reach Prefect's server, which answers on {host} alone, at {api}: {mend}"
    port = place.port or (443 if place.scheme == "https" else 80)
    try:
        socket.create_connection((place.hostname or "", port), timeout=_CONNECT_SECONDS).close()
    except OSError as error:
        return f"can't reach Prefect's server at {api} ({error.strerror or error}): open the way there, or {mend}"
    return None


@cache
def _code() -> str:
    """Hash of the code that sends, reads and stages batches; what it does to a page is in `pipeline_version`."""
    digest = hashlib.sha256()
    for package in ("flows", "warehouse.tables"):
        for path in sorted(resources.files(package).iterdir(), key=lambda path: path.name):
            if path.name.endswith(".py"):
                digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()[:8]
