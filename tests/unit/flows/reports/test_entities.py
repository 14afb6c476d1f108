"""The page of an entity: what is said about it, what it says, its figures and the articles that name it."""

from collections.abc import Callable
from pathlib import Path

import pytest

from flows.reports import tables as report_tables
from tests.unit.flows.reports.made_rows import FIRST, claim, cluster, document, entity, figure, one_claim, run, sentence
from warehouse.database import Connection

Load = Callable[..., None]
Reports = Callable[[], Path]
Tables = dict[str, list[dict[str, object]]]


def _section(page: str, key: str) -> str:
    start = page.index(f'<section id="{key}"')
    return page[start : page.index("</section>", start)]


def _of(folder: Path, key: str) -> str:
    return (folder / "entities" / f"{key}.html").read_text(encoding="utf-8")


@pytest.fixture
def tables() -> Tables:
    """Ada says that Acme has a figure of cores; the article says that Acme grows."""
    text = "Ada said Acme has 8 cores. Acme grows."
    rows = one_claim(text, 9, "Acme has 8 cores", attribution="indirect", speaker="Ada", speaker_id="a", cue="doubted")
    rows["sentences"] = [sentence("s", "d", 0, text[:26]), sentence("t", "d", 27, text[27:])]
    rows["claims"].append(claim("k", "d", "t", 27, "Acme grows."))
    rows["claim_clusters"].append(cluster("k", "Acme grows.", 1))
    roles = [("c", "a", "speaker"), ("c", "b", "subject"), ("k", "b", "mentioned")]
    return {
        **rows,
        "entities": [entity("a", "Ada", type="PERSON", description="a mathematician"), entity("b", "Acme")],
        "entity_aliases": [{"entity_id": "b", "alias": "Acme Ltd"}, {"entity_id": "b", "alias": "Acme"}],
        "claim_entities": [{"claim_id": key, "entity_id": entity_id, "role": role} for key, entity_id, role in roles],
        "quantities": [figure("q", "8 cores", 8, unit="core"), figure("r", "first", 1, kind="rank")],
    }


def test_it_tells_what_is_said_about_it_and_by_whom(load: Load, reports: Reports, tables: Tables) -> None:
    load(**tables)
    page = _of(reports(), "b")
    about = _section(page, "said-about")
    assert about.index('href="../articles/d.html#claim-c"') < about.index('href="../articles/d.html#claim-k"')
    assert '<a href="a.html"><bdi>Ada</bdi></a>' in _section(page, "holders")
    assert "Also found as <bdi>Acme Ltd</bdi></p>" in page
    assert 'id="says"' not in page


def test_it_tells_what_it_says_with_the_cue_and_the_stance(load: Load, reports: Reports, tables: Tables) -> None:
    load(**tables)
    page = _of(reports(), "a")
    says = _section(page, "says")
    assert "reported: “<bdi>doubted</bdi>”" in says and '<span class="tag info">denies</span>' in says
    assert "a mathematician" in page and "person" in page
    assert 'id="said-about"' not in page and 'id="figures"' not in page


def test_it_tells_its_figures_but_no_ranks(load: Load, reports: Reports, tables: Tables) -> None:
    load(**tables)
    figures = _section(_of(reports(), "b"), "figures")
    assert '<span class="figure"><bdi>8 cores</bdi></span> <span class="soft">8 core</span>' in figures
    assert "first" not in figures


def test_its_page_follows_its_figures_and_claims(load: Load, con: Connection, reports: Reports, tables: Tables) -> None:
    load(**tables)
    before = _of(reports(), "b")
    con.execute("UPDATE quantities SET text = '9 cores' WHERE quantity_id = 'q'")
    assert "9 cores" in _of(reports(), "b") and "9 cores" not in before
    con.execute("UPDATE claims SET modality = 'hedged' WHERE claim_id = 'k'")
    assert "hedged" in _of(reports(), "b")


def test_those_named_most_have_pages_and_the_others_are_searched_for(
    load: Load, reports: Reports, monkeypatch: pytest.MonkeyPatch, tables: Tables
) -> None:
    made = {name: sql.replace("<= 2000", "<= 1") for name, sql in report_tables._TABLES.items()}
    monkeypatch.setattr(report_tables, "_TABLES", made)
    load(**tables)
    folder = reports()
    assert [path.name for path in (folder / "entities").iterdir()] == ["b.html"]
    assert '<a href="../claims.html?q=%22Ada%22"><bdi>Ada</bdi></a>' in (folder / "lists" / "entities-1.html").read_text()
    assert "entities/a.html" not in (folder / "articles" / "d.html").read_text()


def test_what_is_left_out_is_counted_with_the_way_to_it(load: Load, reports: Reports) -> None:
    keys = [f"c{at:02}" for at in range(50)]
    load(
        documents=[document("d", "Acme")], sentences=[sentence("s", "d", 0, "Acme")], entities=[entity("b", "Acme")],
        claims=[claim(key, "d", "s", 0, "Acme") for key in keys], claim_clusters=[cluster(key, "Acme", 1) for key in keys],
        claim_entities=[{"claim_id": key, "entity_id": "b", "role": "subject"} for key in keys], runs=[run("r", FIRST)],
    )  # fmt: skip
    about = _section(_of(reports(), "b"), "said-about")
    assert about.count("<li>") == 40
    assert '40 of 50 claims about it are shown. <a href="../claims.html?q=Acme">' in about
