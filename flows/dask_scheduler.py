"""A Dask scheduler that is there: its workers, which of them are fit to read for us, and what to say when it has none."""

import contextlib
import logging
import socket
import time
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import distributed
from distributed import CancelledError
from distributed.comm import CommClosedError
from distributed.scheduler import KilledWorker
from prefect.settings import PREFECT_API_URL
from prefect_dask import DaskTaskRunner

from flows import progress
from flows.dask_worker import Ground, Unfit, versions
from flows.errors import ClaimhouseError, WrongUse
from flows.settings import Settings

_CONNECT_SECONDS = 10
_LOOK_SECONDS = 120
"""A worker loads the model in 5 s; from storage that is slow, and beside others, it takes several times that."""
WORKERS_SECONDS = 60
"""How long workers are waited for when none is there. A nanny starts a new worker process in some seconds."""
TICK_SECONDS = 2.0
_SHOWN = 5

Looks = dict[str, "distributed.Future"]
"""What each worker sees of itself, by its address, once it has looked."""


class Scheduler:
    """The connection to a scheduler, by Prefect's task runner. Raises WrongUse where none answers."""

    def __init__(self, address: str) -> None:
        self.address = address
        self._seen: list[str] = []
        self._seen_at = 0.0
        self._unfit: set[str] = set()
        _log_to_file()
        self._runner = DaskTaskRunner(address=address, client_kwargs={"timeout": _CONNECT_SECONDS})
        self._runner.__enter__()
        try:
            self.client: Any = self._runner.client
        except (OSError, TimeoutError) as error:
            raise WrongUse(
                f"No Dask scheduler answers at {address} ({type(error).__name__}). Start one there with `dask scheduler`, or "
                "mend dask under [run] in claimhouse.toml; without it this machine reads by itself."
            ) from error

    def running(self) -> list[str]:
        """The addresses of the workers that take work, without those that are not fit; as of some seconds ago."""
        if time.monotonic() - self._seen_at > TICK_SECONDS:
            known = self.client.scheduler_info(n_workers=-1)["workers"]
            self._seen = [address for address, worker in known.items() if worker["status"] == "running"]
            self._seen_at = time.monotonic()
        return [address for address in self._seen if address not in self._unfit]

    def fit(self) -> list[str] | None:
        """The addresses that work must go to; None where any will do."""
        return self.running() if self._unfit else None

    def look(self, asked: Callable[[Ground], Unfit | None], ground: Ground) -> Looks:
        """Ask every worker something of itself. Raises WrongUse where there is none for a while."""
        deadline = time.monotonic() + WORKERS_SECONDS
        if not self.running():
            progress.warn(f"The Dask scheduler at {self.address} has no workers: waiting for some …")
        while not (addresses := self.running()):
            if time.monotonic() > deadline:
                raise WrongUse(self.no_workers())
            time.sleep(1)
        return {
            address: self.client.submit(asked, ground, workers=[address], key=f"look-{uuid4().hex}", pure=False)
            for address in addresses
        }

    def refuse_unfit(self, looks: Looks) -> None:
        """Wait for what workers see. Raises WrongUse that tells of those that are not fit."""
        deadline = time.monotonic() + _LOOK_SECONDS
        found = {address: self._seen_by(address, future, deadline) for address, future in looks.items()}
        self._seen_at = 0.0
        still_there = self.running()
        if unfit := [problem for address, problem in found.items() if problem and address in still_there]:
            more = [f"{len(unfit) - _SHOWN} more workers are not fit."] if len(unfit) > _SHOWN else []
            raise WrongUse("\n".join([*unfit[:_SHOWN], *more]))
        if not still_there:
            raise WrongUse(self.no_workers())

    def set_apart(self, unfit: Unfit) -> None:
        """Give a worker no more work, which joined while the run went on. Raises WrongUse when it was the last one."""
        if unfit.worker not in self._unfit:
            self._unfit.add(unfit.worker)
            progress.warn(f"{unfit} Until then it is given no pages.")
        if not self.running():
            raise WrongUse(str(unfit))

    def close(self) -> None:
        """Leave the scheduler, which drops what it still has of ours."""
        self._runner.__exit__(None, None, None)

    def _seen_by(self, address: str, future: Any, deadline: float) -> str | None:
        """What is wrong with a worker, as a sentence. Raises what is wrong with the scheduler."""
        worker = f"The Dask worker {address}"
        try:
            unfit: Unfit | None = future.result(timeout=max(deadline - time.monotonic(), 0.1))
        except TimeoutError:
            return f"{worker} does not answer within {_LOOK_SECONDS} s: it is at other work, or its storage hangs."
        except KilledWorker:
            return f"{worker} died when it loaded the language model: raise its --memory-limit."
        except ImportError as error:
            return (
                f"{worker} can't import Claimhouse ({error}): install it, and start the worker with that environment's `dask`."
            )
        except (CancelledError, CommClosedError):
            raise ClaimhouseError(self.gone()) from None
        except RuntimeError as error:
            raise WrongUse(
                f"The Dask scheduler at {self.address} can't read what it is sent ({error.__cause__ or error}): install "
                "Claimhouse there, too, from the same requirements.lock, and start it with its environment's `dask`."
            ) from error
        return str(unfit) if unfit else None

    def no_workers(self) -> str:
        """What to say when there is nobody to read."""
        return (
            f"The Dask scheduler at {self.address} has no workers that take work. Start some on each machine, as many as it "
            f"has cores, with `dask worker {self.address} --nthreads 1 --nworkers 8` in Claimhouse's environment; one that is "
            "paused needs more memory."
        )

    def gone(self) -> str:
        """What to say when it is not there any more."""
        return (
            f"The Dask scheduler at {self.address} is gone. Start it and its workers anew, and run again: what was read is "
            "kept, and the same command goes on from there."
        )


def ground_of(settings: Settings) -> Ground:
    """What every worker must have as this machine has it."""
    data = settings.data_dir.absolute()
    staging = data / "staging"
    staging.mkdir(parents=True, exist_ok=True)
    mark = data / "cluster.id"
    with contextlib.suppress(FileExistsError), mark.open("x", encoding="ascii") as file:
        file.write(uuid4().hex)
    return Ground(
        folder=staging,
        mark=mark,
        mark_text=mark.read_text(encoding="ascii"),
        reading=settings.reading,
        versions=versions(settings.reading),
        host=socket.gethostname(),
        api=PREFECT_API_URL.value() or None,
    )


def _log_to_file() -> None:
    """Dask tells the terminal what goes on; a run that a person starts has a log for that."""
    for name in ("distributed", "distributed.client", "tornado", "tornado.application"):
        logger = logging.getLogger(name)
        logger.handlers.clear()
        logger.setLevel(logging.WARNING)
        logger.propagate = True
