"""Near-copies: perturbed copies of articles must be found, and articles that only look alike must not.

All of it is made at run time from the pages of a folder, by a fixed seed, and goes through the reader as HTML. Every kind is
a corpus of its own. A copy is held against all pages of the folder; look-alikes are held against each other.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import batched
from pathlib import Path
from random import Random

import polars as pl

from benchmarks.article_text import CORE_ZONES
from benchmarks.figures import Figure, Mapper, Measured, read_rows
from benchmarks.made_copies import (
    CHANGES,
    FORMS,
    Lines,
    filled_in,
    first_words,
    other_figures,
    paragraphs_of,
    sentences_of,
    words_in,
)  # fmt: skip
from benchmarks.made_pages import furnished_page, plain_page
from benchmarks.reading import default_reader, page_of
from benchmarks.scoring import share
from transforms.copies import find_copies
from transforms.decode import UnreadableError
from transforms.read import read_article
from transforms.shingles import containment, fold_words, shingle
from warehouse.tables import DOCUMENTS

SEED = 7
LEAST_WORDS = 150
"""Pages whose gold is shorter are left out: a third of such a text is a notice."""
DONOR_EVERY = 5
"""Each so-manieth story is not held against copies, but lends them text "of one's own"."""
ISSUES = 12
"""Issues of each report that is filled in from a table."""
UPDATE_WORDS = 60
"""What a live page adds above its text, at least."""
ORIGINALS = "originals"


@dataclass(frozen=True, slots=True)
class Story:
    """A page of the folder: its file, and its title and text as the gold has them."""

    name: str
    file: Path
    title: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Made:
    """One page of a kind's corpus. `copy_of` names the original of a copy; `page` is the page that it is a revision of."""

    kind: str
    name: str
    raw: bytes
    site: str
    page: str
    copy_of: str | None = None
    revision: int = 1


def measure(folder: Path, spread: Mapper) -> Measured:
    """Precision of all pairs that are found, and recall of copies with their original, over the kinds."""
    stories = list(_stories(folder))
    made = [*_originals(stories), *_copies(stories), *_look_alikes(stories)]
    return summarise(folder.name, made, list(spread(read_text, made)))


def read_text(page: Made) -> str | None:
    """The article's own text as the reader finds it; None where the page is not kept."""
    try:
        article = read_article(page_of(f"{page.name}.html", page.raw), default_reader())
    except UnreadableError:
        return None
    if article.outcome != "kept":
        return None
    return "\n".join(article.text[block.start : block.end] for block in article.blocks if block.zone in CORE_ZONES)


def summarise(data: str, made: Sequence[Made], texts: Sequence[str | None]) -> Measured:
    """Figures over all kinds, with the recall and the false pairs of each kind in the detail."""
    read = {page.name: text for page, text in zip(made, texts, strict=True) if text is not None}
    made = [page for page in made if page.name in read]
    originals = [page for page in made if page.kind == ORIGINALS]
    right = given = wanted = 0
    of_copies, of_others, errors = [], [], []
    for kind in dict.fromkeys(page.kind for page in made):
        pages = [page for page in made if page.kind == kind]
        gold = {(page.name, page.copy_of) for page in pages if page.copy_of is not None and page.copy_of in read}
        found = _found(pages, originals if gold else [], read)
        right, given, wanted = right + len(found & gold), given + len(found), wanted + len(gold)
        if gold:
            of_copies.append(f"{kind} {share(len(found & gold), len(gold)):.3f}")
        if found - gold:
            of_others.append(f"{kind} {len(found - gold)}")
        errors += [_error(kind, "missed", pair, read) for pair in sorted(gold - found)]
        errors += [_error(kind, "false", pair, read) for pair in sorted(found - gold)]
    of_all = f"{right} of {given}; false: {', '.join(of_others) or 'none'}"
    figures = [
        Figure(data, "near-copies, precision of pairs", share(right, given), of_all),
        Figure(data, "near-copies, recall of pairs", share(right, wanted), f"{right} of {wanted}: {', '.join(of_copies)}"),
    ]
    return Measured(figures, errors)


_Pair = tuple[str, str]


def _found(pages: Sequence[Made], originals: Sequence[Made], read: Mapping[str, str]) -> set[_Pair]:
    """Pairs of a corpus that are judged to be copies; the later revisions of a page come in a run of their own."""
    later = [page for page in pages if originals or page.revision > 1]
    first = originals or [page for page in pages if page.revision == 1]
    if not later:
        first, later = [], list(pages)
    relations = find_copies(_frame(later, read), _frame(first, read)).filter(pl.col("relation") != "revision_of")
    return set(relations.select("document_id", "other_document_id").iter_rows())


