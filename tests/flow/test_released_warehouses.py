import shutil
from contextlib import closing

from tests.unit.warehouse.released import keep
from warehouse import migrate
from warehouse.database import open_readonly
from warehouse.load import read_table
from warehouse.tables import CLAIMS, DOCUMENTS

PAGES = keep.HERE / "pages"


def test_a_run_goes_on_over_the_pages_of_a_warehouse_of_the_first_claimhouse(run_flow, tmp_path):
    shutil.copytree(PAGES, tmp_path / "pages")
    shutil.copytree(keep.HERE / "revised", tmp_path / "pages", dirs_exist_ok=True)
    keep.rebuild(keep.kept_versions()[0], tmp_path / "warehouse.duckdb")
    with closing(open_readonly(tmp_path / "warehouse.duckdb")) as con:
        before = con.execute("SELECT document_id, first_seen_at, revision FROM documents ORDER BY ALL").fetchall()
    ran = run_flow(tmp_path, tmp_path / "pages")
    assert ran.summary.status == "loaded"
    with closing(open_readonly(ran.warehouse)) as con:
        assert migrate.is_current(con)
        documents = read_table(con, DOCUMENTS)
        assert documents.select("document_id", "first_seen_at", "revision").rows() == before
        claims = read_table(con, CLAIMS)
        assert con.execute("SELECT count(*) FROM claim_terms SEMI JOIN claims USING (claim_id)").fetchone() == (claims.height,)
    assert claims.height > 10
    assert run_flow(tmp_path, tmp_path / "pages").summary.status == "unchanged"
