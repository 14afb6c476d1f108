import polars as pl
import pytest

from expectations.audit import Audit
from expectations.model import BY_NAME
from flows.found import FoundPage
from flows.knowledge import reading
from flows.news import gather_news, plan_reading, split_known
from flows.staging import Staging
from tests.unit.flows.gated import BREAD, FERRIES, LAMPS, SECOND, Gated, QuickJudge, article, check
from warehouse.tables import BATCH_TABLES, CLAIM_ENTITIES, CLAIMS, DOCUMENTS, SENTENCES
from warehouse.tallies import tallies

NONE = pl.Series("document_id", [], dtype=pl.String)


def found(name: str, raw_hash: str | None = "h") -> FoundPage:
    return FoundPage(name, f"/{name}", f"file:///{name}", "s", 1, raw_hash, None if raw_hash else "too large")


def documents(*rows: tuple[str, str, str], version: str = "v1") -> pl.DataFrame:
    """document_id, name, raw_hash."""
    same = {"pipeline_version": version, "source_id": "s"}
    return DOCUMENTS.frame(
        [{"document_id": id_, "page_key": name, "url": f"file:///{name}", "raw_hash": raw, **same} for id_, name, raw in rows]
    )


def test_a_page_that_the_warehouse_knows_is_recognised():
    plan = plan_reading([found("a"), found("b")], documents(("d1", "a", "h")), set(), "v1")
    assert [page.key for page in plan.pending] == ["b"]
    assert plan.recognised.to_list() == ["d1"]


def test_changed_bytes_are_read_again():
    plan = plan_reading([found("a", "new")], documents(("d1", "a", "h")), set(), "v1")
    assert [page.key for page in plan.pending] == ["a"]
    assert plan.recognised.is_empty()


def test_what_another_version_read_is_read_again():
    assert len(plan_reading([found("a")], documents(("d1", "a", "h"), version="v0"), set(), "v1").pending) == 1


def test_what_an_earlier_run_staged_is_not_read_again():
    plan = plan_reading([found("a"), found("b")], documents(), {("file:///a", "h")}, "v1")
    assert ([page.key for page in plan.staged], [page.key for page in plan.pending]) == (["a"], ["b"])
    assert plan.places == {("file:///a", "h"), ("file:///b", "h")}


def test_a_page_that_could_not_be_read_is_tried_again():
    assert len(plan_reading([found("a", None)], documents(("d1", "a", "h")), set(), "v1").pending) == 1


def test_parts_hold_every_page_once_and_are_equally_large_but_for_the_last_which_is_half_as_large():
    read, staged = [found(f"{number:02}") for number in range(11)], {("file:///03", "h"), ("file:///07", "h")}
    parts = plan_reading([*read, found("known")], documents(("d1", "known", "h")), staged, "v1").parts(5)
    assert [len(part.places) for part in parts] == [5, 4, 2]
    assert sorted(place for part in parts for place in part.places) == [page.place for page in read]
    assert sorted(page.place for part in parts for page in part.staged) == sorted(staged)
    assert all(part.recognised.to_list() == ["d1"] for part in parts)


def test_a_part_knows_the_addresses_of_those_after_it():
    parts = plan_reading([found(name) for name in "abc"], documents(), set(), "v1").parts(1)
    assert [sorted(part.later) for part in parts] == [["file:///b", "file:///c"], ["file:///c"], []]


def test_what_was_found_of_a_page_at_several_times_is_in_one_part():
    revisions = [found("a", f"h{number}") for number in range(4)]
    parts = plan_reading([*revisions, found("b")], documents(), set(), "v1").parts(2)
    assert [{page.key for page in part.pending} for part in parts] == [{"a"}, {"b"}]


def test_where_nothing_is_to_be_read_there_is_one_part_all_the_same():
    [part] = plan_reading([found("a")], documents(("d1", "a", "h")), set(), "v1").parts(5)
    assert (part.places, part.recognised.to_list()) == (frozenset(), ["d1"])


def test_a_document_that_is_known_as_it_is_is_no_news():
    new, again = split_known(documents(("d1", "a", "h"), ("d2", "b", "h")), documents(("d1", "a", "h")), NONE)
    assert (new["document_id"].to_list(), again.to_list()) == (["d2"], ["d1"])


def test_a_known_document_read_by_another_version_is_news():
    new, again = split_known(documents(("d1", "a", "h")), documents(("d1", "a", "h"), version="v0"), NONE)
    assert (new.height, again.len()) == (1, 0)