def _frame(pages: Sequence[Made], read: Mapping[str, str]) -> pl.DataFrame:
    rows = [
        (page.name, page.page, page.revision, None, f"https://{page.site}/{page.name}", page.site, read[page.name])
        for page in pages
    ]
    columns = ("document_id", "page_id", "revision", "published_at", "url", "site")
    schema = pl.Schema([*((name, DOCUMENTS.schema[name]) for name in columns), ("text", pl.String)])
    return pl.DataFrame(rows, schema=schema, orient="row")


def _error(kind: str, fault: str, pair: _Pair, read: Mapping[str, str]) -> str:
    ours, theirs = (shingle(fold_words(read[name])) for name in pair)
    return (
        f"{kind}, {fault}: {pair[0]} and {pair[1]}, {containment(ours, theirs):.2f} of the smaller;"
        f" shingles {len(ours)} and {len(theirs)}"
    )


def _random(*parts: str) -> Random:
    return Random(f"{SEED} {' '.join(parts)}")  # noqa: S311   nothing here is secret


def _stories(folder: Path) -> Iterator[Story]:
    for row in read_rows(folder / "gold.jsonl"):
        lines = tuple(paragraph for line in row["text"].split("\n") for paragraph in paragraphs_of(line))
        if words_in(lines) >= LEAST_WORDS:
            yield Story(row["id"], folder / "pages" / f"{row['id']}.html", row.get("title") or lines[0], lines)


def _originals(stories: Sequence[Story]) -> Iterator[Made]:
    for at, story in enumerate(stories):
        if at % DONOR_EVERY:
            yield Made(ORIGINALS, story.name, story.file.read_bytes(), f"{story.name}.example", story.name)


def _copies(stories: Sequence[Story]) -> Iterator[Made]:
    for kind, change in CHANGES.items():
        for at, story in enumerate(stories):
            if not at % DONOR_EVERY:
                continue
            random = _random(kind, story.name)
            lines = change(story.lines, stories[at - at % DONOR_EVERY].lines, random)
            title = "What there is to know today" if kind in ("retitled", "furniture") else story.title
            raw = furnished_page(title, lines, random) if "furniture" in kind else plain_page(title, lines)
            name = f"{kind} {story.name}"
            yield Made(kind, name, raw, f"{kind}.{story.name}.example", name, copy_of=story.name)


def _look_alikes(stories: Sequence[Story]) -> Iterator[Made]:
    for group, of_one in enumerate(batched(stories, DONOR_EVERY)):
        shared, *others = of_one
        random = _random("look-alikes", shared.name)
        site = f"site{group}.example"
        terms = first_words(shared.lines[::-1], random.randint(80, 180))[::-1]
        release = first_words(shared.lines, random.randint(150, 250))
        said = [one for one in sentences_of(shared.lines) if 10 <= len(one.split()) <= 40][:2]
        for story in others:
            elsewhere = f"{story.name}.example"
            if own := _part(story.lines, random.randint(120, 300), random):
                yield _page("terms of a site", story, [*own, *terms], site)
            if own := _part(story.lines, round(words_in(release) * random.uniform(1.3, 2.5)), random):
                yield _page("press release", story, [*own[:2], *release, *own[2:]], elsewhere)
            if own := _part(story.lines, random.randint(150, 400), random):
                yield _page("quotations", story, [*own[:1], *said, *own[1:]], elsewhere)
    yield from _issues(stories)
    yield from _updates(stories)


def _part(lines: Lines, words: int, random: Random) -> list[str]:
    """So many words of a text, from any of its lines on; nothing where it has not so many."""
    start = random.randrange(max(1, len(lines) // 2))
    part = first_words(lines[start:], words)
    return part if words_in(part) >= words else []


def _issues(stories: Sequence[Story]) -> Iterator[Made]:
    for form, lines in FORMS.items():
        for number in range(ISSUES):
            name = f"{form} {number}"
            text = filled_in(lines, _random(name))
            yield Made("forms", name, plain_page(name, text), f"{form}.example", name)
    for story in stories:
        told = [one for one in sentences_of(story.lines) if any(char.isdigit() for char in one)]
        if words_in(told) < LEAST_WORDS:
            continue
        for number in range(3):
            issue = other_figures(told, _random(story.name, str(number)))
            yield _page(f"other figures {number}", story, issue, "table.example")


def _updates(stories: Sequence[Story]) -> Iterator[Made]:
    for at, story in enumerate(stories):
        news = first_words(stories[at - 1].lines, UPDATE_WORDS)
        for revision, lines in ((1, story.lines), (2, (*news, *story.lines))):
            page, raw = f"updates {story.name}", plain_page(story.title, lines)
            yield Made("updates", f"{page} {revision}", raw, "live.example", page, None, revision)


def _page(kind: str, story: Story, lines: Sequence[str], site: str) -> Made:
    name = f"{kind} {story.name}"
    return Made(kind.rstrip(" 012"), name, plain_page(story.title, lines), site, name)
