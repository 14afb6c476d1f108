"""The site and a run over all of it, for every test that looks at them: a run takes seconds."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from flows.summary import Summary
from tests.site.running import Site, running_site
from tests.site.server import Logged


@dataclass(frozen=True)
class SiteRun:
    """A run over the whole site, and what the server saw of it. Tests copy `data`, and leave it as it is."""

    site: Site
    data: Path
    summary: Summary
    log: list[Logged]


@pytest.fixture(scope="session")
def site() -> Iterator[Site]:
    """The site, in its own process. A test that tells it something has it forget that at its end."""
    with running_site() as site:
        yield site


@pytest.fixture(scope="session")
def build_at(prefect_server: str) -> Callable[..., Summary]:
    """Run the main flow in this process over the sources of the settings in a folder."""

    def run(data: Path, *, from_archive: bool = False) -> Summary:
        from flows.build import build

        return build(config=str(data / "claimhouse.toml"), from_archive=from_archive)

    return run


@pytest.fixture(scope="session")
def site_run(site: Site, build_at: Callable[..., Summary], tmp_path_factory: pytest.TempPathFactory) -> SiteRun:
    """The first run over everything: sources that are well, broken ones, and a list of all other addresses."""
    data = tmp_path_factory.mktemp("site")
    listings = site.world.listings
    (data / "addresses.txt").write_text("\n".join(listings.addresses()), encoding="utf-8")
    write_settings(data, site, [*listings.sources(), *listings.broken_sources(), "addresses.txt"])
    summary = build_at(data)
    return SiteRun(site, data, summary, site.log())


def write_settings(data: Path, site: Site, sources: list[str], **fetch: object) -> None:
    """Write claimhouse.toml into the folder: these sources, and what the manifest counts on."""
    listed = "".join(f"[[sources]]\nlocation = {json.dumps(source)}\n" for source in sources)
    (data / "claimhouse.toml").write_text(f'data_dir = "."\n{site.settings(**fetch)}{listed}', encoding="utf-8")