def test_a_known_document_whose_bytes_changed_is_news():
    new, _ = split_known(documents(("d1", "a", "other")), documents(("d1", "a", "h")), NONE)
    assert new.height == 1


def test_a_document_that_this_run_met_elsewhere_as_it_was_is_no_news():
    new, again = split_known(documents(("d1", "copy", "other")), documents(("d1", "a", "h")), pl.Series("document_id", ["d1"]))
    assert (new.height, again.to_list()) == (0, ["d1"])


def test_two_pages_that_are_one_document_are_one_row_the_first_by_key():
    new, _ = split_known(documents(("d1", "b", "h2"), ("d1", "a", "h1")), documents(), NONE)
    assert new["page_key"].to_list() == ["a"]


@pytest.fixture
def staging(tmp_path) -> Staging:
    staging = Staging(tmp_path)
    read = documents(("d1", "a", "h"), ("d1", "b", "h"), ("d2", "c", "h"), ("d3", "d", "h"))
    claims = CLAIMS.frame([{"claim_id": "c2", "document_id": "d2"}, {"claim_id": "c3", "document_id": "d3"}])
    links = CLAIM_ENTITIES.frame([{"claim_id": claim_id, "entity_id": "e", "role": "subject"} for claim_id in ("c2", "c3")])
    sentences = SENTENCES.frame([{"sentence_id": "s2", "document_id": "d2"}, {"sentence_id": "s3", "document_id": "d3"}])
    staging.write("k", {"documents": read, "claims": claims, "claim_entities": links, "sentences": sentences})
    return staging


def test_news_are_the_rows_of_new_documents_and_the_number_that_there_must_be(staging):
    todo = plan_reading([found(name) for name in "abcd"], documents(), set(), "v1")
    news = gather_news(todo, staging, documents(("d3", "d", "h")), (DOCUMENTS, SENTENCES, CLAIMS, CLAIM_ENTITIES))
    assert news.tables["documents"]["document_id"].to_list() == ["d1", "d2"]
    assert news.tables["sentences"]["sentence_id"].to_list() == ["s2"]
    assert news.tables["claim_entities"]["claim_id"].to_list() == ["c2"]
    assert news.seen == ("d3",)
    assert news.documents == 2


def test_a_page_that_was_lost_on_the_way_leaves_fewer_documents_than_there_must_be(staging):
    todo = plan_reading([found(name) for name in "abcde"], documents(), set(), "v1")
    news = gather_news(todo, staging, documents(), (DOCUMENTS, SENTENCES, CLAIMS, CLAIM_ENTITIES))
    assert news.documents == news.tables["documents"].height + 1


@pytest.fixture
def gated(tmp_path, monkeypatch):
    monkeypatch.setattr("expectations.gate.Judge", QuickJudge)
    return Gated(tmp_path)


def test_a_known_document_stays_as_it_is_where_a_new_reading_of_it_is_held_back(gated):
    gated.run(article("a", FERRIES, LAMPS))
    before = {table.name: gated.table(table) for table in BATCH_TABLES}
    gated.hold_back(check("documents", "title", "title <> 'About A'"))
    gated.run(article("a", FERRIES, LAMPS, title="About A", pipeline_version="v2"), article("b", FERRIES, BREAD), at=SECOND)
    for name, frame in before.items():
        kept = gated.table(BY_NAME[name])
        assert kept.join(frame, on=frame.columns, how="semi", nulls_equal=True).height == frame.height, name
    assert gated.ask("SELECT row_key FROM quarantine WHERE table_name = 'documents'") == [("a",)]
    # The ferries are claimed by both, and b was held against the claim of a that is loaded.
    assert gated.ask("SELECT text, claim_count FROM claim_clusters WHERE claim_count > 1") == [(FERRIES, 2)]


def test_clusters_and_entities_count_no_claim_that_was_held_back(gated):
    gated.hold_back(check("claims", "claim_id", "claim_id <> 'a c0'"), check("mentions", "mention_id", "mention_id <> 'a m1'"))
    gated.run(article("a", FERRIES, LAMPS), article("b", FERRIES, BREAD), article("c", LAMPS, BREAD))
    assert dict(gated.ask("SELECT text, claim_count FROM claim_clusters")) == {FERRIES: 1, LAMPS: 2, BREAD: 2}
    assert gated.ask("SELECT entity_id FROM entities ANTI JOIN mentions USING (entity_id)") == []
    audit = Audit(QuickJudge(), SECOND)
    with reading(gated.path) as con:
        audit.add_tallies(tallies(con))
    assert audit.broken == ()
    assert audit.quality_results("r").filter(~pl.col("success")).is_empty()
