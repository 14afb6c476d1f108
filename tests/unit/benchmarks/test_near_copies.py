import json
from random import Random

import pytest

from benchmarks import near_copies
from benchmarks.made_copies import CHANGES, FORMS, filled_in, first_words, other_figures, paragraphs_of, words_in
from benchmarks.made_pages import furnished_page, plain_page
from benchmarks.near_copies import ORIGINALS, Made, measure, read_text, summarise

SUBJECTS = (
    "The ferry|A crane|Our harbour|Every boat|The old pier|A pilot|The lighthouse|One captain|The market|A fisherman".split("|")
)
VERBS = "leaves|crosses|repairs|watches|sells|carries|loses|finds|paints|measures".split("|")


def story(name: str, paragraphs: int = 12) -> list[str]:
    """Paragraphs of an article on nothing, each of three sentences, in words that no other article has."""
    random = Random(name)

    def sentence(at: int) -> str:
        thing = f"{name}{''.join(random.choices('bdfgklmnprst', k=5))}{random.choice('aeiou')}"
        return f"{random.choice(SUBJECTS)} {random.choice(VERBS)} the {thing} near pier {at} before another {thing} comes."

    return [" ".join(sentence(3 * at + part) for part in range(3)) for at in range(paragraphs)]


@pytest.fixture
def folder(tmp_path):
    """A folder of six pages in the layout of articles-wcxb."""
    (tmp_path / "pages").mkdir()
    rows = []
    for name in ("anna", "bela", "cora", "dina", "ella", "fina"):
        lines = story(name)
        (tmp_path / "pages" / f"{name}.html").write_bytes(plain_page(f"On {name}", lines))
        rows.append({"id": name, "title": f"On {name}", "text": "\n\n".join(lines)})
    (tmp_path / "gold.jsonl").write_text("\n".join(map(json.dumps, rows)))
    return tmp_path


def test_every_copy_of_a_clean_story_is_found_and_nothing_else(folder):
    precision, recall = measure(folder, map).figures
    assert (precision.value, recall.value) == (1.0, 1.0)
    assert all(f"{kind} 1.000" in recall.detail for kind in CHANGES)


def test_all_is_made_the_same_again(folder):
    stories = list(near_copies._stories(folder))
    first, second = ([*near_copies._copies(stories), *near_copies._look_alikes(stories)] for _ in range(2))
    assert first == second


def test_a_pair_that_is_missed_costs_recall_and_one_that_is_false_precision():
    text, other = "\n".join(story("anna")), "\n".join(story("bela"))
    made = [
        Made(ORIGINALS, "a", b"", "a.example", "a"),
        Made("cut", "cut a", b"", "b.example", "b", copy_of="a"),
        Made("alike", "x", b"", "c.example", "c"),
        Made("alike", "y", b"", "d.example", "d"),
    ]
    measured = summarise("data", made, [text, other, text, f"{text} and more"])
    assert [figure.value for figure in measured.figures] == [0.0, 0.0]
    assert [error.split(":")[0] for error in measured.errors] == ["cut, missed", "alike, false"]
    assert [figure.value for figure in summarise("data", made, [text, f"{text} and more", text, other]).figures] == [1.0, 1.0]


def test_a_page_that_is_not_kept_is_not_counted():
    made = [Made(ORIGINALS, "a", b"", "a", "a"), Made("cut", "cut a", b"", "b", "b", copy_of="a")]
    assert summarise("data", made, ["text", None]).figures[1].detail.startswith("0 of 0")


def test_furniture_stands_around_the_story_and_the_reader_leaves_it_out():
    lines = story("anna")
    raw = furnished_page("On anna", lines, Random(3))
    assert b"cookie" in raw and b"Most read" in raw
    text = read_text(Made("furniture", "anna", raw, "s", "anna"))
    assert text is not None
    assert all(line in text for line in lines)
    assert "cookie" not in text and "Most read" not in text


def test_a_story_within_an_own_article_makes_most_of_it():
    lines, own = story("anna"), story("bela", 30)
    for seed in range(10):
        whole = CHANGES["within own"](lines, own, Random(seed))
        assert set(lines) <= set(whole)
        assert 0.5 < words_in(lines) / words_in(whole) < 0.85


def test_cuts_keep_whole_lines():
    lines = story("anna")
    assert CHANGES["first half"](lines, [], Random(1)) == lines[:6]
    assert CHANGES["last third"](lines, [], Random(1)) == lines[-4:]
    assert CHANGES["five paragraphs"](["Short line", *lines], [], Random(1)) == ["Short line", *lines[:5]]
    assert first_words(lines, 0) == []


def test_every_figure_of_another_issue_is_another():
    assert other_figures(["At 10.30 it was 7 degrees"], Random(1))[0].split()[1] != "10.30"
    for form in FORMS.values():
        assert filled_in(form, Random(1)) != filled_in(form, Random(2))
        assert "{" not in "".join(filled_in(form, Random(1)))


def test_a_line_that_lost_its_paragraphs_is_cut_into_some():
    long = " ".join(story("anna", 5))
    assert len(paragraphs_of(long)) == 4
    assert " ".join(paragraphs_of(long)) == long
    assert paragraphs_of("  ") == []
