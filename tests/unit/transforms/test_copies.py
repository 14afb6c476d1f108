from datetime import datetime

import polars as pl
import pytest

from transforms.copies import LEAST_SHARED, LEAST_WORDS, MOST_MET, article_keys, find_copies, mark_duplicates
from transforms.shingles import SHINGLE_WORDS
from warehouse.tables import DOCUMENT_RELATIONS, DOCUMENTS, TIMESTAMP

SCHEMA = {
    "document_id": pl.String, "page_id": pl.String, "revision": pl.Int32, "site": pl.String, "published_at": TIMESTAMP,
    "url": pl.String, "text": pl.String,
}  # fmt: skip
STORY = " ".join(f"word{at} tells" for at in range(60))
OTHER = " ".join(f"other{at} thing" for at in range(60))


def article(name: str, text: str = STORY, day: int | None = 1, **over) -> dict:
    """The first revision of a page of its own, published on that day of July."""
    row = {
        "document_id": name, "page_id": f"p{name}", "revision": 1, "site": f"s{name}", "url": f"file:///{name}", "text": text,
        "published_at": None if day is None else datetime(2024, 7, day),
    }  # fmt: skip
    return row | over


def articles(*rows: dict) -> pl.DataFrame:
    return pl.DataFrame(list(rows), schema=SCHEMA, orient="row")


def found(*new: dict, known: pl.DataFrame | None = None) -> list[tuple]:
    return find_copies(articles(*new), articles() if known is None else known).select(pl.exclude("score")).rows()


def edited(text: str, every: int) -> str:
    """The text with each so-many-th word replaced."""
    return " ".join("changed" if at % every == 0 else word for at, word in enumerate(text.split(), start=1))


def test_the_same_words_in_another_dress_are_a_copy():
    dressed = "\n".join(STORY.upper().split()).replace("WORD0", "“WÓRD0”,")
    assert found(article("a"), article("b", dressed, 2)) == [("b", "a", "copy")]


def test_the_later_published_is_the_copy_and_one_without_a_date_comes_last():
    assert found(article("a", day=9), article("b", day=2)) == [("a", "b", "copy")]
    assert found(article("a", day=None), article("b", day=2)) == [("a", "b", "copy")]


def test_ties_go_by_address():
    assert found(article("a", url="file:///z"), article("b", url="file:///y")) == [("a", "b", "copy")]


def test_a_known_article_is_the_original_whatever_its_date():
    assert found(article("a", day=1), known=articles(article("b", day=9))) == [("a", "b", "copy")]


def test_every_copy_points_to_the_first():
    assert found(article("a", day=3), article("b", day=1), article("c", day=2)) == [("a", "b", "copy"), ("c", "b", "copy")]


def test_who_is_like_a_known_copy_points_to_its_original():
    known = articles(article("original", day=5), article("copy", day=3))
    [row] = find_copies(articles(article("c", day=4)), known, copies={"copy"}).rows()
    assert row[:3] == ("c", "original", "copy")


def test_known_articles_are_not_compared_with_each_other():
    known = articles(article("a"), article("b", day=2), article("c", edited(STORY, 30), 3))
    assert found(article("d", OTHER), known=known) == []


def test_a_cut_and_edited_article_is_a_near_copy():
    cut = " ".join(STORY.split()[:80])
    assert found(article("a"), article("b", cut, 2)) == [("b", "a", "near_copy")]
    assert found(article("a"), article("b", edited(STORY, 25), 2)) == [("b", "a", "near_copy")]


def test_the_share_that_makes_a_near_copy_can_be_set():
    rows = articles(article("a"), article("b", edited(STORY, 25), 2))
    assert find_copies(rows, articles(), near_copy_share=0.95).is_empty()


def test_an_article_that_is_met_again_is_compared_once():
    assert found(article("a"), known=articles(article("a"))) == []


def test_an_article_that_quotes_a_passage_is_none():
    quoting = " ".join(OTHER.split()[:80] + STORY.split()[:64])
    assert found(article("a"), article("b", quoting, 2)) == []


