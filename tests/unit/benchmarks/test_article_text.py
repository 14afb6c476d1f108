from pathlib import Path

import pytest

from benchmarks.article_text import GoldPage, score_text, summarise

PAGE = GoldPage(Path("one.html"), "Body of the text here", ("of  the", "no such words"), ("Subscribe", "text here"))


def test_snippets_are_found_whatever_their_case_and_spaces():
    score = score_text(PAGE, "BODY of\nthe text here", "")
    assert (score.present, score.absent) == (1, 1)


def test_the_longest_line_that_the_other_text_lacks_is_shown():
    score = score_text(PAGE, "Body of the text here\nSubscribe now to our letter\nShort extra", "")
    assert (score.extra, score.missing) == ("Subscribe now to our letter", "–")


def test_f1_is_taken_of_the_means_over_pages_not_the_mean_of_f1():
    scores = [score_text(PAGE, "Body of the text here", "Body of"), score_text(PAGE, "", "")]
    by_measure = {figure.measure: figure for figure in summarise("d", [PAGE, PAGE], scores).figures}
    assert by_measure["article text, word F1"].value == pytest.approx(0.5)
    assert by_measure["article text, snippets found"].value == pytest.approx(1 / 4)


def test_the_worst_page_is_the_first_error():
    scores = [
        score_text(PAGE, "Body of the text here", "Body of"),
        score_text(GoldPage(Path("two.html"), "a b", (), ()), "x y", "x y"),
    ]
    assert summarise("d", [PAGE, PAGE], scores).errors[0].startswith("two: P 0.00 R 0.00")


def test_the_figure_without_title_and_captions_stands_beside_it():
    [figure, *_] = summarise(
        "d", [PAGE], [score_text(PAGE, "Title of it all\nBody of the text here", "Body of the text here")]
    ).figures
    assert figure.value < 1
    assert figure.detail.endswith("without title and captions 1.000")
