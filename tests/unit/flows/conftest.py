from collections.abc import Iterator

import pytest

from tests.site.running import Site, running_site


@pytest.fixture(scope="package")
def site() -> Iterator[Site]:
    """The made site, in its own process. Tests tell it nothing that others would see."""
    with running_site() as site:
        yield site
