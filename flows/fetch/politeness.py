"""Every host has its turns: so many requests at a time, and so long between the starts of two.

A request waits for its host's turn first and only then for one of the connections that all hosts share, so that a busy host
keeps no other one waiting.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx

from flows.settings import Fetch

MAX_IDLE_LANES = 5_000
"""How many hosts are remembered that nobody asks at the moment."""


class _Lane:
    """The turns of one host. Times are those of the event loop's clock."""

    def __init__(self, per_host: int, delay: float) -> None:
        self.places = asyncio.Semaphore(per_host)
        self.delay = delay
        self.started_at = float("-inf")
        self.held_until = float("-inf")
        self.users = 0

    @property
    def opens_at(self) -> float:
        return max(self.started_at + self.delay, self.held_until)


class Politeness:
    """Whose turn it is."""

    def __init__(self, settings: Fetch) -> None:
        self._settings = settings
        self._slots = asyncio.Semaphore(settings.connections)
        self._lanes: dict[str, _Lane] = {}

    @asynccontextmanager
    async def turn(self, host: str) -> AsyncIterator[None]:
        """Wait until `host` may be asked; while inside, one of its places and one of all connections are taken."""
        lane = self._lane(host)
        lane.users += 1
        try:
            async with lane.places:
                await self._start(lane)
                try:
                    yield
                finally:
                    self._slots.release()
        finally:
            lane.users -= 1

    def slow_down(self, host: str, delay_seconds: float) -> None:
        """From now on at least `delay_seconds` lie between the starts of two requests to `host`."""
        lane = self._lane(host)
        lane.delay = max(lane.delay, delay_seconds)

    def hold_back(self, host: str, seconds: float) -> None:
        """For `seconds` from now on no request to `host` begins."""
        lane = self._lane(host)
        lane.held_until = max(lane.held_until, asyncio.get_running_loop().time() + seconds)

    async def _start(self, lane: _Lane) -> None:
        """Take a connection when the lane is open, and give it back where the lane closed while it was waited for."""
        clock = asyncio.get_running_loop().time
        while True:
            while (wait := lane.opens_at - clock()) > 0:
                await asyncio.sleep(wait)
            await self._slots.acquire()
            if lane.opens_at <= clock():
                lane.started_at = clock()
                return
            self._slots.release()

    def _lane(self, host: str) -> _Lane:
        lane = self._lanes.get(host)
        if lane is None:
            if len(self._lanes) >= MAX_IDLE_LANES:
                self._forget_idle()
            lane = self._lanes[host] = _Lane(self._settings.per_host, self._settings.delay_seconds)
        return lane

    def _forget_idle(self) -> None:
        """Lanes that nobody uses, and that are open, are as good as new ones."""
        moment = asyncio.get_running_loop().time()
        self._lanes = {host: lane for host, lane in self._lanes.items() if lane.users or lane.opens_at > moment}


def host_of(url: httpx.URL) -> str:
    """What has turns of its own: a host with both its schemes; a port of its own is a server of its own."""
    return url.host if url.port is None else f"{url.host}:{url.port}"
