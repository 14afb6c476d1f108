"""The quality and the claims page: what they tell, that they escape what articles say, and that they need no network."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from html.parser import HTMLParser
from pathlib import Path

import pytest

from flows.report import compact, day, link, moment, number, percent, write_pages
from warehouse.database import Connection, in_memory
from warehouse.load import load_tables
from warehouse.tables import TABLES

FIRST, SECOND = datetime(2026, 11, 20, 6), datetime(2026, 11, 21, 6)
EVIL = "<script>alert('x')</script>"
ESCAPED = "&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;"

Row = dict[str, object]
Load = Callable[..., None]


@pytest.fixture(scope="module")
def shared_con() -> Iterator[Connection]:
    con = in_memory()
    yield con
    con.close()


@pytest.fixture
def con(shared_con: Connection) -> Connection:
    """An empty warehouse. To empty one is faster than to make one."""
    for table in TABLES:
        shared_con.execute(f"DELETE FROM {table.name}")
    return shared_con


@pytest.fixture
def load(con: Connection) -> Load:
    """Loads rows by table."""
    schemas = {table.name: table for table in TABLES}

    def into_warehouse(**rows: list[Row]) -> None:
        load_tables(con, {name: schemas[name].frame(found) for name, found in rows.items()}, replaced_documents=[])

    return into_warehouse


@pytest.fixture
def pages(con: Connection, tmp_path: Path) -> Callable[[], tuple[str, str]]:
    """The quality page and the claims page as they would be written now."""

    def written() -> tuple[str, str]:
        quality, claims = write_pages(con, tmp_path / "reports")
        return quality.read_text(encoding="utf-8"), claims.read_text(encoding="utf-8")

    return written


Pages = Callable[[], tuple[str, str]]


def document(key: str, text: str, **columns: object) -> Row:
    return {
        "document_id": key, "page_id": key, "page_key": f"{key}.html", "source_id": "here", "url": f"https://{key}.example/a",
        "site": f"{key}.example", "title": f"Story {key}", "authors": [], "published_at": FIRST, "language": "en", "text": text,
        "text_chars": len(text), "word_count": len(text.split()), "content_hash": key, "raw_hash": key, "pipeline_version": "1",
        "fetched_at": FIRST, "first_seen_at": FIRST, "last_seen_at": SECOND, "revision": 1, "is_current": True,
        "outcome": "kept", **columns,
    }  # fmt: skip


def sentence(key: str, document_id: str, start: int, text: str) -> Row:
    place = {"start_char": start, "end_char": start + len(text), "position": start}
    return {"sentence_id": key, "document_id": document_id, "text": text, "zone": "body", **place}


def claim(key: str, document_id: str, sentence_id: str, start: int, text: str, **columns: object) -> Row:
    return {
        "claim_id": key, "document_id": document_id, "sentence_id": sentence_id, "start_char": start,
        "end_char": start + len(text), "text": text, "resolved_text": text, "attribution": "author", "claim_type": "other",
        "modality": "asserted", "is_negated": False, "checkworthiness": 0.5, "cluster_id": key, **columns,
    }  # fmt: skip


def cluster(key: str, text: str, documents: int) -> Row:
    counts = dict.fromkeys(("claim_count", "document_count", "site_count"), documents)
    return {"cluster_id": key, "text": text, "speaker_count": 0, **counts}


def run(key: str, started_at: datetime, **columns: object) -> Row:
    return {
        "run_id": key, "started_at": started_at, "finished_at": started_at.replace(second=10), "status": "loaded",
        "pages": 20, "documents": 2, "claims": 3, "quarantined": 0, "code_version": "0.1.0",
        "model_version": "en_core_web_md 3.8.0", **columns,
    }  # fmt: skip


def result(run_id: str, table: str, expectation: str, column: str | None, severity: str, **columns: object) -> Row:
    return {
        "run_id": run_id, "table_name": table, "expectation": expectation, "column_name": column, "severity": severity,
        "success": True, "unexpected_count": 0, "unexpected_percent": 0.0, "checked_at": SECOND, **columns,
    }  # fmt: skip


def one_claim(text: str, start: int, words: str, **columns: object) -> dict[str, list[Row]]:
    """A document of one sentence with one claim, read by the only run."""
    return {
        "documents": [document("d", text)], "sentences": [sentence("s", "d", 0, text)],
        "claim_clusters": [cluster("c", words, 1)], "claims": [claim("c", "d", "s", start, words, **columns)],
        "runs": [run("r", FIRST)],
    }  # fmt: skip


class Structure(HTMLParser):
    """What a page is made of: its elements with their attributes, and those that are never closed."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in {"meta", "link", "br", "line"}:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def all(self, *tags: str) -> list[dict[str, str | None]]:
        return [attributes for tag, attributes in self.elements if tag in tags]


