"""A web site of made pages that answers as fast as it can: `python -m benchmarks.made_site PAGES` prints its port and serves.

`/sitemap.xml` names the pages, `/page/0` and on; each is a small article of its own with an entity tag, as a news site's are.
The sitemap has no validators, which is the worst case: it is sent and read in full each time. `/count` gives the number of
requests so far. One process, no framework: what is measured is the client.
"""

import asyncio
import sys
from random import Random

from wordfreq import top_n_list

BODIES, BODY_WORDS, PARAGRAPH_WORDS = 64, 420, 60
"""About 4 KB a page, in as many wordings as keep it from being packed better than real text is."""
_HEAD = (
    "<!doctype html><html lang=en><head><meta charset=utf-8><title>Report {0}</title></head><body><nav><a href=/>Home</a></nav>"
)
_PAGE = (
    _HEAD + "<article><h1>Report {0} of the day</h1><p>This is report {0}.</p>{1}</article><footer>Made</footer></body></html>"
)


class MadeSite:
    """So many pages on one port."""

    def __init__(self, pages: int) -> None:
        self.pages = pages
        self.requests = 0
        words = [word for word in top_n_list("en", 8_000) if word.isalpha()]
        self._bodies = [_body(words, Random(number)) for number in range(BODIES)]  # noqa: S311   made words, no secret
        self._sitemap = b""

    async def serve(self) -> None:
        """Serve on a free port of this machine until the process ends; the port is printed."""
        server = await asyncio.get_running_loop().create_server(lambda: _Connection(self), "127.0.0.1", 0, backlog=1024)
        port = server.sockets[0].getsockname()[1]
        self._sitemap = _sitemap(f"http://127.0.0.1:{port}", self.pages)
        print(port, flush=True)
        await server.serve_forever()

    def answer(self, target: str, known: str) -> bytes:
        """The whole response; `known` is the entity tag that the client has."""
        self.requests += target != "/count"
        if target.startswith("/page/") and target[6:].isdigit() and int(target[6:]) < self.pages:
            number = int(target[6:])
            tag = f'"page-{number}"'
            if known == tag:
                return f"HTTP/1.1 304 Not Modified\r\nETag: {tag}\r\n\r\n".encode()
            body = _PAGE.format(number, self._bodies[number % BODIES]).encode()
            return _response(200, body, f"Content-Type: text/html; charset=utf-8\r\nETag: {tag}\r\n")
        if target == "/sitemap.xml":
            return _response(200, self._sitemap, "Content-Type: application/xml\r\n")
        return _response(200, str(self.requests).encode()) if target == "/count" else _response(404, b"no such page")


class _Connection(asyncio.Protocol):
    """One connection: a request has no body, so its head is all of it."""

    def __init__(self, site: MadeSite) -> None:
        self._site = site
        self._received = b""
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take the transport."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Answer every request that is whole."""
        self._received += data
        while b"\r\n\r\n" in self._received:
            head, _, self._received = self._received.partition(b"\r\n\r\n")
            first, *lines = head.decode("latin-1").split("\r\n")
            known = next((line.partition(":")[2].strip() for line in lines if line.lower().startswith("if-none-match:")), "")
            assert self._transport is not None
            self._transport.write(self._site.answer(first.split(" ")[1], known))


def _response(status: int, body: bytes, headers: str = "") -> bytes:
    return (
        f"HTTP/1.1 {status} {'OK' if status == 200 else 'Not Found'}\r\n{headers}Content-Length: {len(body)}\r\n\r\n".encode()
        + body
    )


def _body(words: list[str], random: Random) -> str:
    drawn = random.choices(words, k=BODY_WORDS)
    parts = (drawn[at : at + PARAGRAPH_WORDS] for at in range(0, BODY_WORDS, PARAGRAPH_WORDS))
    return "".join(f"<p>{' '.join(part).capitalize()}.</p>" for part in parts)


def _sitemap(root: str, pages: int) -> bytes:
    entries = "".join(f"<url><loc>{root}/page/{at}</loc><lastmod>2026-03-01T06:00:00Z</lastmod></url>" for at in range(pages))
    return f'<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{entries}</urlset>'.encode()


if __name__ == "__main__":
    asyncio.run(MadeSite(int(sys.argv[1])).serve())
