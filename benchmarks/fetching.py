"""How fast pages are fetched and archived, how much memory it takes, and what a second run costs when nothing is new.

    python -m benchmarks.fetching [--pages 10000] [--rounds 2] [--accept REASON]

A server process on loopback serves made pages and a sitemap (see `made_site`). Collecting is all that a run does before it
reads: look at the sitemap, fetch each page, write it to the archive and enter it in the ledger, here with politeness set to
zero. Each turn is a process of its own.
"""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from urllib.request import urlopen

from rich.console import Console

from benchmarks.figures import Figure
from benchmarks.verdict import settle_figures

PAGES, FEW = 10_000, 2_000
LEAST_PAGES_A_SECOND = 150.0
MOST_OF_FIRST_RUN = 0.05
MOST_MEMORY_TIMES = 1.15
"""Peak memory with all pages against a fifth of them: it may not grow with what is fetched."""
MOST_REQUESTS_AGAIN = 2
"""A second run may ask for the sitemap and for robots.txt."""
DATA = "made site"
_HOST = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Turn:
    """One collecting: its seconds, the pages that came, the requests that the server saw, and the process's peak memory."""

    seconds: float
    pages: int
    requests: int
    peak_bytes: int


@dataclass(frozen=True, slots=True)
class Timings:
    """The best first run with its second run, and a first run over few pages."""

    first: Turn
    second: Turn
    few: Turn


def take_turn(folder: Path, port: int) -> Turn:
    """Collect from the site into the folder, in this process."""
    # Collecting alone: neither Prefect nor the language model is loaded.
    from flows.fetch.collect import collect_sources  # noqa: PLC0415
    from flows.inputs import Period, address_rules, inputs_of  # noqa: PLC0415
    from flows.settings import Fetch, Settings  # noqa: PLC0415

    polite = Fetch(allowed_hosts=(_HOST,), delay_seconds=0, per_host=32, connections=32, max_addresses=1_000_000)
    settings = Settings(data_dir=folder, fetch=polite)
    inputs = inputs_of([f"http://{_HOST}:{port}/sitemap.xml"], settings)
    before = _requests_at(port)
    collected = collect_sources(inputs.web, settings, address_rules(), period=Period())
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    return Turn(collected.seconds, collected.states["read"], _requests_at(port) - before, peak)


def _requests_at(port: int) -> int:
    with urlopen(f"http://{_HOST}:{port}/count", timeout=30) as answer:
        return int(answer.read())


@contextmanager
def made_site(pages: int) -> Iterator[int]:
    """A server with so many pages, on the port given."""
    command = [sys.executable, "-m", "benchmarks.made_site", str(pages)]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)  # noqa: S603   our own command
    assert server.stdout is not None
    try:
        yield int(server.stdout.readline())
    finally:
        server.kill()
        server.wait()
        server.stdout.close()


def _turn_apart(folder: Path, port: int) -> Turn:
    command = [sys.executable, "-m", "benchmarks.fetching", "--turn", str(folder), str(port)]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)  # noqa: S603   our own command
    return Turn(**json.loads(done.stdout.splitlines()[-1]))


def time_all(pages: int, rounds: int) -> Timings:
    """Collect everything twice, so many times; the best first run counts."""
    with tempfile.TemporaryDirectory() as made, made_site(min(FEW, pages)) as port:
        few = _turn_apart(Path(made), port)
    turns = []
    for _ in range(rounds):
        with tempfile.TemporaryDirectory() as made, made_site(pages) as port:
            turns.append((_turn_apart(Path(made), port), _turn_apart(Path(made), port)))
    first, second = min(turns, key=lambda pair: pair[0].seconds)
    return Timings(first, second, few)


def figures_of(timings: Timings, pages: int) -> list[Figure]:
    """Figures with their limits; that of the rate is a floor, which accepting sets to LEAST_PAGES_A_SECOND."""
    first, second, few = timings.first, timings.second, timings.few
    rate = first.pages / first.seconds
    again = f"{second.seconds:.2f} s against {first.seconds:.1f} s; {second.pages} pages came"
    memory = f"{first.peak_bytes / 1e6:.0f} MB against {few.peak_bytes / 1e6:.0f} MB with {few.pages:,} pages"
    made_of = f"{first.pages:,} pages in {first.seconds:.1f} s, {first.requests:,} requests"
    return [
        Figure(DATA, f"pages fetched a second of {pages:,}", rate, made_of, slack=max(0.0, rate - LEAST_PAGES_A_SECOND)),
        Figure(DATA, "pages that were missed", pages - first.pages, limit=0),
        Figure(
            DATA,
            f"peak memory, times that of {FEW:,} pages",
            first.peak_bytes / few.peak_bytes,
            memory,
            limit=MOST_MEMORY_TIMES,
        ),
        Figure(
            DATA, "second run, share of the first one's time", second.seconds / first.seconds, again, limit=MOST_OF_FIRST_RUN
        ),
        Figure(DATA, "second run, requests", second.requests, limit=MOST_REQUESTS_AGAIN),
    ]


def main(pages: int = PAGES, *, rounds: int = 2, reason: str | None = None) -> int:
    """Time, print, and hold against the limits. Returns 1 where one is exceeded."""
    console = Console(width=None if sys.stdout.isatty() else 180, highlight=False)
    return settle_figures(figures_of(time_all(pages, rounds), pages), reason, console)


def _arguments(given: Sequence[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.fetching", description="Time fetching from a site on loopback.")
    parser.add_argument("--pages", type=int, default=PAGES, metavar="N", help="pages of the site")
    parser.add_argument("--rounds", type=int, default=2, metavar="N", help="turns; the best one counts")
    parser.add_argument("--accept", metavar="REASON", help="accept what is measured now, for this reason")
    parser.add_argument("--turn", nargs=2, help=argparse.SUPPRESS)
    return parser.parse_args(given)


if __name__ == "__main__":
    arguments = _arguments()
    if arguments.turn:
        print(json.dumps(asdict(take_turn(Path(arguments.turn[0]), int(arguments.turn[1])))))
        sys.exit(0)
    sys.exit(main(arguments.pages, rounds=arguments.rounds, reason=arguments.accept))
