from datetime import datetime, timedelta

import polars as pl

from transforms.ids import content_id
from transforms.revisions import join_pages, met_before, settle_revisions, superseded
from warehouse.tables import DOCUMENTS

NOW, BEFORE = datetime(2024, 8, 2), datetime(2024, 8, 1)


def document(name: str, *, published: int | None = None, modified: int | None = None, **over) -> dict:
    """A document of page p that this run met; dates are days of July."""
    row = {
        "document_id": name, "page_id": "p", "url": f"file:///{name}", "outcome": "kept", "first_seen_at": NOW, "revision": 1,
        "is_current": True, "published_at": None if published is None else datetime(2024, 7, published),
        "modified_at": None if modified is None else datetime(2024, 7, modified),
    }  # fmt: skip
    return row | over


def known_document(name: str, **over) -> dict:
    return document(name, **({"first_seen_at": BEFORE} | over))


def documents(*rows: dict) -> pl.DataFrame:
    return pl.DataFrame(list(rows), schema=DOCUMENTS.schema)


def settled(new: list[dict], known: list[dict] = ()) -> list[tuple]:
    frame = settle_revisions(documents(*new), documents(*known))
    return frame.select("document_id", "revision", "is_current").rows()


def no_longer_current(new: list[dict], known: list[dict]) -> list[str]:
    return superseded(documents(*new), documents(*known))["document_id"].to_list()


def test_a_page_met_once_is_its_own_current_revision():
    assert settled([document("a")]) == [("a", 1, True)]


def test_revisions_of_one_run_follow_the_date_of_change():
    rows = [document("a", published=1, modified=9), document("b", published=1, modified=3)]
    assert settled(rows) == [("a", 2, True), ("b", 1, False)]


def test_without_a_date_of_change_the_date_of_publication_counts():
    assert settled([document("a", published=9), document("b", published=1, modified=3)]) == [("a", 2, True), ("b", 1, False)]


def test_a_revision_without_a_date_makes_the_run_that_met_it_count():
    assert settled([document("b")], [known_document("a", published=30)]) == [("b", 2, True)]
    assert no_longer_current([document("b")], [known_document("a", published=30)]) == ["a"]


def test_of_revisions_with_one_date_the_known_one_is_the_earlier():
    new, known = [document("a", published=1)], [known_document("b", published=1)]
    assert settled(new, known) == [("a", 2, True)]
    assert no_longer_current(new, known) == ["b"]


def test_ties_within_one_run_go_by_address():
    assert settled([document("a", url="file:///z"), document("b", url="file:///y")]) == [("a", 2, True), ("b", 1, False)]


def test_an_older_revision_met_later_is_not_current_and_counts_on():
    new, known = [document("b", published=1)], [known_document("a", published=5)]
    assert settled(new, known) == [("b", 2, False)]
    assert no_longer_current(new, known) == []


def test_the_same_document_met_again_keeps_its_revision_and_the_time_it_was_first_seen():
    known = [known_document("a", revision=2, published=5), known_document("b", revision=1, is_current=False, published=1)]
    frame = settle_revisions(documents(document("a", published=5)), documents(*known))
    assert frame.select("revision", "is_current", "first_seen_at").rows() == [(2, True, BEFORE)]
    assert no_longer_current([document("a", published=5)], known) == []


def test_a_revision_that_could_not_be_read_takes_no_other_ones_place():
    new, known = [document("b", outcome="unreadable")], [known_document("a")]
    assert settled(new, known) == [("b", 2, False)]
    assert no_longer_current(new, known) == []
    assert settled(new) == [("b", 1, True)]


def test_a_page_that_is_gone_keeps_what_it_said_as_its_current_revision():
    new, known = [document("b", outcome="gone")], [known_document("a")]
    assert settled(new, known) == [("b", 2, False)]
    assert no_longer_current(new, known) == []


def captured(name: str, hour: int, **over) -> dict:
    return document(name, **({"url": "https://p.example/", "fetched_at": datetime(2024, 7, 1, hour)} | over))