def test_an_empty_warehouse_gives_pages_that_say_what_to_do(pages: Pages) -> None:
    quality, claims = pages()
    assert "<h1>No run yet</h1>" in quality
    assert "claimhouse run" in quality and "claimhouse run" in claims


def test_the_same_warehouse_gives_the_same_pages(load: Load, pages: Pages) -> None:
    load(**one_claim("Q5 is fast.", 0, "Q5 is fast."))
    assert pages() == pages()


def test_no_half_written_page_is_left(con: Connection, tmp_path: Path) -> None:
    written = write_pages(con, tmp_path / "a" / "b")
    assert [path.name for path in written] == ["quality.html", "claims.html"]
    assert sorted(path.name for path in (tmp_path / "a" / "b").iterdir()) == ["claims.html", "quality.html"]


def test_the_pages_load_nothing_and_run_no_script(load: Load, pages: Pages) -> None:
    load(**one_claim("Q5 is fast.", 0, "Q5 is fast."))
    for page in pages()[1:]:
        structure = Structure(page)
        assert structure.all("script", "img", "iframe", "object", "embed", "base", "form") == []
        assert [attributes["href"] for attributes in structure.all("link")] == ["data:,"]
        assert "url(" not in page and "@import" not in page
        assert "default-src 'none'" in page
        assert not [name for _, attributes in structure.elements for name in attributes if name.startswith("on")]


def test_the_pages_are_whole_and_accessible(load: Load, pages: Pages) -> None:
    load(**one_claim("Q5 is fast.", 0, "Q5 is fast."), quality_results=[result("r", "claims", "expect_x", "text", "info")])
    for page in pages()[1:]:
        structure = Structure(page)
        assert structure.open == []
        assert structure.all("html") == [{"lang": "en"}]
        assert len(structure.all("h1")) == len(structure.all("main")) == len(structure.all("footer")) == 1
        assert all(attributes.get("scope") in {"row", "col"} for attributes in structure.all("th"))
        ids = [attributes["id"] for _, attributes in structure.elements if "id" in attributes]
        assert len(ids) == len(set(ids))
        links = [str(attributes["href"]) for attributes in structure.all("a")]
        assert links[0] == "#main"
        assert {href[1:] for href in links if href.startswith("#")} <= set(ids)
        assert {attributes["aria-labelledby"] for attributes in structure.all("section")} <= set(ids)
        assert "prefers-color-scheme: dark" in page and "width=device-width" in page


def test_what_articles_say_is_escaped_everywhere(load: Load, pages: Pages) -> None:
    said = {"attribution": "direct", "speaker": EVIL, "speaker_id": "e"}
    load(
        sources=[{"source_id": "here", "kind": "file", "location": "file:///x", "title": EVIL, "added_at": FIRST}],
        documents=[
            document("d", EVIL, title=EVIL, site=EVIL, language='en" onclick="x'),
            document("e", EVIL, outcome="unreadable", outcome_reason=EVIL),
        ],
        sentences=[sentence("s", "d", 0, EVIL)],
        entities=[
            {"entity_id": "e", "name": EVIL, "type": "ORG", "description": EVIL, "mention_count": 1, "document_count": 1},
        ],
        claim_clusters=[cluster("c", EVIL, 2)],
        claims=[claim("c", "d", "s", 0, EVIL, **said), claim("k", "d", "s", 0, EVIL, cluster_id="c")],
        claim_entities=[{"claim_id": "c", "entity_id": "e", "role": "subject"}],
        quantities=[
            {"quantity_id": "q", "document_id": "d", "sentence_id": "s", "claim_id": "c", "start_char": 0, "end_char": 1,
             "text": EVIL, "value": 1.0, "unit": EVIL, "kind": "count", "is_approximate": False},
        ],
        claim_relations=[{"claim_id": "c", "other_claim_id": "k", "relation": "disputes", "score": 0.5, "reason": EVIL}],
        runs=[run("r", FIRST, flow_run_id=EVIL, code_version=EVIL, model_version=EVIL)],
        quality_results=[result("r", EVIL, EVIL, EVIL, "warning", success=False, unexpected_count=None, observed_value=EVIL)],
        quarantine=[
            {"run_id": "r", "table_name": EVIL, "row_key": EVIL, "expectation": EVIL, "reason": EVIL, "row": EVIL,
             "quarantined_at": FIRST},
        ],
    )  # fmt: skip
    for page in pages()[1:]:
        structure = Structure(page)
        assert structure.open == []
        assert structure.all("script") == []
        assert not [attributes for _, attributes in structure.elements if "onclick" in attributes]
        assert page.count(ESCAPED) > 5


