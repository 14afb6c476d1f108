import pytest

from training.annotated import ARTICLES, SECOND, Annotated, agreement, read_articles

MARKED = """{s1|Olsen} {c1|said} that {t1|the {s2|council} {c2|wants} to {t2|sell
the ferry}}.

"{t3|Nobody asked us}," {s3|he} {c3|added}.
---
It snowed.
"""


@pytest.fixture
def read(tmp_path):
    def articles(marked: str):
        path = tmp_path / "articles.txt"
        path.write_text(marked, encoding="utf-8")
        return read_articles(path)

    return articles


def test_marks_are_taken_out_and_their_places_kept(read):
    first, second = read(MARKED)
    assert first.text == 'Olsen said that the council wants to sell the ferry.\n\n"Nobody asked us," he added.'
    assert [first.text[slice(*one.content[0])] for one in first.attributions] == [
        "the council wants to sell the ferry", "sell the ferry", "Nobody asked us",
    ]  # fmt: skip
    assert [first.text[slice(*one.speaker[0])] for one in first.attributions] == ["Olsen", "council", "he"]
    assert second.attributions == ()


@pytest.mark.parametrize(
    ("marked", "mend"),
    [
        ("{s1|Olsen} spoke} of ice.", "remove it"),
        ("{s1|Olsen {c1|said} {t1|it froze}.", "is never closed"),
        ("{s1|Olsen} {c1|said} it froze.", "has no content"),
        ("Olsen said {t1|it froze}.", "neither speaker nor cue"),
        ("{s1|Olsen} {c1|said }{t1|it froze}.", "ends in white space"),
        ("{s1|Olsen} {c1|said} {t1|it froze} {here.", "marks nothing"),
    ],
)
def test_broken_markup_is_refused_with_its_place(read, marked, mend):
    with pytest.raises(ValueError, match=f"articles.txt, article 1.*{mend}"):
        read(marked)


def test_agreement_counts_contents_that_both_have(read):
    first = read(MARKED)
    second = read('{s1|Olsen} {c1|said} that {t1|the council wants to sell the ferry}.\n\n"Nobody asked us," he added.')
    found = agreement(first, second)
    assert (found.loose, found.close, found.speaker, found.cue) == (0.5, 0.5, 1.0, 1.0)


def test_an_article_that_the_first_has_not_cannot_agree(read):
    with pytest.raises(ValueError, match="as it stands"):
        agreement(read(MARKED), read("It rained."))


def test_the_corpus_can_be_read_and_both_annotators_agree():
    first = [article for path in sorted(ARTICLES.glob("*.txt")) for article in read_articles(path)]
    assert agreement(first, read_articles(SECOND)).loose > 0.9
    assert all(isinstance(one, Annotated) and one.content for article in first for one in article.attributions)
