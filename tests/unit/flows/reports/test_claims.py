"""The overview of the claims: what it tells, and where its links lead."""

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

import pytest

from tests.unit.flows.reports.made_rows import (
    FIRST,
    SECOND,
    claim,
    cluster,
    document,
    entity,
    figure,
    one_claim,
    run,
    sentence,
    two_articles,
)

Load = Callable[..., None]
Pages = Callable[[], str]


@pytest.fixture
def pages(reports: Callable[[], Path]) -> Pages:
    """The claims page as it would be written now."""
    return lambda: (reports() / "claims.html").read_text(encoding="utf-8")


def test_a_claim_is_marked_in_its_sentence_behind_an_emoji_of_several_code_points(load: Load, pages: Pages) -> None:
    text = "👩‍💻 Ada said that Q5 is fast, at last."
    load(**one_claim(text, text.index("Q5"), "Q5 is fast"))
    assert "👩‍💻 Ada said that <mark>Q5 is fast</mark>, at last." in pages()


def test_a_claim_that_runs_on_is_marked_to_its_end(load: Load, pages: Pages) -> None:
    text = "“Q5 is fast. It is cheap,” she said."
    rows = one_claim(text, 1, "Q5 is fast. It is cheap,")
    rows["sentences"] = [sentence("s", "d", 0, "“Q5 is fast."), sentence("t", "d", 13, "It is cheap,” she said.")]
    load(**rows)
    assert "“<mark>Q5 is fast. It is cheap,</mark>" in pages()


def test_a_passage_without_an_end_is_cut(load: Load, pages: Pages) -> None:
    load(**one_claim("a" * 9000 + "Q5 is fast" + "b" * 9000, 9000, "Q5 is fast"))
    page = pages()
    assert "…" + "a" * 240 + "<mark>Q5 is fast</mark>" + "b" * 240 + "…" in page
    assert "a" * 241 not in page


def _section(page: str, key: str) -> str:
    start = page.index(f'<section id="{key}"')
    return page[start : page.index("</section>", start)]


def test_a_repeated_statement_shows_each_article_that_makes_it(load: Load, pages: Pages) -> None:
    load(**two_articles())
    repeated = _section(pages(), "repeated")
    assert "2 articles · 2 sites" in repeated
    assert repeated.index("Story d") < repeated.index("Story e")
    assert "<mark>Q5 is fast</mark>, says Ada." in repeated
    assert "It is not." not in repeated


def test_of_statements_made_as_often_one_without_a_verb_comes_last(load: Load, reports: Callable[[], Path]) -> None:
    rows = two_articles()
    pieces = [("a", "Fast and cheap", None), ("b", "Q5 is cheap.", "is")]
    rows["claim_clusters"] = [cluster(key, text, 2) for key, text, _ in pieces]
    rows["claims"] = [
        claim(f"{key}{document_id}", document_id, sentence_id, 0, text, cluster_id=key, predicate=predicate)
        for key, text, predicate in pieces
        for document_id, sentence_id in (("d", "s"), ("e", "t"))
    ]
    load(**{**rows, "claim_relations": []})
    folder = reports()
    for page in ("claims.html", "lists/repeated-1.html"):
        shown = (folder / page).read_text(encoding="utf-8")
        assert shown.index("Q5 is cheap.") < shown.index("Fast and cheap"), page


def test_a_dispute_shows_both_sides_and_the_reason(load: Load, pages: Pages) -> None:
    load(**two_articles())
    disputed = _section(pages(), "disputed")
    assert "one denies the other" in disputed and "0.75" in disputed
    assert disputed.index("<mark>Q5 is fast.</mark>") < disputed.index("<mark>It is not.</mark>")
    assert disputed.count("<mark>") == 2
    assert "negated" in disputed


def test_only_what_the_latest_load_saw_first_is_new(load: Load, pages: Pages) -> None:
    load(**two_articles())
    new = _section(pages(), "new")
    assert "Story d" not in new
    # What nobody said before comes first.
    assert new.index("It is not.") < new.index("<mark>Q5 is fast</mark>")
    assert "hedged" in new


def test_speakers_are_quoted_in_their_own_words_only(load: Load, pages: Pages) -> None:
    load(**one_claim("“Q5 is fast,” Ada said.", 1, "Q5 is fast,", attribution="direct", speaker="Ada"))
    quoted = _section(pages(), "quoted")
    assert "<bdi>Ada</bdi>" in quoted and "1 quotation in 1 article" in quoted
    load(**one_claim("Ada said Q5 is fast.", 9, "Q5 is fast", attribution="indirect", speaker="Ada"))
    assert "Nobody is quoted so far." in pages()


