"""Article text: how much of what a page's text should hold is there, and how much else."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.figures import Figure, Mapper, Measured, read_rows, shown
from benchmarks.reading import default_reader, page_of
from benchmarks.scoring import f1, share, shingle_overlap, shingles
from transforms.decode import UnreadableError
from transforms.read import read_article

SHINGLE_WORDS = 4
CORE_ZONES = ("body", "list", "heading")
"""What is left without title and captions, which the gold of some pages has and of others has not."""
_KNOWN = {
    ("articles-scrapinghub", "shingles"): "trafilatura 2.3.1 0.960, favor_precision 0.964; best known 0.970",
    ("articles-wcxb", "words"): "trafilatura 2.3.1 0.930",
}


@dataclass(frozen=True, slots=True)
class GoldPage:
    """A page's file and the text that it should give, with snippets that this must hold and must not hold."""

    file: Path
    text: str
    present: tuple[str, ...]
    absent: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PageScore:
    """Precision and recall of one page's shingles and words, its snippets that came out right, and what went wrong most.

    `core_shingles` and `core_words` are those of its CORE_ZONES alone.
    """

    name: str
    shingles: tuple[float, float]
    words: tuple[float, float]
    core_shingles: tuple[float, float]
    core_words: tuple[float, float]
    present: int
    absent: int
    extra: str
    missing: str


def measure(folder: Path, spread: Mapper) -> Measured:
    """Means over the pages of a folder with `gold.jsonl` and `pages/<id>.html`."""
    pages = [
        GoldPage(
            folder / "pages" / f"{row['id']}.html", row["text"], tuple(row.get("with") or ()), tuple(row.get("without") or ())
        )
        for row in read_rows(folder / "gold.jsonl")
    ]
    return summarise(folder.name, pages, list(spread(score_page, pages)))


def score_page(page: GoldPage) -> PageScore:
    """Read one page and hold the text of its zones other than boilerplate against the gold."""
    try:
        article = read_article(page_of(page.file.name, page.file.read_bytes()), default_reader())
    except UnreadableError:
        return score_text(page, "", "")
    core = "\n".join(article.text[block.start : block.end] for block in article.blocks if block.zone in CORE_ZONES)
    return score_text(page, article.words, core)


def score_text(page: GoldPage, text: str, core: str) -> PageScore:
    """Hold a page's text against the gold; `core` is that part of it that stands in CORE_ZONES."""
    held = _folded(text)
    return PageScore(
        page.file.stem,
        shingle_overlap(text, page.text, SHINGLE_WORDS),
        shingle_overlap(text, page.text, 1),
        shingle_overlap(core, page.text, SHINGLE_WORDS),
        shingle_overlap(core, page.text, 1),
        present=sum(_folded(snippet) in held for snippet in page.present),
        absent=sum(_folded(snippet) not in held for snippet in page.absent),
        extra=_strangest(text, page.text),
        missing=_strangest(page.text, text),
    )


def summarise(data: str, pages: Sequence[GoldPage], scores: Sequence[PageScore]) -> Measured:
    """Figures of a folder: F1 of the mean precision and the mean recall, and shares over all snippets."""
    figures = []
    for measure_, unit in ((f"{SHINGLE_WORDS}-word shingles F1", "shingles"), ("word F1", "words")):
        precision, recall = _means([getattr(score, unit) for score in scores])
        core = f1(*_means([getattr(score, f"core_{unit}") for score in scores]))
        detail = f"P {precision:.3f} R {recall:.3f}, {len(pages)} pages; without title and captions {core:.3f}"
        figures.append(Figure(data, f"article text, {measure_}", f1(precision, recall), detail, _KNOWN.get((data, unit), "")))
    for name, wanted, right in (
        ("snippets found", sum(len(page.present) for page in pages), sum(score.present for score in scores)),
        ("unwanted snippets absent", sum(len(page.absent) for page in pages), sum(score.absent for score in scores)),
    ):
        if wanted:
            figures.append(Figure(data, f"article text, {name}", share(right, wanted), f"{right} of {wanted}"))
    worst = sorted(scores, key=lambda score: (f1(*score.shingles), score.name))
    return Measured(figures, [_error(score) for score in worst])


def _means(pairs: Sequence[tuple[float, float]]) -> tuple[float, float]:
    return share(sum(first for first, _ in pairs), len(pairs)), share(sum(second for _, second in pairs), len(pairs))


def _error(score: PageScore) -> str:
    precision, recall = score.shingles
    return f"{score.name}: P {precision:.2f} R {recall:.2f}\n    extra:   {score.extra}\n    missing: {score.missing}"


def _folded(text: str) -> str:
    return " ".join(text.casefold().split())


def _strangest(text: str, other: str) -> str:
    """The longest line of a text of which the other holds less than half."""
    held = shingles(other, SHINGLE_WORDS)
    strange = []
    for line in text.split("\n"):
        found = shingles(line, SHINGLE_WORDS)
        if found and (found & held).total() < found.total() / 2:
            strange.append(line)
    return shown(max(strange, key=len), 160) if strange else "–"