def own(name: str, words: int) -> str:
    """So many words, without figures, that no other text has."""
    return " ".join(f"{name}{chr(97 + at // 676)}{chr(97 + at // 26 % 26)}{chr(97 + at % 26)}" for at in range(words))


def test_an_excerpt_of_a_long_article_is_a_near_copy():
    long = own("long", 4000)
    assert found(article("a", long), article("b", " ".join(long.split()[1000:1080]), 2)) == [("b", "a", "near_copy")]


def test_a_story_inside_a_longer_article_is_a_near_copy_whichever_came_first():
    longer = f"{own('before', 30)} {STORY} {own('after', 300)}"
    assert found(article("a"), article("b", longer, 2)) == [("b", "a", "near_copy")]
    assert found(article("a", day=2), article("b", longer, 1)) == [("a", "b", "near_copy")]


def test_the_same_paragraphs_in_another_order_are_a_near_copy():
    paragraphs = [own(name, 40) for name in "abcd"]
    rows = (article("a", "\n".join(paragraphs)), article("b", "\n".join(paragraphs[::-1]), 2))
    assert found(*rows) == [("b", "a", "near_copy")]


def test_a_short_article_that_is_quoted_whole_is_none():
    statement = own("said", LEAST_SHARED + SHINGLE_WORDS - 2)
    assert found(article("a", statement), article("b", f"{statement} {STORY}", 2)) == []
    assert found(article("a", f"{statement} more"), article("b", f"{statement} more {STORY}", 2)) != []


def forecast(*figures: int) -> str:
    gauges = zip("rstuvwxyz", figures, strict=True)
    return " ".join(f"the gauge at {own(place, 20)} was {figure} at noon" for place, figure in gauges)


def test_the_same_words_around_other_figures_are_another_issue_and_no_copy():
    assert found(article("a", forecast(*range(10, 19))), article("b", forecast(*range(30, 39)), 2)) == []


def test_a_copy_in_which_some_figures_were_mended_is_one():
    mended = article("b", forecast(*range(30, 34), *range(14, 19)), 2)
    assert found(article("a", forecast(*range(10, 19))), mended) == [("b", "a", "near_copy")]


def with_terms(site: str | None) -> list[dict]:
    terms = own("terms", 150)
    return [article(name, f"{own(name, 60)} {terms}", at, site=site) for at, name in enumerate("abcd", start=1)]


def test_what_a_site_prints_below_each_article_makes_no_copies():
    assert found(*with_terms("s")) == []
    assert len(found(*with_terms(None))) == 6  # whose terms they are is not known


def test_revisions_of_a_page_do_not_make_its_words_those_of_the_site():
    first, second, page, _ = with_terms("s")
    revision = page | {"document_id": "d", "text": page["text"] + " revised", "revision": 2}
    assert ("d", "a", "near_copy") in found(first, second, page, revision)


def test_known_articles_tell_what_a_site_prints_below_each():
    *known, last = with_terms("s")
    assert found(last, known=articles(*known)) == []


def test_one_article_under_several_addresses_of_a_site_is_still_a_copy():
    rows = [article(name, f"{STORY} {own(name, 10)}", at, site="s") for at, name in enumerate("abcd", start=1)]
    assert len(found(*rows)) == 6


def test_an_article_that_was_copied_often_is_compared_with_its_first_copies():
    rows = [article(f"a{at:03}", f"{STORY} {own(f'a{at}', 10)}", None) for at in range(2 * MOST_MET)]
    of_last = [other for name, other, _ in found(*rows) if name == rows[-1]["document_id"]]
    assert of_last[:MOST_MET] == [row["document_id"] for row in rows[:MOST_MET]]
    assert len(of_last) < 1.5 * MOST_MET  # some first copies lack a key that later ones have


