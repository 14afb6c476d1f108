"""Statements that can be checked: the attributed ones, and the article's own, cut to the clause."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from spacy.tokens import Span, Token

from transforms.clauses import clauses_of, states
from transforms.parse import Parsed
from transforms.quotes import Quote, find_quotes
from transforms.speech import Attribution
from warehouse.tables import READ_ZONES

_LABEL = re.compile(r"^(?:[A-Z][\w'’-]*)(?: [\w'’-]+){0,2}:\s+(?=\S)")
_AROUND_A_CUE = " ,\"'"
MIN_WORDS = 4
"""A shorter clause of the article's own says nothing that stands alone."""
COVERED_SHARE = 0.5
"""A clause of which attributed words make up more than this is there to attribute them."""


@dataclass(frozen=True, slots=True)
class Found:
    """One claim in its block: the words that state it, and its attribution (None where the article itself speaks)."""

    block: Parsed
    span: Span
    start: int
    end: int
    attribution: Attribution | None

    @property
    def gap(self) -> tuple[int, int] | None:
        """Where speaker and cue stand inside the statement, marks and commas around them included; None where they don't."""
        named = self.attribution
        if named is not None and named.gap is not None:
            return named.gap
        if named is None or named.cue is None or not (self.start < named.cue[0] and named.cue[1] < self.end):
            return None
        places = [named.cue, *([named.speaker] if named.speaker and self.start < named.speaker[0] < self.end else [])]
        text, at = self.block.text, self.block.start
        start, end = min(first for first, _ in places), max(last for _, last in places)
        while start > self.start and text[start - at - 1] in _AROUND_A_CUE:
            start -= 1
        while end < self.end and text[end - at] in _AROUND_A_CUE:
            end += 1
        return start, end

    @property
    def root(self) -> Token:
        """The head of the statement: the first word that hangs on nothing else in it, speaker and cue left out."""
        gap = self.gap
        if gap is None:
            return self.span.root
        inside = [token for token in self.span if not gap[0] <= self.block.place(token)[0] < gap[1]]
        numbers = {token.i for token in inside}
        heads = [token for token in inside if token.head.i not in numbers or token.head == token]
        return next((token for token in heads if token.pos_ in ("VERB", "AUX")), heads[0] if heads else self.span.root)


def find_claims(text: str, blocks: Sequence[Parsed], attributions: Sequence[Attribution]) -> list[Found]:
    """Claims of one document, ordered by place: one for each attributed statement, and the article's own clauses.

    Questions, calls, and words that state nothing are none. A place holds one claim: the attributed one.
    """
    found: list[Found] = []
    for block in blocks:
        if block.zone not in READ_ZONES:
            continue
        end = block.start + len(block.text)
        here = [a for a in attributions if block.start <= a.start and a.end <= end]
        quotes = find_quotes(text[block.start : end])
        attributed = [claim for a in here for claim in _attributed(block, a)]
        taken = {(claim.start, claim.end) for claim in attributed}
        found += attributed
        found += [claim for claim in _own(block, here, quotes) if (claim.start, claim.end) not in taken]
    return sorted(found, key=lambda claim: (claim.start, -claim.end))


def _attributed(block: Parsed, attribution: Attribution) -> Iterator[Found]:
    span = block.doc.char_span(attribution.start - block.start, attribution.end - block.start, alignment_mode="expand")
    if span is None or not any(token.is_alpha for token in span) or _is_question(span):
        return
    yield Found(block, span, attribution.start, attribution.end, attribution)


def _is_question(span: Span) -> bool:
    """Whether a span asks: its sentence-final mark, inside or right behind it, is a question mark."""
    following = "".join(token.text_with_ws for token in span.doc[span.end : span.end + 2])[:2]
    return str(span.text).rstrip("\"'").endswith("?") or str(following).startswith("?")


def _own(block: Parsed, attributions: Sequence[Attribution], quotes: Sequence[Quote]) -> Iterator[Found]:
    """The article's own statements in one block."""
    doc = block.doc
    spoken = [
        quote
        for quote in quotes
        if any(
            a.kind == "direct" and a.start < block.start + quote.end and block.start + quote.start < a.end for a in attributions
        )
    ]
    # What a noun phrase holds ("criticises closed systems") leaves the sentence around it a statement of the article's.
    clausal = [a for a in attributions if a.is_clause]
    covered = {token.i for a in clausal for token in _tokens(block, (a.start, a.end))}
    cues = {token.i for a in clausal for place in (a.cue, a.speaker) if place for token in _tokens(block, place)}
    for sentence in doc.sents:
        if _asks_or_calls(sentence, quotes):
            continue
        for labelled in clauses_of(sentence):
            clause = _without_label(block, labelled)
            if clause is None or clause.root.i in cues or any(quote.start <= clause.root.idx < quote.end for quote in spoken):
                continue
            words = [token for token in clause if token.is_alpha or token.like_num]
            share = sum(token.i in covered or token.i in cues for token in words) / max(1, len(words))
            if len(words) >= MIN_WORDS and share <= COVERED_SHARE and states(clause):
                yield Found(block, clause, block.start + clause.start_char, block.start + clause.end_char, None)


def _tokens(block: Parsed, place: tuple[int, int]) -> Span | tuple[()]:
    span = block.doc.char_span(place[0] - block.start, place[1] - block.start, alignment_mode="expand")
    return span if span is not None else ()


def _asks_or_calls(sentence: Span, quotes: Sequence[Quote]) -> bool:
    """Whether a sentence asks, calls to do something, or only leads to what follows it."""
    text = sentence.text.rstrip()
    bare = text.rstrip("\"')] ")
    inside = any(quote.start <= sentence.end_char - 1 < quote.outer_end for quote in quotes)
    if bare.endswith("?") and not inside:
        return True
    if bare.endswith(":") and not any(quote.outer_start >= sentence.start_char for quote in quotes):
        return len(text.split()) <= 12
    return False


def _without_label(block: Parsed, clause: Span) -> Span | None:
    """A clause without a label in front ("Key point: …"); None where nothing follows."""
    if block.zone != "list" and clause.start != 0:
        return clause
    label = _LABEL.match(clause.text)
    if not label or clause.start_char != 0:
        return clause
    return clause.doc.char_span(clause.start_char + label.end(), clause.end_char, alignment_mode="contract")
