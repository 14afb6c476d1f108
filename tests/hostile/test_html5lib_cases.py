"""Malformed HTML that parsers are tested with, read as pages: each ends in one outcome, and nothing of its text is lost."""

import html
import re

import pytest

from benchmarks.article_reading import read_input_without_model
from benchmarks.html5lib_cases import CasesMissingError, html5lib_cases
from benchmarks.robustness import Input, read_input
from transforms.html import read_html
from transforms.page_lines import fold

SENTENCE = "The harbour board said on Monday that thirty ferries will cross the strait every day from May."
AROUND = (
    "<html><head><title>Ferries</title></head><body><article><p>{0}</p>{1}"
    "<p>{0} Traders were pleased.</p></article></body></html>"
)


@pytest.fixture(scope="module")
def cases(request):
    try:
        return html5lib_cases(request.config.cache.mkdir("html5lib"))
    except CasesMissingError as missing:
        pytest.skip(str(missing))


def faults(cases, read):
    ended = {case: read(case) for case in cases}
    return {case: end for case, end in ended.items() if end.fault}


def test_there_are_more_than_a_thousand_of_them(cases):
    assert len(cases) > 1_500


def test_each_alone_ends_in_one_outcome_with_its_reason(cases):
    assert not faults(cases, lambda case: read_input_without_model(Input("a.html", case.encode("utf-8", "replace"))))


def test_each_inside_an_article_ends_in_one_outcome(cases):
    def read(case):
        return read_input_without_model(Input("a.html", AROUND.format(SENTENCE, case).encode("utf-8", "replace")))

    assert not faults(cases, read)


def test_text_in_front_of_each_is_never_lost(cases):
    lost = []
    for case in cases:
        page = read_html(AROUND.format(SENTENCE, case), "https://site.example/a")
        if page is None or not any(fold(SENTENCE) in fold(piece.text) for piece in page.pieces):
            lost.append(case)
    assert not lost


def test_text_that_no_case_can_hide_in_is_kept_with_each_escaped(cases):
    lost = []
    for case in cases:
        shown = " ".join(re.findall(r"\w{3,}", case))
        page = read_html(AROUND.format(SENTENCE, f"<p>They read {html.escape(case)} here.</p>"), "https://site.example/a")
        whole = "" if page is None else fold(" ".join(piece.text for piece in page.pieces))
        if any(fold(word) not in whole for word in shown.split()):
            lost.append(case)
    assert not lost


def test_every_fortieth_goes_through_the_whole_reader(cases):
    def read(case):
        return read_input(Input("a.html", AROUND.format(SENTENCE, case).encode("utf-8", "replace")))

    assert not faults(cases[::40], read)
