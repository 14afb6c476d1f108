"""The audit of all that was loaded: one finding a check, whatever the parts."""

from collections.abc import Callable
from datetime import datetime

import polars as pl
import pytest

from expectations.audit import Audit
from expectations.suites import Judge

Frames = dict[str, pl.DataFrame]
DOCUMENT = pl.col("document_id")


@pytest.fixture
def audit(judge: Judge) -> Audit:
    return Audit(judge, datetime(2026, 11, 22, 9, 0))


def found_of(audit: Audit, table: str, expectation: str, column: str) -> dict[str, object]:
    rows = audit.quality_results("run-1").filter(
        (pl.col("table_name") == table) & (pl.col("expectation") == expectation) & (pl.col("column_name") == column)
    )
    return rows.row(0, named=True)


def keys(frames: Frames, *references: str) -> dict[str, pl.Series]:
    return {reference: frames[reference.split(".")[0]][reference.split(".")[1]] for reference in references}


def test_a_warehouse_in_order_is_not_broken(audit: Audit, frames: Frames) -> None:
    audit.add(frames, {})
    assert audit.broken == ()
    assert set(audit.quality_results("run-1")["run_id"]) == {"run-1"}
    assert audit.quality_results("run-1")["success"].all()


def test_what_is_beyond_the_part_is_known_by_its_keys(audit: Audit, frames: Frames) -> None:
    part = {name: frames[name] for name in ("documents", "sentences", "mentions")}
    audit.add(part, keys(frames, "entities.entity_id", "sources.source_id"))
    assert audit.quality_results("run-1")["success"].all()


def test_a_reference_that_leads_nowhere_is_found(audit: Audit, frames: Frames) -> None:
    part = {name: frames[name] for name in ("documents", "sentences", "mentions")}
    audit.add(part, {"entities.entity_id": pl.Series(["another"]), **keys(frames, "sources.source_id")})
    row = found_of(audit, "mentions", "expect_column_values_to_refer_to_a_known_row", "entity_id")
    assert (row["success"], row["unexpected_count"]) == (False, 1)


def test_parts_make_one_finding_with_the_rows_of_all(audit: Audit, frames: Frames, broken: Callable[..., Frames]) -> None:
    wrong = broken(broken(frames, "documents", 0, text_chars=1), "documents", 2, text_chars=1)
    for row in range(3):
        audit.add({"documents": wrong["documents"][row : row + 1]}, keys(frames, "documents.document_id", "sources.source_id"))
    row = found_of(audit, "documents", "expect_text_chars_to_count_text", "text_chars,text")
    assert (row["success"], row["unexpected_count"]) == (False, 2)
    assert row["unexpected_percent"] == pytest.approx(200 / 3)
    assert "d1" in str(row["observed_value"])


def test_a_share_that_suffices_is_that_of_all_parts(audit: Audit, frames: Frames, broken: Callable[..., Frames]) -> None:
    undated = broken(frames, "documents", 0, published_at=None)["documents"].filter(DOCUMENT == "d1")
    beside = keys(frames, "documents.document_id", "sources.source_id")
    audit.add({"documents": undated}, beside)
    dated = frames["documents"].filter(DOCUMENT == "d1").with_columns(page_id=pl.lit("another"))
    audit.add({"documents": dated}, beside)
    row = found_of(audit, "documents", "expect_column_values_to_be_mostly_known", "published_at")
    assert (row["success"], row["unexpected_count"]) == (True, 1)


def test_what_would_have_stopped_a_load_is_told_with_the_mend(audit: Audit, frames: Frames) -> None:
    documents = pl.concat([frames["documents"], frames["documents"][:1]])
    audit.add({"documents": documents}, keys(frames, "sources.source_id"))
    assert any("expect_key_to_be_unique" in words and "To mend it" in words for words in audit.broken)
