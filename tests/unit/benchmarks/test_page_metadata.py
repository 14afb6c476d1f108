from pathlib import Path

from benchmarks.page_metadata import GoldFacts, fold, summarise


def _pages(*facts):
    return [
        GoldFacts(Path(f"{n}.html"), {"title": None, "author": None, "date": None, **given}) for n, given in enumerate(facts)
    ]


def test_case_spaces_and_punctuation_fold_away():
    assert fold("  “It's HERE” – now ") == fold("its here now")
    assert fold(None) == fold(" – ") == ""


def test_a_value_where_the_gold_has_none_counts_against_precision_only():
    pages = _pages({"title": "One"}, {})
    found = [{"title": "one.", "author": None, "date": None}, {"title": "Two", "author": None, "date": None}]
    title = summarise("d", pages, found).figures[0]
    assert title.detail == "P 0.500 (1/2) R 1.000 (1/1)"


def test_a_missing_value_counts_against_recall_and_nothing_given_is_no_error():
    pages = _pages({"title": "One", "author": "Ann"}, {})
    measured = summarise(
        "d", pages, [{"title": "One", "author": None, "date": None}, dict.fromkeys(("title", "author", "date"))]
    )
    author = measured.figures[1]
    assert (author.value, author.detail) == (0.0, "P 0.000 (0/0) R 0.000 (0/1)")
    assert measured.errors == ["0 author: gives None | should be Ann"]
