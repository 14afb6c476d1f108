"""Marks in a text: well-formed whatever they do to each other, and over the text as it stands."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.reports.marks import Mark, marked_pieces

TEXT = "Ada said that Q5 is fast."


def _mark(key: str, start: int, end: int) -> Mark:
    return Mark(start, end, f"<mark id={key}>", f"<mark of={key}>", "</mark>", f"<a>{key}</a>")


def _marked(text: str, *marks: Mark) -> str:
    [piece] = marked_pieces(text, [(0, len(text))], marks)
    return piece


@pytest.mark.parametrize(
    ("marks", "shown"),
    [
        ([(0, 3)], "<mark id=0>abc</mark><a>0</a>def"),
        ([(0, 6), (1, 3)], "<mark id=0>a<mark id=1>bc</mark><a>1</a>def</mark><a>0</a>"),
        ([(0, 4), (2, 6)], "<mark id=0>ab<mark id=1>cd</mark></mark><a>0</a><mark of=1>ef</mark><a>1</a>"),
        ([(0, 3), (3, 6)], "<mark id=0>abc</mark><a>0</a><mark id=1>def</mark><a>1</a>"),
        ([(1, 3), (1, 3)], "a<mark id=0><mark id=1>bc</mark><a>1</a></mark><a>0</a>def"),
        ([(2, 2)], "abcdef"),
    ],
)
def test_marks_nest_or_are_cut_where_they_cross(marks: list[tuple[int, int]], shown: str) -> None:
    assert _marked("abcdef", *(_mark(str(key), start, end) for key, (start, end) in enumerate(marks))) == shown


def test_a_mark_over_the_border_of_a_sentence_is_a_piece_in_each() -> None:
    assert marked_pieces("one. two.", [(0, 4), (5, 9)], [_mark("k", 2, 7)]) == [
        "on<mark id=k>e.</mark>",
        "<mark of=k>tw</mark><a>k</a>o.",
    ]


def test_marks_count_code_points_and_escape_what_they_hold() -> None:
    assert _marked("👩‍💻<b>&", _mark("k", 3, 6)) == "👩‍💻<mark id=k>&lt;b&gt;</mark><a>k</a>&amp;"


@given(
    st.text("ab<&é👩", max_size=30), st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), max_size=8), st.integers(0, 30)
)
def test_any_marks_are_well_formed_and_leave_the_text_as_it_is(text: str, spans: list[tuple[int, int]], cut: int) -> None:
    marks = [Mark(start, end, f"[{key}:", f"[{key}:", "]") for key, (start, end) in enumerate(spans)]
    middle = min(cut, len(text))
    pieces = marked_pieces(text, [(0, middle), (middle, len(text))], marks)
    covered: dict[int, str] = {}
    at = 0
    for piece in pieces:
        opened: list[int] = []
        for part in re.findall(r"\[\d+:|\]|&\w+;|.", piece, re.DOTALL):
            if part == "]":
                opened.pop()
            elif part.endswith(":"):
                opened.append(int(part[1:-1]))
            else:
                for key in opened:
                    covered[key] = covered.get(key, "") + text[at]
                at += 1
        assert opened == []
    assert at == len(text)
    assert covered == {key: text[start:end] for key, (start, end) in enumerate(spans) if text[start:end]}