def test_an_address_that_a_browser_would_carry_out_is_no_link() -> None:
    assert link("Story", "javascript:alert(1)") == "<bdi>Story</bdi>"
    assert link(None, "https://a.example/?a=1&b=2").startswith('<a href="https://a.example/?a=1&amp;b=2"')


def test_a_claim_is_marked_in_its_sentence_behind_an_emoji_of_several_code_points(load: Load, pages: Pages) -> None:
    text = "👩‍💻 Ada said that Q5 is fast, at last."
    load(**one_claim(text, text.index("Q5"), "Q5 is fast"))
    assert "👩‍💻 Ada said that <mark>Q5 is fast</mark>, at last." in pages()[1]


def test_a_claim_that_runs_on_is_marked_to_its_end(load: Load, pages: Pages) -> None:
    text = "“Q5 is fast. It is cheap,” she said."
    rows = one_claim(text, 1, "Q5 is fast. It is cheap,")
    rows["sentences"] = [sentence("s", "d", 0, "“Q5 is fast."), sentence("t", "d", 13, "It is cheap,” she said.")]
    load(**rows)
    assert "“<mark>Q5 is fast. It is cheap,</mark>" in pages()[1]


def test_a_passage_without_an_end_is_cut(load: Load, pages: Pages) -> None:
    load(**one_claim("a" * 9000 + "Q5 is fast" + "b" * 9000, 9000, "Q5 is fast"))
    page = pages()[1]
    assert "…" + "a" * 240 + "<mark>Q5 is fast</mark>" + "b" * 240 + "…" in page
    assert "a" * 241 not in page


def _two_articles() -> dict[str, list[Row]]:
    """One statement in two articles of two sites, the second of them new, and a speaker who denies it."""
    return {
        "documents": [document("d", "Q5 is fast."), document("e", "Q5 is fast, says Ada. It is not.", first_seen_at=SECOND)],
        "sentences": [
            sentence("s", "d", 0, "Q5 is fast."), sentence("t", "e", 0, "Q5 is fast, says Ada."),
            sentence("u", "e", 22, "It is not."),
        ],
        "claim_clusters": [cluster("c1", "Q5 is fast.", 2), cluster("c3", "It is not.", 1)],
        "claims": [
            claim("c1", "d", "s", 0, "Q5 is fast."),
            claim("c2", "e", "t", 0, "Q5 is fast", cluster_id="c1", attribution="indirect", speaker="Ada", modality="hedged"),
            claim("c3", "e", "u", 22, "It is not.", is_negated=True),
        ],
        "claim_relations": [
            {"claim_id": "c1", "other_claim_id": "c2", "relation": "same", "score": 1.0, "reason": "same words"},
            {"claim_id": "c1", "other_claim_id": "c3", "relation": "disputes", "score": 0.75, "reason": "one denies the other"},
        ],
        "runs": [run("r1", FIRST), run("r2", SECOND)],
    }  # fmt: skip


def _section(page: str, key: str) -> str:
    start = page.index(f'<section id="{key}"')
    return page[start : page.index("</section>", start)]


def test_a_repeated_statement_shows_each_article_that_makes_it(load: Load, pages: Pages) -> None:
    load(**_two_articles())
    repeated = _section(pages()[1], "repeated")
    assert "2 articles · 2 sites" in repeated
    assert repeated.index("Story d") < repeated.index("Story e")
    assert "<mark>Q5 is fast</mark>, says Ada." in repeated
    assert "It is not." not in repeated


def test_a_dispute_shows_both_sides_and_the_reason(load: Load, pages: Pages) -> None:
    load(**_two_articles())
    disputed = _section(pages()[1], "disputed")
    assert "one denies the other" in disputed and "0.75" in disputed
    assert disputed.index("<mark>Q5 is fast.</mark>") < disputed.index("<mark>It is not.</mark>")
    assert disputed.count("<mark>") == 2
    assert "negated" in disputed


def test_only_what_the_latest_load_saw_first_is_new(load: Load, pages: Pages) -> None:
    load(**_two_articles())
    new = _section(pages()[1], "new")
    assert "Story d" not in new
    # What nobody said before comes first.
    assert new.index("It is not.") < new.index("<mark>Q5 is fast</mark>")
    assert "hedged" in new


