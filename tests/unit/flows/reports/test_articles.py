"""The page of an article: its whole text, every claim where it stands, and what is known of each."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.unit.flows.reports.made_rows import (
    Structure,
    claim,
    cluster,
    document,
    entity,
    figure,
    one_claim,
    sentence,
    two_articles,
)

Load = Callable[..., None]
Page = Callable[..., str]


@pytest.fixture
def page(reports: Callable[[], Path]) -> Page:
    """The page of the document as it would be written now."""
    return lambda key="d": (reports() / "articles" / f"{key}.html").read_text(encoding="utf-8")


def _text(page: str) -> str:
    start = page.index('<section class="text"')
    return page[start : page.index("</section>", start)]


def _about(page: str, key: str = "c") -> str:
    start = page.index(f'<li id="about-{key}"')
    end = re.search(r'<li id="about-|</ol>', page[start + 1 :])
    assert end
    return page[start : start + end.start()]


def _mention(key: str, entity_id: str, start: int, text: str) -> dict[str, object]:
    return {
        "mention_id": key, "document_id": "d", "sentence_id": "s", "entity_id": entity_id, "start_char": start,
        "end_char": start + len(text), "text": text, "type": "ORG", "method": "model",
    }  # fmt: skip


def test_the_whole_text_stands_there_by_its_zones(load: Load, page: Page) -> None:
    text = "Story\n\nOne. Two.\n\nThree.\n\nFour\n\nA\n\nB\n\nMenu\n\nShare"
    zones = {"Story": "title", "One.": "body", "Two.": "body", "Three.": "body", "Four": "heading", "A": "list", "B": "list",
             "Menu": "boilerplate", "Share": "boilerplate"}  # fmt: skip
    load(
        documents=[document("d", text)],
        sentences=[sentence(words, "d", text.index(words), words, zone=zone) for words, zone in zones.items()],
    )
    shown = re.sub(r"\s*\n\s*", "", _text(page()))
    assert '<p class="title" dir="auto">Story</p><p class="body" dir="auto">One. Two.</p>' in shown
    assert '<p class="body" dir="auto">Three.</p><h3 class="heading" dir="auto">Four</h3>' in shown
    assert '<ul><li dir="auto">A</li><li dir="auto">B</li></ul>' in shown
    assert "2 pieces of the page that are no part of the article</summary>" in shown
    assert '<p dir="auto">Menu</p><p dir="auto">Share</p></details>' in shown


def test_a_claim_is_marked_and_numbered_with_the_way_to_what_is_known_of_it(load: Load, page: Page) -> None:
    load(**one_claim("So Q5 is fast.", 3, "Q5 is fast"))
    shown = page()
    assert '<mark class="claim" id="claim-c" data-claim="c">Q5 is fast</mark><a class="ref" href="#about-c"' in _text(shown)
    assert 'href="#claim-c"' in _about(shown) and '<span id="who-c">' in _about(shown)
    assert 'aria-describedby="who-c"' in shown


def test_a_claim_over_two_sentences_is_highlighted_in_both(load: Load, page: Page) -> None:
    text = "“Q5 is fast. It is cheap,” she said."
    rows = one_claim(text, 1, "Q5 is fast. It is cheap,")
    rows["sentences"] = [sentence("s", "d", 0, "“Q5 is fast."), sentence("t", "d", 13, "It is cheap,” she said.")]
    load(**rows)
    shown = page()
    first = '<mark class="claim" id="claim-c" data-claim="c">Q5 is fast.</mark>'
    assert f'{first} <mark class="claim" data-claim="c">It is cheap,</mark>' in shown
    assert 'body:has([id="claim-c"]:target) [data-claim="c"]' in shown
    # The style is allowed by its hash.
    assert "style-src 'self' 'sha256-" in shown


def test_claims_that_overlap_are_each_reached(load: Load, page: Page) -> None:
    text = "abcdef"
    rows = one_claim(text, 0, "abcd")
    rows["claims"] = [claim("c", "d", "s", 0, "abcd"), claim("k", "d", "s", 2, "cdef"), claim("l", "d", "s", 0, "abcdef")]
    rows["claim_clusters"] = [cluster(key, "abcd", 1) for key in "ckl"]
    load(**rows)
    structure = Structure(page())
    assert structure.open == []
    ids = [attributes.get("id") for _, attributes in structure.elements]
    assert all(ids.count(f"claim-{key}") == 1 for key in "ckl")


def test_a_claim_outside_of_all_sentences_is_found_in_the_list(load: Load, page: Page) -> None:
    rows = one_claim("Q5 is fast.", 0, "Q5 is fast.")
    rows["sentences"][0] |= {"end_char": 0}
    load(**rows)
    assert 'id="claim-c"' in _about(page())


def test_what_is_known_of_a_claim_is_told(load: Load, page: Page) -> None:
    said = {"attribution": "indirect", "speaker": "Ada", "speaker_id": "a", "cue": "warned", "modality": "hedged",
            "is_negated": True, "claim_type": "prediction", "resolved_text": "Q5 has 8 cores."}  # fmt: skip
    load(
        **one_claim("It has 8 cores.", 0, "It has 8 cores.", **said), entities=[entity("a", "Ada")],
        claim_entities=[{"claim_id": "c", "entity_id": "a", "role": "speaker"}],
        quantities=[figure("q", "8 cores", 8, unit="core", is_approximate=True)],
    )  # fmt: skip
    about = _about(page())
    for words in (
        '<a href="../entities/a.html"><bdi>Ada</bdi></a>', "reported: “<bdi>warned</bdi>”", "prediction", "hedged", "negated",
        "<bdi>Q5 has 8 cores.</bdi>", "<bdi>8 cores</bdi>", "= about 8 core<",
    ):  # fmt: skip
        assert words in about


def test_a_claim_names_who_repeats_and_who_disputes_it(load: Load, page: Page) -> None:
    load(**two_articles())
    about = _about(page("d"), "c1")
    same, disputes = about.split("May be disputed by")
    assert "Also said in" in same and 'href="e.html#claim-c2"' in same
    assert 'href="e.html#claim-c3"' in disputes and "one denies the other" in disputes
    assert 'href="d.html#claim-c1"' in _about(page("e"), "c3")


def test_names_lead_to_their_pages_and_never_into_a_link(load: Load, page: Page) -> None:
    text = "Ada Lovelace of Acme says Q5 is fast."
    rows = one_claim(text, 16, "Acme says Q5")
    load(
        **rows, entities=[entity("a", "Ada"), entity("b", "Acme"), entity("q", "Q5 is")],
        claim_entities=[{"claim_id": "c", "entity_id": key, "role": "mentioned"} for key in "abq"],
        mentions=[
            _mention("m1", "a", 0, "Ada Lovelace"), _mention("m2", "a", 4, "Lovelace"), _mention("m3", "b", 16, "Acme"),
            _mention("m4", "q", 26, "Q5 is"),
        ],
    )  # fmt: skip
    shown = _text(page())
    assert '<a class="entity" href="../entities/a.html">Ada Lovelace</a> of <mark' in shown
    assert 'data-claim="c"><a class="entity" href="../entities/b.html">Acme</a> says Q5</mark>' in shown
    # It begins inside the claim and ends outside of it: the claim's number would stand in the link.
    assert "entities/q.html" not in shown


def test_text_of_any_direction_and_length_is_kept(load: Load, page: Page) -> None:
    text = "שלום\u200b " + "x" * 50_000
    load(**one_claim(text, 0, text))
    shown = page()
    assert f"{text}</mark>" in shown and shown.count("x" * 500) < 110
    assert '<p class="body" dir="auto">' in shown


def test_an_article_of_three_thousand_claims_has_them_all(load: Load, page: Page) -> None:
    texts = [f"Claim {at:04}." for at in range(3_000)]
    text = " ".join(texts)
    load(
        documents=[document("d", text, title=None)],
        sentences=[sentence(f"s{at}", "d", 12 * at, words) for at, words in enumerate(texts)],
        claims=[claim(f"c{at}", "d", f"s{at}", 12 * at, words) for at, words in enumerate(texts)],
        claim_clusters=[cluster(f"c{at}", words, 1) for at, words in enumerate(texts)],
    )
    shown = page()
    assert shown.count('<mark class="claim" id=') == 3_000
    assert '>Claim 2999.</mark><a class="ref" href="#about-c2999" aria-describedby="who-c2999">3000</a>' in shown


def test_an_address_that_a_browser_would_carry_out_is_no_link(load: Load, page: Page) -> None:
    load(documents=[document("d", "", url="javascript:alert(1)")])
    assert "javascript:" not in page()
    assert "The warehouse has no text of this article." in page()