def test_the_score_is_the_share_of_the_smaller_article():
    cut = " ".join(STORY.split()[:60] + OTHER.split()[:10])
    (score,) = find_copies(articles(article("a"), article("b", cut, 2)), articles())["score"]
    # 66 shingles of five words in 70, of which 56 stand in the story.
    assert score == pytest.approx(56 / 66)


def test_of_several_copies_only_the_first_has_near_copies():
    rows = (article("a", day=1), article("b", day=2), article("c", edited(STORY, 30), 3))
    assert found(*rows) == [("b", "a", "copy"), ("c", "a", "near_copy")]


def test_a_notice_is_too_short_to_be_a_copy():
    notice = " ".join(STORY.split()[: LEAST_WORDS - 1])
    assert found(article("a", notice), article("b", notice, 2)) == []


def test_revisions_of_a_page_follow_each_other_and_are_no_copies():
    rows = [article(name, STORY, page_id="p", revision=at) for at, name in enumerate("abc", start=1)]
    assert found(*rows) == [("b", "a", "revision_of"), ("c", "b", "revision_of")]
    assert found(rows[2], known=articles(*rows[:2])) == [("c", "b", "revision_of")]


def test_a_revision_with_few_changes_is_no_near_copy():
    rows = (article("a", page_id="p"), article("b", edited(STORY, 30), page_id="p", revision=2))
    assert found(*rows) == [("b", "a", "revision_of")]


def test_a_copy_of_one_revision_is_a_copy_of_its_page():
    first, second = article("a", page_id="p"), article("b", edited(STORY, 40), page_id="p", revision=2, day=3)
    assert ("c", "a", "copy") in found(first, second, article("c", day=2))


def test_relations_are_declared_rows_whatever_the_order_of_articles():
    rows = articles(article("a"), article("b", edited(STORY, 30), 2), article("c", day=3), article("d", OTHER))
    relations = find_copies(rows, articles())
    assert relations.schema == DOCUMENT_RELATIONS.schema
    assert relations.equals(find_copies(rows.reverse(), articles()))


def test_no_articles_have_no_relations():
    assert find_copies(articles(), articles()).equals(DOCUMENT_RELATIONS.frame())


def test_a_copy_becomes_a_duplicate_with_its_reason():
    documents = pl.DataFrame(
        [
            {"document_id": "b", "outcome": "kept"},
            {"document_id": "a", "outcome": "kept"},
            {"document_id": "c", "outcome": "kept"},
        ],
        schema=DOCUMENTS.schema,
    )
    relations = find_copies(articles(article("a"), article("b", day=2), article("c", edited(STORY, 30), 3)), articles())
    marked = mark_duplicates(documents, relations)
    assert marked.schema == DOCUMENTS.schema
    assert marked.select("document_id", "outcome", "duplicate_of", "outcome_reason").rows() == [
        ("b", "duplicate", "a", "same words as document a"), ("a", "kept", None, None), ("c", "kept", None, None),
    ]  # fmt: skip


def test_a_document_that_was_not_kept_keeps_its_outcome():
    documents = pl.DataFrame([{"document_id": "b", "outcome": "too_short"}], schema=DOCUMENTS.schema)
    relations = pl.DataFrame([("b", "a", "copy", 1.0)], schema=DOCUMENT_RELATIONS.schema, orient="row")
    assert mark_duplicates(documents, relations)["outcome"].to_list() == ["too_short"]


def keys_of(text: str) -> set[int]:
    (keys,) = article_keys(pl.DataFrame({"document_id": ["d"], "text": [text]}))["keys"].to_list()
    return set(keys)


def test_copies_and_near_copies_share_a_key_and_other_articles_none():
    assert keys_of(STORY) == keys_of(STORY.upper())
    assert keys_of(STORY) & keys_of(edited(STORY, 30))
    assert not keys_of(STORY) & keys_of(" ".join(f"stall{number} sold lamp{number} oil" for number in range(60)))


def test_a_short_text_has_no_keys():
    assert keys_of("Page not found.") == set()
