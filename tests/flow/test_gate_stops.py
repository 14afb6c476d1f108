import hashlib
import shutil
from datetime import datetime

from flows.models import pipeline_version
from flows.settings import Reading
from flows.staging import Staging
from warehouse.database import open_readonly
from warehouse.load import read_table
from warehouse.tables import BATCH_TABLES, DOCUMENTS, SENTENCES, TABLES

MET = datetime(2024, 7, 23)
TEXT = "The harbour board said on Monday that thirty ferries will cross the strait every day from May onwards, as planned."


def test_a_load_that_the_gate_stops_leaves_the_warehouse_as_it_was_and_tells_why(claimhouse, samples, tmp_path):
    shutil.copytree(samples.data, tmp_path / "data")
    page = tmp_path / "a.txt"
    page.write_text(TEXT, encoding="utf-8")
    stage_wrong_spans(Staging(tmp_path / "data" / "staging"), page)
    stopped = claimhouse("run", "a.txt")
    out, err = stopped.communicate(timeout=120)
    assert stopped.returncode == 1, err
    assert "STOPPED the load" in out
    assert "To mend it" in err
    assert "Traceback" not in err

    con = open_readonly(tmp_path / "data" / "warehouse.duckdb")
    before = open_readonly(samples.warehouse)
    for table in TABLES:
        if table.written != "run":
            assert read_table(con, table).equals(read_table(before, table)), table.name
    assert con.execute("SELECT status, documents, claims FROM runs ORDER BY started_at DESC LIMIT 1").fetchall() == [
        ("stopped", 0, 0)
    ]
    assert con.execute("SELECT count(*) FROM quality_results WHERE NOT success AND severity = 'critical'").fetchone() != (0,)
    assert Staging(tmp_path / "data" / "staging").pages() != set()


def stage_wrong_spans(staging: Staging, page) -> None:
    """What a killed run might have left, had its reading been wrong: sentences that are not what their spans hold."""
    document = {
        "document_id": "d",
        "page_id": "p",
        "page_key": page.name,
        "source_id": "s",
        "url": page.as_uri(),
        "authors": [],
        "text": TEXT,
        "text_chars": len(TEXT),
        "word_count": 20,
        "content_hash": "c",
        "outcome": "kept",
        "raw_hash": hashlib.sha256(page.read_bytes()).hexdigest(),
        "pipeline_version": pipeline_version(Reading()),
        "fetched_at": MET,
        "first_seen_at": MET,
        "last_seen_at": MET,
        "revision": 1,
        "is_current": True,
    }
    sentences = [
        {
            "sentence_id": f"s{n}",
            "document_id": "d",
            "position": n,
            "start_char": n * 10,
            "end_char": n * 10 + 10,
            "text": "never said",
            "zone": "body",
        }
        for n in range(10)
    ]
    empty = {table.name: table.frame() for table in BATCH_TABLES}
    staging.write("k", {**empty, "documents": DOCUMENTS.frame([document]), "sentences": SENTENCES.frame(sentences)})
