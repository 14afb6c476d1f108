"""The pages of the sample articles, and of one that wishes them ill, in a real browser: the system's Chromium, headless."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

PHONE = {"width": 360, "height": 740}
DESKTOP = {"width": 1280, "height": 900}


def chromium() -> str | None:
    """The path of a Chromium that is installed."""
    return next(
        filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable"))), None
    )


@dataclass
class Window:
    """One window: what it shows, and what went wrong in it. `asked` are the addresses that it asked for beyond files."""

    page: Page
    problems: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    def open(self, path: Path, anchor: str = "") -> Page:
        self.page.goto(path.absolute().as_uri() + anchor)
        return self.page

    def is_well(self) -> bool:
        assert self.problems == []
        assert self.asked == []
        return True


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    path = chromium()
    if path is None:
        pytest.skip("there is no Chromium: install it (on Debian: apt-get install chromium) to have the pages opened")
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


@contextmanager
def opened(browser: Browser, **options: object) -> Iterator[Window]:
    context = browser.new_context(**{"viewport": DESKTOP, **options})
    window = Window(context.new_page())
    page = window.page
    page.on("pageerror", lambda error: window.problems.append(f"error: {error}"))
    page.on("console", lambda said: window.problems.append(f"{said.type}: {said.text}") if said.type == "error" else None)
    page.on("dialog", lambda dialog: (window.problems.append(f"dialog: {dialog.message}"), dialog.dismiss()))
    page.on("request", lambda asked: window.asked.append(asked.url) if urlsplit(asked.url).scheme != "file" else None)
    try:
        yield window
    finally:
        context.close()


@pytest.fixture
def window(browser: Browser) -> Iterator[Window]:
    """A window in which no script failed, and from which nothing was asked of any host."""
    with opened(browser) as window:
        yield window
        assert window.is_well()


@pytest.fixture(scope="session")
def reports(samples) -> Path:
    """The reports on the sample articles."""
    return samples.data / "reports"
