"""The measures on made data in the layout of the benchmark folders, through the real reader."""

import json

import pytest

from benchmarks import article_text, checkworthy, entities, page_metadata, robustness, speech, statement_pairs

FIRST = "The town of Arling opened three new schools on Monday, which cost it about 12 million dollars."
SECOND = "Mayor Ruth Bell said that the schools would take in 900 children before the summer ends."
PAGE = f"""<html><head><title>Arling opens schools</title><meta name="author" content="Ann Lee">
<meta property="article:published_time" content="2025-03-04T08:00:00Z"></head>
<body><nav><a href="/">Home</a></nav>
<article><h1>Arling opens schools</h1><p>{FIRST}</p><p>{SECOND}</p></article></body></html>"""


def _rows(file, *rows):
    file.write_text("".join(f"{json.dumps(row)}\n" for row in rows), encoding="utf-8")


def _values(measured):
    return {figure.measure: figure.value for figure in measured.figures}


@pytest.fixture
def pages(tmp_path):
    (tmp_path / "pages").mkdir()
    (tmp_path / "pages" / "1.html").write_text(PAGE, encoding="utf-8")
    (tmp_path / "pages" / "2.html").write_bytes(b"\x00\x01\x02" * 99)
    gold = {"text": f"{FIRST}\n{SECOND}", "title": "Arling Opens Schools", "author": "Ann Lee", "date": "2025-03-04"}
    _rows(tmp_path / "gold.jsonl", {"id": "1", **gold}, {"id": "2", **gold})
    return tmp_path


def test_a_page_that_cannot_be_read_counts_as_empty(pages):
    found = _values(article_text.measure(pages, map))
    assert 0.45 < found["article text, word F1"] <= 0.5


def test_metadata_of_a_page_is_held_against_the_gold(pages):
    right_on_one_of_two = pytest.approx(2 / 3)
    found = _values(page_metadata.measure(pages, map))
    assert found == {"title F1": right_on_one_of_two, "author F1": right_on_one_of_two, "date F1": right_on_one_of_two}


def test_attributed_claims_of_a_text_are_held_against_the_gold(tmp_path):
    text = f"{FIRST}\n\n{SECOND}\n"
    place = [[text.index(words), text.index(words) + len(words)] for words in ("Mayor Ruth Bell", "said", SECOND[20:-1])]
    _rows(tmp_path / "dev.jsonl", {"id": "a", "text": text, "attributions": [
        {"source": [place[0]], "cue": [place[1]], "content": [place[2]]},
    ]})  # fmt: skip
    found = _values(speech.measure(tmp_path, map))
    assert (found["attribution, content F1 at 0.8"], found["attribution, speaker"], found["attribution, cue"]) == (1, 1, 1)


def test_a_text_that_is_not_kept_gives_no_claims_but_the_reason():
    claims = speech.read_claims(speech.GoldText("a", "Too short.", []))
    assert claims.found == []
    assert claims.fault.startswith("too_short: 2 words")


def test_names_of_a_sentence_are_held_against_the_gold(tmp_path):
    text = "Angela Merkel flew to Paris."
    _rows(tmp_path / "dev.jsonl", {"id": "a", "text": text, "mentions": [[0, 13, "politician"], [22, 27, "location"]]})
    assert _values(entities.measure(tmp_path, map)) == {"entities F1": 1.0}


def test_a_sentence_without_a_claim_scores_zero(tmp_path):
    rows = ({"id": "a", "text": "Thank you!", "checkworthy": False}, {"id": "b", "text": FIRST, "checkworthy": True})
    _rows(tmp_path / "dev.jsonl", *rows)
    assert checkworthy.score_sentence(checkworthy.GoldSentence("a", "Thank you!", False)) == 0.0
    assert _values(checkworthy.measure(tmp_path, map))["check-worthiness F1 at 0.5"] == 1.0


def test_pairs_are_related_through_their_claims(tmp_path):
    denied = FIRST.replace("opened", "did not open")
    for file, rows in {
        "val.jsonl": [{"id": "1", "a": FIRST, "b": FIRST, "same": True}],
        "dev.jsonl": [{"id": "1", "a": FIRST, "b": FIRST, "relation": "entailment"},
                      {"id": "2", "a": FIRST, "b": "The cat sat on the mat.", "relation": "neutral"},
                      {"id": "3", "a": FIRST, "b": denied, "relation": "contradiction"}],
    }.items():  # fmt: skip
        _rows(tmp_path / file, *rows)
    same, related = statement_pairs.measure_same(tmp_path, map), statement_pairs.measure_relations(tmp_path, map)
    assert _values(same) == {"same statement F1": 1.0, "same statement, accuracy": 1.0}
    assert _values(related) == {"relations, macro F1": 1.0, "contradiction, precision": 1.0}


def test_strings_and_files_of_any_kind_end_in_one_outcome(tmp_path):
    (tmp_path / "blns.json").write_text(json.dumps(["", "<script>alert(1)</script>", "\u202etest"]), encoding="utf-8")
    (tmp_path / "feeds").mkdir()
    (tmp_path / "feeds" / "a.xml").write_bytes(b"<?xml version='1.0'?><rss><channel>\xff\xfe</rss>")
    assert _values(robustness.measure_strings(tmp_path, map)) == {"inputs that end in one outcome": 1.0}
    assert _values(robustness.measure_files(tmp_path, map)) == {"inputs that end in one outcome": 1.0}


def test_an_exception_that_leaves_the_reader_is_a_fault(monkeypatch):
    monkeypatch.setattr(robustness, "read_pages", lambda *_: 1 / 0)
    assert robustness.read_input(robustness.Input("a", b"x")).fault == "raised ZeroDivisionError: division by zero"
