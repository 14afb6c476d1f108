import polars as pl
import pytest

from warehouse.load import read_table
from warehouse.parts import parts
from warehouse.tables import TABLES


def together(divided, table) -> pl.DataFrame:
    found = [part.frames[table.name] for part in divided if table.name in part.frames]
    return pl.concat(found).sort(table.key)


@pytest.mark.parametrize(("documents", "rows"), [(1, 1), (2, 3), (100, 100)])
def test_every_row_is_in_one_part_however_small_they_are(loaded, documents, rows):
    divided = list(parts(loaded, documents=documents, rows=rows))
    for table in TABLES:
        assert together(divided, table).equals(read_table(loaded, table)), table.name


def test_the_revisions_of_a_page_are_in_one_part(loaded):
    for part in parts(loaded, documents=1):
        pages = part.frames.get("documents", pl.DataFrame({"page_id": []}))["page_id"]
        if "p-interview" in pages:
            assert pages.to_list().count("p-interview") == 2
            return
    pytest.fail("the page is in no part")


def test_a_part_tells_which_of_the_keys_that_its_rows_refer_to_are_there(loaded):
    loaded.execute("DELETE FROM entities WHERE entity_id = 'meta'")
    found = {key for part in parts(loaded, documents=1) for key in part.found.get("entities.entity_id", [])}
    assert "zuckerberg" in found
    assert "meta" not in found


@pytest.mark.parametrize(("gone", "key"), [("documents", "document_id"), ("claims", "claim_id")])
def test_rows_of_what_is_not_there_are_in_a_part_all_the_same(loaded, gone, key):
    [lost] = loaded.execute(f"SELECT min({key}) FROM claim_terms").fetchone()
    loaded.execute(f"DELETE FROM {gone} WHERE {key} = '{lost}'")
    divided = list(parts(loaded))
    for table in TABLES:
        assert together(divided, table).equals(read_table(loaded, table)), table.name


def test_an_empty_warehouse_has_every_table_in_some_part(con):
    assert {name for part in parts(con) for name in part.frames} == {table.name for table in TABLES}
