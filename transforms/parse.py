"""Blocks of text through the language model: one parsed piece a block, with its place in the document."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import polars as pl
from spacy.language import Language
from spacy.matcher import PhraseMatcher
from spacy.tokens import Doc, Span, Token
from spacy.vocab import Vocab

from transforms.blocks import Block
from warehouse.tables import READ_ZONES

_LIKE_ASCII = str.maketrans(
    {
        "“": '"',
        "”": '"',
        "„": '"',
        "‟": '"',
        "«": '"',
        "»": '"',
        "＂": '"',
        "″": '"',
        "’": "'",
        "‘": "'",
        "‚": "'",
        "‛": "'",
        "′": "'",
        "`": "'",
        "´": "'",
        "–": "-",
        "—": "-",
        "‑": "-",
        "‐": "-",
        "−": "-",
        "\n": " ",
        "\t": " ",
        "\u00a0": " ",
        "\u2009": " ",
        "\u202f": " ",
        "\u2028": " ",
        "\u2029": " ",
        "\u00ad": "-",
        "…": ".",
    }
)
"""One character for one, so that spans hold: the model learned from ASCII quotation marks, dashes and spaces."""

MAX_BLOCK_CHARS = 20_000
"""A longer block is parsed in pieces cut at white space: the model's memory grows with the length of one piece."""


@dataclass(frozen=True, slots=True)
class Parsed:
    """One block as the model read it. `start` is where the block begins in the document's text, in code points."""

    doc: Doc
    start: int
    zone: str
    section: str | None

    def place(self, span: Span | Token) -> tuple[int, int]:
        """Where a span or token of this block stands in the document's text."""
        if isinstance(span, Token):
            return self.start + span.idx, self.start + span.idx + len(span)
        return self.start + span.start_char, self.start + span.end_char


class CatalogueNames:
    """Pipeline component: the catalogue's names become a document's entities, the longest first, each with its canonical name.

    spaCy's entity ruler finds the same; it counts its patterns anew for every text, which takes longer than to look for them.
    """

    def __init__(self, vocab: Vocab) -> None:
        self._matcher = PhraseMatcher(vocab)
        self._meant: dict[int, tuple[str, str]] = {}

    def add(self, form: Doc, label: str, name: str) -> None:
        """Take a form for the name of an entity of this type."""
        key = f"{label}\x1f{name}"
        self._matcher.add(key, [form])
        self._meant[form.vocab.strings[key]] = (label, name)

    def __call__(self, doc: Doc) -> Doc:
        """Set the entities of a document that has none yet."""
        found = sorted(set(self._matcher(doc)), key=lambda match: (match[1] - match[2], match[1], self._meant[match[0]]))
        taken: set[int] = set()
        names = []
        for key, start, end in found:
            if taken.isdisjoint((start, end - 1)):
                label, name = self._meant[key]
                names.append(Span(doc, start, end, label=label, span_id=name))
                taken.update(range(start, end))
        doc.ents = names
        return doc


@Language.factory("catalogue")  # type: ignore[untyped-decorator]  # spaCy types it as anything
def _catalogue(nlp: Language, name: str) -> CatalogueNames:  # noqa: ARG001  # the signature is spaCy's
    return CatalogueNames(nlp.vocab)


def with_catalogue(nlp: Language, catalogue: pl.DataFrame) -> Language:
    """Put the catalogue's names before the model's own entity recogniser, which then keeps them and reads around them.

    `catalogue` has columns name, type, aliases (joined by `|`). An entity's id is the canonical name.
    """
    if "catalogue" in nlp.pipe_names:
        return nlp
    names = nlp.add_pipe("catalogue", before="ner")
    assert isinstance(names, CatalogueNames)
    for name, type_, aliases in catalogue.select("name", "type", "aliases").iter_rows():
        for form in dict.fromkeys([name, *filter(None, (aliases or "").split("|"))]):
            names.add(nlp.make_doc(form.translate(_LIKE_ASCII)), type_, name)
    return nlp


def parse_blocks(text: str, blocks: Sequence[Block], nlp: Language) -> list[Parsed]:
    """The blocks of one document's article, parsed in order; boilerplate is left out.

    Blocks that claims come from get the whole model. Titles, headings and captions get the catalogue's names only: the model
    takes their capitals for names.
    """
    placed = [piece for block in blocks if block.zone != "boilerplate" for piece in _cut(text, block)]
    whole = [(text[b.start : b.end].translate(_LIKE_ASCII), b) for b in placed if b.zone in READ_ZONES]
    parsed = [Parsed(doc, b.start, b.zone, b.section) for doc, b in nlp.pipe(whole, as_tuples=True, batch_size=64)]
    names = nlp.get_pipe("catalogue") if "catalogue" in nlp.pipe_names else None
    for block in placed:
        if block.zone not in READ_ZONES:
            doc = nlp.make_doc(text[block.start : block.end].translate(_LIKE_ASCII))
            parsed.append(Parsed(names(doc) if names else doc, block.start, block.zone, block.section))
    return sorted(parsed, key=lambda piece: piece.start)


def _cut(text: str, block: Block) -> Iterator[Block]:
    start = block.start
    while block.end - start > MAX_BLOCK_CHARS:
        cut = max(text.rfind(" ", start, start + MAX_BLOCK_CHARS), text.rfind("\n", start, start + MAX_BLOCK_CHARS))
        cut = cut if cut > start else start + MAX_BLOCK_CHARS
        yield Block(start, cut, block.zone, block.section)
        start = cut
    while start < block.end and text[start].isspace():
        start += 1
    if start < block.end:
        yield Block(start, block.end, block.zone, block.section)