def test_captures_follow_the_time_that_they_were_fetched_whatever_they_say_themselves():
    rows = [captured("a", 9, published=1), captured("b", 5, published=2), captured("c", 7)]
    assert settled(rows) == [("a", 3, True), ("b", 1, False), ("c", 2, False)]


def test_a_capture_that_is_older_than_the_known_one_is_not_current():
    known = [captured("a", 9, first_seen_at=BEFORE)]
    assert settled([captured("b", 5)], known) == [("b", 2, False)]


def test_when_a_file_was_read_does_not_tell_which_is_later():
    rows = [captured("a", 9, url="file:///a", published=1), captured("b", 5, url="file:///b", published=2)]
    assert settled(rows) == [("a", 1, False), ("b", 2, True)]


def test_what_could_not_be_read_is_a_revision_of_the_page_that_was_read_there_before():
    read = document("c", page_id="x", source_id="s", page_key="other")
    gone = document("b", page_id="of the address", source_id="s", page_key="k", content_hash="h", outcome="gone")
    pages = pl.DataFrame({"source_id": ["s", "s"], "page_key": ["k", "other"], "page_id": ["p", "p"]})
    joined = join_pages(documents(read, gone), pages)
    assert joined.select("document_id", "page_id").rows() == [("c", "x"), (content_id("document", "p", "h"), "p")]
    assert join_pages(documents(read), pages).equals(documents(read))


def test_other_pages_are_left_alone():
    known = [known_document("a", page_id="q")]
    assert settled([document("b")], known) == [("b", 1, True)]
    assert no_longer_current([document("b")], known) == []


def test_settled_documents_are_declared_rows_in_order():
    frame = settle_revisions(documents(document("b"), document("a", page_id="q")), documents())
    assert frame.schema == DOCUMENTS.schema
    assert frame["document_id"].to_list() == ["a", "b"]
    assert settle_revisions(documents(), documents()).equals(DOCUMENTS.frame())


WEB, AHEAD, INSTANT = "https://paper.example/p", datetime(2025, 8, 1), timedelta(microseconds=1)


def in_time(known: list[dict], new: list[dict]) -> pl.DataFrame:
    return met_before(documents(*known), documents(*new), started_at=NOW)


def test_what_a_clock_that_was_ahead_has_met_is_older_than_what_is_fetched_now():
    new = [document("b", url=WEB, fetched_at=NOW - timedelta(hours=2))]  # fetched by the schedule, before this run
    known = in_time([document("a", url=WEB, fetched_at=AHEAD, first_seen_at=AHEAD)], new)
    assert known.select("fetched_at", "first_seen_at").rows() == [(NOW - timedelta(hours=2) - INSTANT, NOW - INSTANT)]
    assert settle_revisions(documents(*new), known).select("revision", "is_current").rows() == [(2, True)]
    assert superseded(documents(*new), known)["document_id"].to_list() == ["a"]


def test_a_file_that_a_clock_which_was_ahead_has_met_gives_way_to_its_edit():
    known = in_time([document("a", first_seen_at=AHEAD)], [document("b")])
    assert superseded(documents(document("b")), known)["document_id"].to_list() == ["a"]


def test_revisions_of_a_clock_that_was_ahead_keep_their_order():
    rows = [
        document("first", url=WEB, fetched_at=AHEAD, first_seen_at=AHEAD, is_current=False),
        document("second", url=WEB, fetched_at=AHEAD + timedelta(days=9), first_seen_at=AHEAD + timedelta(days=9), revision=2),
    ]
    gone = [document("gone", url=WEB, fetched_at=NOW, outcome="gone")]
    known = in_time(rows, gone)
    assert known["fetched_at"].is_sorted()
    assert known["fetched_at"].max() < NOW
    assert superseded(documents(*gone), known).is_empty()


def test_known_documents_of_a_clock_that_was_right_stay_as_they_are():
    rows = [known_document("a", fetched_at=BEFORE), known_document("b", page_id="q")]
    assert in_time(rows, [document("c")]).equals(documents(*rows))
