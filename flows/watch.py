"""Folders watched for new files: what comes into one starts a run, once it has come whole."""

import logging
import os
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import psutil
from watchfiles import Change, watch

from flows.settings import Settings

QUIET_MS = 1_000
"""Files that come one after the other are one arrival until this long nothing has come. It is also how soon watching ends."""
LONGEST_ARRIVAL_MS = 60_000
"""Where files never cease to come, those so far are told of after a minute."""
LOOK_AGAIN_MS = 15_000
"""How often it is looked whether a folder has come or gone, and what could not be told of is told again."""
POLL_MS = 30_000
"""How often a network share is read through. It sends no word of files that another machine puts there."""
_SHARES = frozenset("nfs nfs4 cifs smb2 smb3 smbfs afpfs ncpfs 9p afs ceph glusterfs lustre davfs fuse.sshfs vboxsf".split())

_log = logging.getLogger("prefect.claimhouse")


def watched_folders(settings: Settings) -> list[Path]:
    """The folders on this machine among the sources of the settings, also those that are not there yet."""
    places = [source.location for source in settings.sources if "://" not in source.location and source.kind in (None, "file")]
    folders = (Path(place).expanduser().absolute() for place in places)
    return sorted({folder for folder in folders if folder.is_dir() or not (folder.exists() or folder.suffix)})


@contextmanager
def watching(folders: Sequence[Path], *, besides: Path, on_arrival: Callable[[], bool]) -> Iterator[None]:
    """In the block call `on_arrival` from a thread of its own whenever files have come into a folder, or have changed there.

    `besides` is left out: the data folder may lie among the articles, and what a run writes must not start the next. Hidden
    files are left out as a run leaves them out. `on_arrival` returns False to be called again a little later.
    """
    ended = threading.Event()
    watcher = _Watcher(folders, besides.absolute(), on_arrival, ended)
    thread = threading.Thread(target=watcher.watch, name="watch folders", daemon=True)
    if folders:
        thread.start()
    try:
        yield
    finally:
        ended.set()
        if folders:
            thread.join(timeout=10)


class _Watcher:
    def __init__(self, folders: Sequence[Path], besides: Path, on_arrival: Callable[[], bool], ended: threading.Event) -> None:
        self._folders = folders
        self._besides = besides
        self._on_arrival = on_arrival
        self._ended = ended
        self._polls = any(_is_share(folder) for folder in folders)
        self._to_tell = False

    def watch(self) -> None:
        """Watch until ended, whatever becomes of the folders meanwhile."""
        known = there = self._there()
        while not self._ended.is_set():
            # What came while a folder was away, or while we looked at which are there, was seen by nobody.
            self._to_tell |= bool(there.keys() - known.keys()) or any(there[one] != known[one] for one in there.keys() & known)
            known |= there
            try:
                self._watch_while(there)
            except (OSError, RuntimeError) as error:  # RuntimeError: how watchfiles tells what its own engine says
                _log.warning("Watching %s failed: %s. They are read through instead.", ", ".join(map(str, there)), error)
                self._polls = True
                self._ended.wait(LOOK_AGAIN_MS / 1000)
            there = self._there()

    def _watch_while(self, there: dict[Path, tuple[int, int]]) -> None:
        """Watch these folders for as long as they are the ones that are there."""
        if not there:
            self._ended.wait(LOOK_AGAIN_MS / 1000)
            return
        arrivals = watch(
            *there, watch_filter=self._is_arrival, debounce=LONGEST_ARRIVAL_MS, step=QUIET_MS, stop_event=self._ended,
            rust_timeout=LOOK_AGAIN_MS, yield_on_timeout=True, raise_interrupt=False,
            force_polling=True if self._polls else None, poll_delay_ms=POLL_MS, ignore_permission_denied=True,
        )  # fmt: skip
        for arrived in arrivals:
            self._to_tell |= bool(arrived)
            self._to_tell = self._to_tell and not self._on_arrival()
            if self._there() != there:
                return

    def _is_arrival(self, change: Change, path: str) -> bool:
        if change is Change.deleted or Path(path).is_relative_to(self._besides):
            return False
        folder = next((folder for folder in self._folders if Path(path).is_relative_to(folder)), Path(path).parent)
        return not any(part.startswith(".") for part in Path(path).relative_to(folder).parts)

    def _there(self) -> dict[Path, tuple[int, int]]:
        """The folders that are there, each with what tells it from another one of its name."""
        return {folder: (status.st_dev, status.st_ino) for folder in self._folders if (status := _status(folder))}


def _status(folder: Path) -> os.stat_result | None:
    try:
        return folder.stat() if folder.is_dir() else None
    except OSError:
        return None


def _is_share(folder: Path) -> bool:
    """Whether the folder lies on another machine, as far as this one tells."""
    holding = [disk for disk in psutil.disk_partitions(all=True) if folder.is_relative_to(disk.mountpoint)]
    return bool(holding) and max(holding, key=lambda disk: len(disk.mountpoint)).fstype.lower() in _SHARES
