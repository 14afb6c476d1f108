"""Blocks of text through the language model: one parsed piece a block, with its place in the document."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

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


def like_ascii(text: str) -> str:
    """A text as the model reads it, of the same length."""
    return text.translate(_LIKE_ASCII)


MAX_BLOCK_CHARS = 20_000
"""A longer block is parsed in pieces cut at white space: the model's memory grows with the length of one piece."""
_BATCH_BLOCKS = 64
_BATCH_CHARS = 60_000
"""What the model reads at once, which its memory grows with as well: most articles whole, long texts in parts."""


@dataclass(frozen=True)
class Parsed:
    """One block as the model read it. `start` is where the block begins in the document's text, in code points."""

    doc: Doc
    start: int
    zone: str
    section: str | None

    @cached_property
    def text(self) -> str:
        """The block's words as the model read them. They are put together token by token: many ask, so it is done once."""
        return str(self.doc.text)

    def place(self, span: Span | Token) -> tuple[int, int]:
        """Where a span or token of this block stands in the document's text."""
        if isinstance(span, Token):
            return self.start + span.idx, self.start + span.idx + len(span)
        return self.start + span.start_char, self.start + span.end_char


class CatalogueNames:
    """Pipeline component: the catalogue's names among those that the model found, the longest first.

    Each has its canonical name as its id. A name that is only part of a longer one that the model found is left to it: spaCy's
    entity ruler knows no such rule, and it counts its patterns anew for every text, which takes longer than to look for them.
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
        """Set a document's entities: the catalogue's, but for those that are part of a longer name, and what is left."""
        found = sorted(set(self._matcher(doc)), key=lambda match: (match[1] - match[2], match[1], self._meant[match[0]]))
        if not found:
            return doc
        owner = {token.i: span for span in doc.ents for token in span}
        taken: set[int] = set()
        names = []
        for key, start, end in found:
            if taken.isdisjoint((start, end - 1)):
                label, name = self._meant[key]
                span = Span(doc, start, end, label=label, span_id=name)
                if start in owner and _is_part(span, owner[start]):
                    continue
                names.append(span)
                taken.update(range(start, end))
        doc.ents = names + [left for span in doc.ents for left in _left(span, taken)]
        return doc


_PLACED = frozenset(("GPE", "LOC", "NORP", "ORG"))
"""Types of names that longer names are made of: the Bank of England, the New York Film Festival."""
_MADE_OF_NAMES = frozenset(("ORG", "FAC", "EVENT", "LAW", "WORK_OF_ART", "GPE", "LOC", "PERSON"))
_FOUNDED = frozenset(
    "foundation institute university college school center centre association society museum library hospital prize award"
    " awards conference festival cup tower building hotel airport stadium bridge park street road church committee"
    " commission fund trust act initiative project union league council party campaign".split()
)
"""What is named after people and things: the Clinton Foundation, the Python Software Foundation."""


def _is_part(name: Span, found: Span) -> bool:
    """Whether a name of the catalogue is but a part of what the model found: England in the Bank of England."""
    if len(found) <= len(name) or name.end > found.end or found.label_ not in _MADE_OF_NAMES:
        return False
    rest = [token for token in found if not name.start <= token.i < name.end]
    if any(token.text in (",", "/", ";", ":", '"', "and", "&", "-", "(") for token in rest) and found.label_ != "ORG":
        return False
    if name.end < found.end and found.doc[name.end].text in ("'s", "'", ","):
        return False
    if name.start > found.start and found.doc[name.start - 1].text == ",":
        return False
    if name.label_ == found.label_ == "EVENT":
        return True
    if name.label_ in _PLACED:
        return found.label_ != "PERSON" or (name.label_ in ("GPE", "LOC") and name.start == found.start and len(found) <= 3)
    return found[-1].lower_ in _FOUNDED


def _left(found: Span, taken: set[int]) -> list[Span]:
    """What the model found, where the catalogue's names leave it; of a person's name what is left beside them."""
    free = [token.i for token in found if token.i not in taken]
    if len(free) == len(found):
        return [found]
    capitals = [i for i in free if found.doc[i].text[:1].isupper()]
    if found.label_ != "PERSON" or len(capitals) < 2 or capitals[-1] - capitals[0] >= len(capitals):
        return []
    return [Span(found.doc, capitals[0], capitals[-1] + 1, label=found.label_)]


@Language.factory("catalogue")  # type: ignore[untyped-decorator]  # spaCy types it as anything
def _catalogue(nlp: Language, name: str) -> CatalogueNames:  # noqa: ARG001  # the signature is spaCy's
    return CatalogueNames(nlp.vocab)


def with_catalogue(nlp: Language, catalogue: pl.DataFrame) -> Language:
    """Put the catalogue's names behind the model's own entity recogniser, which knows where a longer name holds one of them.

    `catalogue` has columns name, type, aliases (joined by `|`). An entity's id is the canonical name.
    """
    if "catalogue" in nlp.pipe_names:
        return nlp
    names = nlp.add_pipe("catalogue", after="ner")
    assert isinstance(names, CatalogueNames)
    for name, type_, aliases in catalogue.select("name", "type", "aliases").iter_rows():
        for form in dict.fromkeys([name, *filter(None, (aliases or "").split("|"))]):
            names.add(nlp.make_doc(like_ascii(form)), type_, name)
    return nlp


def parse_blocks(text: str, blocks: Sequence[Block], nlp: Language) -> list[Parsed]:
    """The blocks of one document's article, parsed in order; boilerplate is left out.

    Blocks that claims come from get the whole model. Titles, headings and captions get the catalogue's names only: the model
    takes their capitals for names.
    """
    placed = [piece for block in blocks if block.zone != "boilerplate" for piece in _cut(text, block)]
    whole = [(like_ascii(text[b.start : b.end]), b) for b in placed if b.zone in READ_ZONES]
    parsed = [
        Parsed(doc, b.start, b.zone, b.section)
        for batch in _batches(whole)
        for doc, b in nlp.pipe(batch, as_tuples=True, batch_size=_BATCH_BLOCKS)
    ]
    names = nlp.get_pipe("catalogue") if "catalogue" in nlp.pipe_names else None
    for block in placed:
        if block.zone not in READ_ZONES:
            doc = nlp.make_doc(like_ascii(text[block.start : block.end]))
            parsed.append(Parsed(names(doc) if names else doc, block.start, block.zone, block.section))
    return sorted(parsed, key=lambda piece: piece.start)


def _batches(pieces: Sequence[tuple[str, Block]]) -> Iterator[Sequence[tuple[str, Block]]]:
    """The pieces in their order, in batches of no more than _BATCH_BLOCKS of them and about _BATCH_CHARS characters."""
    first = chars = 0
    for at, (words, _) in enumerate(pieces):
        if at > first and (at - first == _BATCH_BLOCKS or chars + len(words) > _BATCH_CHARS):
            yield pieces[first:at]
            first, chars = at, 0
        chars += len(words)
    if first < len(pieces):
        yield pieces[first:]


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
