"""The site's server: `python -m tests.site.server PORT`; it prints its port (0 takes a free one) and serves until it is ended.

It listens on every host of `tests.site.pages.HOSTS` and logs each request. `/.control/…` is for tests and is not logged:
GET `log`, POST `tell` (a JSON object of names and values), POST `forget` (the log, the visits, and what was told).
"""

import asyncio
import contextlib
import json
import sys
import time
from collections import Counter
from dataclasses import asdict, dataclass
from itertools import count

from tests.site.pages import HOSTS, Page, folded
from tests.site.replies import Reply, Request
from tests.site.world import World

_NAMES = {address: name for name, address in HOSTS.items()}
_IDLE_SECONDS = 120.0
_NO_PAGE = Reply(404, b"<!doctype html><p>There is no such page.</p>")


@dataclass(slots=True)
class Logged:
    """One request as the server saw it. Times are seconds of the monotonic clock; `ended` is None while it is under way.

    It has ended when its last byte is handed to the system or the client has gone: never later than the client knows.
    """

    host: str
    method: str
    target: str
    headers: dict[str, str]
    connection: int
    started: float
    ended: float | None = None
    status: int | None = None
    sent: int = 0
    is_whole: bool = False


class Server:
    """Answers what it is asked, and knows all that it was."""

    def __init__(self) -> None:
        self._pages: dict[tuple[str, str], Page] = {}
        self._log: list[Logged] = []
        self._visits: Counter[tuple[str, str]] = Counter()
        self._told: dict[str, str] = {}
        self._connections = count()

    async def serve(self, port: int) -> None:
        """Serve on all hosts until the process ends."""
        servers = []
        for address in HOSTS.values():
            server = await asyncio.start_server(self._meet, address, port, backlog=1024)
            port = server.sockets[0].getsockname()[1]
            servers.append(server)
        self._pages = {(page.host, folded(page.target)): page for page in World(port).pages.values()}
        print(port, flush=True)
        await asyncio.gather(*(server.serve_forever() for server in servers))

    async def _meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, with as many requests as come over it."""
        number = next(self._connections)
        try:
            while (asked := await _read(reader)) is not None:
                if asked.target.startswith("/.control/"):
                    ends = await self._control(asked, reader, writer)
                else:
                    ends = await self._answer(asked, number, reader, writer)
                if ends:
                    break
        except (ConnectionError, TimeoutError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    async def _answer(
        self, asked: Request, connection: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> bool:
        """Answer one request, step by step; whether the connection is done with."""
        entry = Logged(asked.host, asked.method, folded(asked.target), asked.headers, connection, time.monotonic())
        self._log.append(entry)
        reply = self._reply_to(asked)
        entry.status = reply.status
        left = asyncio.ensure_future(reader.read(1))  # nothing comes while an answer is awaited, unless the client goes
        try:
            for step in reply.steps():
                if isinstance(step, float):
                    await asyncio.wait([left], timeout=step)
                else:
                    entry.ended = time.monotonic()  # noted before the client can know, and moved on with every step
                    writer.write(step)
                    entry.sent += len(step)
                    await writer.drain()
                if left.done():
                    return True
            entry.is_whole = True
            return reply.ends
        finally:
            if left.done() or entry.ended is None or not entry.is_whole:
                entry.ended = time.monotonic()
            await _stop(left)

    def _reply_to(self, asked: Request) -> Reply:
        page = self._pages.get((_NAMES.get(asked.host, asked.host), folded(asked.target)))
        if page is None and asked.target.startswith("/loop/growing"):
            page = self._pages["main", "/loop/growing"]
        self._visits[asked.host, asked.target] += 1
        request = Request(asked.host, asked.method, asked.target, asked.headers, self._visits[asked.host, asked.target])
        return page.answer(request, self._told) if page else _NO_PAGE

    async def _control(self, asked: Request, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        body = await reader.readexactly(int(asked.headers.get("content-length", "0")))
        action = asked.target.rpartition("/")[2]
        if action == "tell":
            self._told.update(json.loads(body))
        elif action == "forget":
            self._log.clear()
            self._visits.clear()
            self._told.clear()
        reply = Reply(body=json.dumps([asdict(entry) for entry in self._log]).encode(), media="application/json", closes=True)
        writer.write(reply.head() + reply.body)
        await writer.drain()
        return True


async def _stop(left: "asyncio.Future[bytes]") -> None:
    """End the watch over the client; a reader takes no other reader beside it."""
    left.cancel()
    with contextlib.suppress(asyncio.CancelledError, ConnectionError):
        await left


async def _read(reader: asyncio.StreamReader) -> Request | None:
    """The next request, its `visit` not counted yet; None where the connection ends."""
    async with asyncio.timeout(_IDLE_SECONDS):
        try:
            head = await reader.readuntil(b"\r\n\r\n")
        except asyncio.IncompleteReadError:
            return None
    first, *lines = head.decode("utf-8", "surrogateescape").rstrip("\r\n").split("\r\n")
    method, _, rest = first.partition(" ")
    target = rest.rpartition(" ")[0]
    headers = {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    host = headers.get("host", "").rpartition(":")[0] or headers.get("host", "")
    return Request(host, method, target, headers, 0)


if __name__ == "__main__":
    asyncio.run(Server().serve(int(sys.argv[1]) if len(sys.argv) > 1 else 0))
