"""The corpus of reported speech, its markup read into texts and attributions: `python -m training.annotated`."""

import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

Place = tuple[int, int]

ARTICLES = Path(__file__).parent / "corpus" / "articles"
SECOND = Path(__file__).parent / "corpus" / "second.txt"
MATCH = 0.3
"""Least overlap, shared characters by all characters, at which two contents count as one, as benchmarks score them."""
CLOSE = 0.8

_MARK = re.compile(r"\{([sct])(\d+)\||\}")


@dataclass(slots=True)
class Annotated:
    """One attribution of an annotated article; places are in code points of the article's text."""

    content: list[Place] = field(default_factory=list)
    speaker: list[Place] = field(default_factory=list)
    cue: list[Place] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Article:
    """A text of the corpus, paragraphs separated by an empty line, with its attributions in the order of their contents."""

    text: str
    attributions: tuple[Annotated, ...]


def read_articles(path: Path) -> list[Article]:
    """The articles of one file.

    Raises:
        ValueError: where the markup is broken, with the file, the article's number and the place.
    """
    parts = re.split(r"(?m)^---\s*$", path.read_text(encoding="utf-8"))
    return [_read(part.strip(), f"{path.name}, article {n}") for n, part in enumerate(parts, 1) if part.strip()]


def _read(marked: str, where: str) -> Article:
    text, at = "", 0
    marked = re.sub(r"(?<!\n)\n(?!\n)", " ", marked)
    opened: list[tuple[str, int, int]] = []
    found: dict[int, Annotated] = {}
    for mark in _MARK.finditer(marked):
        text += marked[at : mark.start()]
        at = mark.end()
        if mark[1]:
            opened.append((mark[1], int(mark[2]), len(text)))
        elif not opened:
            raise ValueError(f"{where}: a closing brace without an opening one after “{text[-40:]}”: remove it")
        else:
            role, number, start = opened.pop()
            _check_piece(text[start:], f"{where}, {role}{number}")
            annotated = found.setdefault(number, Annotated())
            {"s": annotated.speaker, "c": annotated.cue, "t": annotated.content}[role].append((start, len(text)))
    text += marked[at:]
    if opened:
        raise ValueError(f"{where}: {opened[-1][0]}{opened[-1][1]} is never closed: add a brace")
    for number, annotated in found.items():
        if not annotated.content:
            raise ValueError(f"{where}: attribution {number} has no content: mark it with {{t{number}|…}}")
        if not annotated.speaker and not annotated.cue:
            raise ValueError(f"{where}: attribution {number} has neither speaker nor cue: mark one of them")
    if "{" in text or "}" in text:
        raise ValueError(f"{where}: a brace that marks nothing: write {{s1|…}}, {{c1|…}} or {{t1|…}}")
    return Article(text, tuple(sorted(found.values(), key=lambda one: one.content)))


def _check_piece(piece: str, where: str) -> None:
    if not piece or piece != piece.strip():
        raise ValueError(f"{where}: a part is empty or ends in white space: “{piece[:40]}”")


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far two annotations of the same texts agree: F1 of contents at two overlaps; speaker and cue on matched contents."""

    articles: int
    loose: float
    close: float
    speaker: float
    cue: float


def agreement(first: Sequence[Article], second: Sequence[Article]) -> Agreement:
    """Compare the articles that both have, by text. Contents are matched one to one, the largest overlap first.

    Raises:
        ValueError: where an article of `second` has a text that `first` has not.
    """
    known = {article.text: article for article in first}
    matched: list[tuple[float, Annotated, Annotated]] = []
    total = 0
    for article in second:
        if article.text not in known:
            raise ValueError(f"no article reads “{article.text[:60]}…”: annotate the text as it stands")
        ours, theirs = known[article.text].attributions, article.attributions
        total += len(ours) + len(theirs)
        matched += _matched(ours, theirs)
    return Agreement(
        len(second),
        2 * len(matched) / total,
        2 * sum(share >= CLOSE for share, _, _ in matched) / total,
        sum(_meet(a.speaker, b.speaker) for _, a, b in matched) / len(matched),
        sum(_meet(a.cue, b.cue) for _, a, b in matched) / len(matched),
    )


def _matched(ours: Sequence[Annotated], theirs: Sequence[Annotated]) -> Iterator[tuple[float, Annotated, Annotated]]:
    shares = [(overlap(a.content, b.content), i, j) for i, a in enumerate(ours) for j, b in enumerate(theirs)]
    left, right = set(range(len(ours))), set(range(len(theirs)))
    for share, i, j in sorted(shares, key=lambda one: (-one[0], one[1:])):
        if share >= MATCH and i in left and j in right:
            left.discard(i)
            right.discard(j)
            yield share, ours[i], theirs[j]


def overlap(first: Sequence[Place], second: Sequence[Place]) -> float:
    """The shared characters of two contents as a part of all their characters; either may have several pieces."""
    shared = sum(max(0, min(a[1], b[1]) - max(a[0], b[0])) for a in first for b in second)
    return shared / (sum(end - start for start, end in (*first, *second)) - shared)


def _meet(first: Sequence[Place], second: Sequence[Place]) -> bool:
    return not (first or second) or any(a[0] < b[1] and b[0] < a[1] for a in first for b in second)


def main() -> int:
    """Print what each file of the corpus holds and how far both annotators agree; 2 where a file cannot be read."""
    try:
        read = {path.name: read_articles(path) for path in (*sorted(ARTICLES.glob("*.txt")), SECOND)}
        agreed = agreement([article for name in read if name != SECOND.name for article in read[name]], read[SECOND.name])
    except ValueError as error:
        print(error, file=sys.stderr)
        return 2
    for name, articles in read.items():
        attributions = [one for article in articles for one in article.attributions]
        words = sum(len(article.text.split()) for article in articles)
        unnamed = sum(not one.speaker for one in attributions)
        print(f"{name}: {len(articles)} articles, {words} words, {len(attributions)} attributions, {unnamed} without a speaker")
    print(
        f"agreement on {agreed.articles} articles: contents {agreed.loose:.3f} at {MATCH}, {agreed.close:.3f} at {CLOSE}; "
        f"of those, speakers {agreed.speaker:.3f}, cues {agreed.cue:.3f}"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
