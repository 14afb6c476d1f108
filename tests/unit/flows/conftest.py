from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from flows.reports.pages import write_pages
from tests.site.running import Site, running_site
from warehouse.database import Connection, in_memory
from warehouse.load import load_tables
from warehouse.tables import TABLES


@pytest.fixture(scope="package")
def site() -> Iterator[Site]:
    """The made site, in its own process. Tests tell it nothing that others would see."""
    with running_site() as site:
        yield site


@pytest.fixture(scope="package")
def made_warehouse() -> Iterator[Connection]:
    con = in_memory()
    yield con
    con.close()


@pytest.fixture
def con(made_warehouse: Connection) -> Connection:
    """An empty warehouse. To empty one is faster than to make one."""
    for table in TABLES:
        made_warehouse.execute(f"DELETE FROM {table.name}")
    return made_warehouse


@pytest.fixture
def load(con: Connection) -> Callable[..., None]:
    """Loads rows by table."""
    schemas = {table.name: table for table in TABLES}

    def into_warehouse(**rows: list[dict[str, object]]) -> None:
        load_tables(con, {name: schemas[name].frame(found) for name, found in rows.items()}, replaced_documents=[])

    return into_warehouse


@pytest.fixture
def reports(con: Connection, tmp_path: Path) -> Callable[[], Path]:
    """Writes the pages about the warehouse as it is now; the folder they are in."""

    def written() -> Path:
        write_pages(con, tmp_path / "reports")
        return tmp_path / "reports"

    return written