def test_speakers_are_quoted_in_their_own_words_only(load: Load, pages: Pages) -> None:
    load(**one_claim("“Q5 is fast,” Ada said.", 1, "Q5 is fast,", attribution="direct", speaker="Ada"))
    quoted = _section(pages()[1], "quoted")
    assert "<bdi>Ada</bdi>" in quoted and "1 quotation in 1 article" in quoted
    load(**one_claim("Ada said Q5 is fast.", 9, "Q5 is fast", attribution="indirect", speaker="Ada"))
    assert "Nobody is quoted so far." in pages()[1]


def test_a_pronoun_is_quoted_as_nobody(load: Load, pages: Pages) -> None:
    load(**one_claim("“Q5 is fast,” they said.", 1, "Q5 is fast,", attribution="direct", speaker="they"))
    assert "Nobody is quoted so far." in pages()[1]


def test_an_article_is_cited_by_its_day_at_the_place(load: Load, pages: Pages) -> None:
    tables = one_claim("Q5 is fast.", 0, "Q5 is fast")
    tables["documents"][0] |= {"published_at": datetime(2026, 11, 3, 2), "published_on": date(2026, 11, 2)}
    load(**tables)
    page = pages()[1]
    assert '<time datetime="2026-11-02">2 Nov 2026</time>' in page


def test_figures_stand_below_the_entity_they_are_about(load: Load, pages: Pages) -> None:
    place = {"document_id": "d", "sentence_id": "s", "claim_id": "c", "kind": "count", "is_approximate": True}
    load(
        **one_claim("Q5 has about 405 billion parameters.", 0, "Q5 has about 405 billion parameters."),
        entities=[{"entity_id": "q5", "name": "Q5", "type": "PRODUCT", "mention_count": 1, "document_count": 1}],
        claim_entities=[{"claim_id": "c", "entity_id": "q5", "role": role} for role in ("subject", "mentioned")],
        quantities=[
            {"quantity_id": "q", "start_char": 7, "end_char": 35, "text": "about 405 billion parameters", "value": 405e9,
             "unit": "parameter", **place},
            {"quantity_id": "r", "start_char": 7, "end_char": 35, "text": "first", "value": 1.0, **{**place, "kind": "rank"}},
        ],
    )  # fmt: skip
    counted = _section(pages()[1], "counted")
    assert "1 figure in 1 claim" in counted
    assert "about 405 billion parameter<" in counted


def test_sites_are_compared_by_what_they_attribute_and_share(load: Load, pages: Pages) -> None:
    load(**_two_articles())
    compared = _section(pages()[1], "compared")
    of_e = compared[compared.index("e.example") :]
    cells = ["Articles", "Claims", "Attributed", "Verbatim", "With figures", "Also elsewhere", "Disputed"]
    values = [of_e.split(f'data-label="{cell}">')[1].split("<")[0] for cell in cells]
    assert values == ["1", "2", "50%", "0%", "0%", "50%", "1"]


def test_sections_are_bounded_and_say_how_many_more_there_are(load: Load, pages: Pages) -> None:
    claims = [claim(f"c{at:03}", "d", "s", 0, f"Claim {at:03}") for at in range(150)]
    load(
        documents=[document("d", "Claim 000")], sentences=[sentence("s", "d", 0, "Claim 000")], claims=claims,
        claim_clusters=[cluster(str(each["claim_id"]), str(each["text"]), 1) for each in claims], runs=[run("r", FIRST)],
    )  # fmt: skip
    new = _section(pages()[1], "new")
    assert new.count("<mark>") == 60
    assert "60 of 150 new claims are shown" in new


@pytest.mark.parametrize(
    ("shown", "words"),
    [
        (number(12345), "12,345"), (number(None), "–"),
        (percent(100), "100%"), (percent(99.97), ">99.9%"), (percent(0.04), "<0.1%"), (percent(0), "0%"),
        (percent(12.34), "12.3%"), (percent(None), "–"),
        (compact(405e9), "405 billion"), (compact(1.1e6), "1.1 million"), (compact(37.5), "37.5"), (compact(1200), "1,200"),
        (compact(-2e12), "-2 trillion"), (compact(0), "0"), (compact(0.5), "0.5"), (compact(None), "–"),
        (day(datetime(2026, 11, 2)), "2 Nov 2026"), (day(None), "–"),
        (moment(datetime(2026, 11, 2, 6, 30, tzinfo=UTC)), "2 Nov 2026, 06:30 UTC"), (moment(None), "–"),
    ],
)  # fmt: skip
def test_numbers_and_days_are_written_for_people(shown: str, words: str) -> None:
    assert shown == words


def test_the_report_brings_neither_duckdb_nor_great_expectations_along() -> None:
    code = "import sys, flows.report; sys.exit(bool({'duckdb', 'great_expectations', 'prefect'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
