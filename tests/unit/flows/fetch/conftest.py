"""A real web site on loopback that answers byte for byte what a test says, and remembers what it was asked."""

import asyncio
import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field

import pytest

from flows.fetch import client
from flows.fetch.client import fetching
from flows.settings import Fetch


@dataclass(frozen=True)
class Asked:
    """One request as the server saw it; header names in small letters."""

    path: str
    headers: dict[str, str]
    at: float


Answers = bytes | Callable[[Asked, socket.socket], None]


@dataclass
class Site:
    """`pages` maps a path to the bytes of its answer, to a list of them of which the last one stays, or to a function."""

    port: int
    pages: dict[str, Answers | list[Answers]] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)
    busy: int = 0
    busiest: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def address(self):
        return f"http://127.0.0.1:{self.port}"

    def paths(self):
        """What was asked for, without robots.txt."""
        return [asked.path for asked in self.asked if asked.path != "/robots.txt"]

    @staticmethod
    def answer(body=b"<p>Text.</p>", status="200 OK", **headers):
        """The bytes of an answer; header names are written with _ for -, and None leaves one out."""
        fields = {"Content_Type": "text/html", "Content_Length": str(len(body))} | headers
        lines = [f"{name.replace('_', '-')}: {value}" for name, value in fields.items() if value is not None]
        return f"HTTP/1.1 {status}\r\n".encode() + "".join(f"{line}\r\n" for line in lines).encode("latin-1") + b"\r\n" + body

    def settings(self, **changes):
        fast = {
            "delay_seconds": 0,
            "per_host": 8,
            "timeout_seconds": 2,
            "tries": 1,
            "allowed_hosts": ("127.0.0.1", "localhost"),
        }
        return Fetch(**fast | changes)

    def fetch(self, *paths, max_bytes=100_000, known=client.NOTHING_KNOWN, **changes):
        """The outcomes of these paths (or addresses), fetched at the same time: one, or a list of them."""

        async def run():
            async with fetching(self.settings(**changes)) as fetcher:
                addresses = [path if "://" in path else self.address + path for path in paths]
                outcomes = await asyncio.gather(*(fetcher.fetch(one, known=known, max_bytes=max_bytes) for one in addresses))
                assert asyncio.all_tasks() == {asyncio.current_task()}
                return outcomes

        outcomes = asyncio.run(run())
        return outcomes[0] if len(paths) == 1 else outcomes

    def serve(self, listener):
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=self.talk, args=(connection,), daemon=True).start()

    def talk(self, connection):
        with connection, suppress(OSError):
            received = b""
            while True:
                while b"\r\n\r\n" not in received:
                    part = connection.recv(65536)
                    if not part:
                        return
                    received += part
                head, received = received.split(b"\r\n\r\n", 1)
                if not self.reply(self.note(head), connection):
                    return

    def note(self, head):
        first, *lines = head.decode("latin-1").split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        asked = Asked(first.split(" ")[1], headers, time.monotonic())
        self.asked.append(asked)
        return asked

    def reply(self, asked, connection):
        """Whether the connection stays open."""
        page = self.pages.get(asked.path, self.answer(b"no", "404 Not Found"))
        if isinstance(page, list):
            page = page.pop(0) if len(page) > 1 else page[0]
        if callable(page):
            page(asked, connection)
            return False
        connection.sendall(page)
        return b"\r\ncontent-length:" in page.lower() and b"close" not in page.split(b"\r\n\r\n")[0]

    def work(self, seconds):
        """Takes its time over an answer that isn't sent yet: who waits for it can't have asked for the next."""
        with self.lock:
            self.busy += 1
            self.busiest = max(self.busiest, self.busy)
        time.sleep(seconds)
        with self.lock:
            self.busy -= 1


@pytest.fixture
def new_site():
    """Makes a site of its own; all are closed at the end."""
    listeners = []

    def make():
        listener = socket.create_server(("127.0.0.1", 0), backlog=256)
        listeners.append(listener)
        site = Site(listener.getsockname()[1])
        threading.Thread(target=site.serve, args=(listener,), daemon=True).start()
        return site

    yield make
    for listener in listeners:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()


@pytest.fixture
def site(new_site, monkeypatch):
    """A site, and retries that don't wait long."""
    monkeypatch.setattr(client, "BACKOFF_SECONDS", 0.01)
    monkeypatch.setattr(client, "BACKOFF_JITTER_SECONDS", 0)
    return new_site()
