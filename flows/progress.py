"""What a person sees of a run while it goes on, and at its end."""

import shlex
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, ProgressColumn, Task, TextColumn, TimeRemainingColumn
from rich.text import Text

from flows.summary import QUERIES, Summary

Count = Callable[[], tuple[int, int]]
"""Pages and words read so far."""

_TERMINAL_SECONDS = 0.25


@contextmanager
def shown(total: int, count: Count) -> Iterator[None]:
    """Show on a terminal how far reading is, of so many pages; elsewhere nothing."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield
        return
    with _bar(console, total) as advance, _repeated(lambda: advance(*count()), _TERMINAL_SECONDS):
        yield


@contextmanager
def fetching() -> Iterator[Callable[[int, int], None]]:
    """Show on a terminal how far fetching is; elsewhere nothing. Gives what is to be told of pages done and due."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield lambda *_: None
        return
    columns = (
        TextColumn("Fetching"), BarColumn(), MofNCompleteColumn(), TextColumn("pages"), _Speed(), TimeRemainingColumn(),
    )  # fmt: skip
    with Progress(*columns, console=console) as bars:
        bar = bars.add_task("", total=None)
        yield lambda done, due: bars.update(bar, completed=done, total=due)


@contextmanager
def _repeated(action: Callable[[], None], every: float) -> Iterator[None]:
    """Have the action done now and then while the block runs, and once more at its end."""
    ended = threading.Event()

    def repeat() -> None:
        while not ended.wait(every):
            action()

    thread = threading.Thread(target=repeat, daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()
        action()


@contextmanager
def _bar(console: Console, total: int) -> Iterator[Callable[[int, int], None]]:
    columns = (TextColumn("Reading"), BarColumn(), MofNCompleteColumn(), TextColumn("pages"), _Rates(), TimeRemainingColumn())
    with Progress(*columns, console=console) as progress:
        bar = progress.add_task("", total=total, words=0)
        yield lambda pages, words: progress.update(bar, completed=pages, words=words)


class _Rates(ProgressColumn):
    """Pages and words a second, over all the time since the start: the first batch waits for its model."""

    def render(self, task: Task) -> Text:
        """Both rates, once there are any."""
        if not task.elapsed or not task.completed:
            return Text("")
        return Text(f"{task.completed / task.elapsed:.1f} pages/s · {task.fields['words'] / task.elapsed:,.0f} words/s")


class _Speed(ProgressColumn):
    """Pages a second, over all the time since the start."""

    def render(self, task: Task) -> Text:
        """The rate, once there is one."""
        return Text(f"{task.completed / task.elapsed:.1f} pages/s") if task.elapsed and task.completed else Text("")


def warn(sentence: str) -> None:
    """A sentence that a person should see even when the run goes on."""
    print(f"Note: {sentence}", file=sys.stderr)


def show_summary(summary: Summary) -> None:
    """What the run came to."""
    console = Console(highlight=False, soft_wrap=True)
    for label, words in summary.lines():
        console.print(f"[bold]{label:<10}[/bold] {escape(words)}")


def show_queries(options: Mapping[str, Path | str | None]) -> None:
    """Three queries to try, with the options that lead to the same warehouse."""
    given = "".join(f" {name} {shlex.quote(str(path))}" for name, path in options.items() if path)
    console = Console(highlight=False, soft_wrap=True)
    console.print("\n[bold]Try[/bold]")
    for sql in QUERIES:
        console.print(escape(f'  claimhouse query "{sql}"{given}'))