def test_a_pronoun_is_quoted_as_nobody(load: Load, pages: Pages) -> None:
    load(**one_claim("“Q5 is fast,” they said.", 1, "Q5 is fast,", attribution="direct", speaker="they"))
    assert "Nobody is quoted so far." in pages()


def test_an_article_is_cited_by_its_day_at_the_place(load: Load, pages: Pages) -> None:
    tables = one_claim("Q5 is fast.", 0, "Q5 is fast")
    tables["documents"][0] |= {"published_at": datetime(2026, 11, 3, 2), "published_on": date(2026, 11, 2)}
    load(**tables)
    page = pages()
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
    counted = _section(pages(), "counted")
    assert "1 figure in 1 claim" in counted
    assert "about 405 billion parameter<" in counted


def test_sites_are_compared_by_what_they_attribute_and_share(load: Load, pages: Pages) -> None:
    load(**two_articles())
    compared = _section(pages(), "compared")
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
    new = _section(pages(), "new")
    assert new.count("<mark>") == 60
    assert "60 of 150 new claims are shown" in new


def test_a_claim_leads_to_its_place_in_its_article(load: Load, pages: Pages) -> None:
    load(**two_articles())
    assert '<a href="articles/e.html#claim-c2"><bdi>Story e</bdi></a>' in _section(pages(), "repeated")


def test_a_repeated_statement_is_drawn_by_site_and_day(load: Load, pages: Pages) -> None:
    tables = two_articles()
    tables["documents"][1]["published_at"] = SECOND
    load(**tables)
    repeated = _section(pages(), "repeated")
    assert 'aria-label="Said from 20 Nov 2026 to 21 Nov 2026, by site: d.example 1, e.example 1."' in repeated
    assert repeated.index('d="M0.0 5h0"') < repeated.index('d="M100.0 5h0"')


def test_figures_of_one_unit_are_drawn(load: Load, pages: Pages) -> None:
    load(
        **one_claim("Q5 has 3 or 5 or 8 cores.", 0, "Q5 has 3 or 5 or 8 cores."), entities=[entity("q5", "Q5")],
        claim_entities=[{"claim_id": "c", "entity_id": "q5", "role": "subject"}],
        quantities=[figure(f"q{value}", f"{value} cores", value, unit="core") for value in (3, 5, 8)],
    )  # fmt: skip
    assert 'aria-label="3 figures in core about Q5, from 3 to 8; the list has each."' in _section(pages(), "counted")


def test_what_does_not_fit_has_pages_of_its_own(load: Load, reports: Callable[[], Path]) -> None:
    many = range(250)
    load(
        documents=[document("d", "Ada"), document("e", "Ada", first_seen_at=SECOND)],
        sentences=[sentence("s", "d", 0, "Ada"), sentence("t", "e", 0, "Ada")],
        claims=[
            claim(f"{name}{at:03}", name, place, 0, "Ada", cluster_id=f"k{at:03}")
            for at in many
            for name, place in ("ds", "et")
        ],
        claim_clusters=[cluster(f"k{at:03}", f"Statement {at:03}", 2) for at in many],
        runs=[run("r", SECOND)],
    )
    folder = reports()
    assert '30 of 250 repeated statements are shown. <a href="lists/repeated-1.html">' in (folder / "claims.html").read_text()
    first, second = ((folder / "lists" / f"repeated-{page}.html").read_text() for page in (1, 2))
    assert "Statement 000" in first and 'href="repeated-2.html"' in first
    assert "Statement 249" in second and 'href="repeated-1.html"' in second
    assert 'href="../articles/d.html#claim-d249"' in second
    assert not (folder / "lists" / "repeated-3.html").exists()


def test_a_statement_of_many_articles_has_a_page_that_names_them_all(load: Load, reports: Callable[[], Path]) -> None:
    keys = [f"d{at}" for at in range(9)]
    load(
        documents=[document(key, "Q5 is fast.") for key in keys],
        sentences=[sentence(f"s{key}", key, 0, "Q5 is fast.") for key in keys],
        claims=[claim(f"c{key}", key, f"s{key}", 0, "Q5 is fast.", cluster_id="k") for key in keys],
        claim_clusters=[cluster("k", "Q5 is fast.", 9)], runs=[run("r", FIRST)],
    )  # fmt: skip
    folder = reports()
    assert '<a href="statements/k.html">and 3 more articles</a>' in (folder / "claims.html").read_text()
    statement = (folder / "statements" / "k.html").read_text()
    assert all(f'href="../articles/{key}.html#claim-c{key}"' in statement for key in keys)
    article = (folder / "articles" / "d8.html").read_text()
    assert article.count(".html#claim-cd") == 6 and 'href="../statements/k.html"' in article
