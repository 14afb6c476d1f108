"""Statements that can be checked: the attributed ones, and the article's own, cut to the clause."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from spacy.tokens import Span, Token

from transforms.cues import is_first_person
from transforms.parse import Parsed
from transforms.quotes import Quote, find_quotes
from transforms.resolve import Referent, Referents
from transforms.speech import Attribution
from transforms.statements import FINITE_TAGS
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
        if named is None or named.cue is None or not (self.start < named.cue[0] and named.cue[1] < self.end):
            return None
        places = [named.cue, *([named.speaker] if named.speaker and self.start < named.speaker[0] < self.end else [])]
        text, at = self.block.doc.text, self.block.start
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
        end = block.start + len(block.doc.text)
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
    following = span.doc.text[span.end_char : span.end_char + 2]
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
            if len(words) >= MIN_WORDS and share <= COVERED_SHARE and _states(clause):
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


def _states(clause: Span) -> bool:
    """Whether a clause states something: a subject that is no "you" or "here", and a verb in a tense."""
    root = clause.root
    helped = any(child.tag_ in FINITE_TAGS and child.dep_ in ("aux", "auxpass") for child in root.children)
    # A verb that the tagger took for a noun ("handles only text") still governs like a verb.
    governs = root.pos_ == "NOUN" and {"nsubj", "dobj"} <= {child.dep_ for child in root.children}
    if root.pos_ not in ("VERB", "AUX") and not (helped or governs):
        return False
    finite = root.tag_ in FINITE_TAGS or helped or governs
    subjects = [
        child for child in root.children if child.dep_ in ("nsubj", "nsubjpass", "csubj", "expl", "attr") and child.i < root.i
    ]
    if not finite or not any(child.dep_ != "attr" for child in subjects):
        return False
    if any(
        child.lower_ in ("you", "let") or (is_first_person(child) and root.lemma_ in ("hope", "thank", "wish", "welcome"))
        for child in subjects
    ):
        return False
    if clause[0].tag_ in ("WP", "WRB", "WDT") and root.i - clause.start < 6 and clause[0].head == root:
        return False  # an indirect question cut from its sentence
    return not (root.lemma_ == "be" and any(child.lower_ == "here" for child in root.children))


def clauses_of(sentence: Span) -> list[Span]:
    """The main clauses of a sentence: cut where a joined verb has a subject of its own."""
    doc = sentence.doc
    heads = [sentence.root]
    for head in heads:
        heads += [child for child in head.children if child.dep_ == "conj" and child in sentence and _has_own_subject(child)]
    heads.sort(key=lambda head: head.i)
    clauses = []
    for head in heads:
        below = {part.i for other in heads if other != head and head.is_ancestor(other) for part in other.subtree}
        inside = [part.i for part in head.subtree if part.i not in below and part in sentence]
        span = _bare_clause(doc[min(inside) : _end_before(head, max(inside), heads) + 1], head)
        if len(span):
            clauses.append(span)
    return clauses


def _has_own_subject(verb: Token) -> bool:
    return verb.pos_ in ("VERB", "AUX") and any(child.dep_ in ("nsubj", "nsubjpass", "expl") for child in verb.children)


def _end_before(head: Token, last: int, heads: Sequence[Token]) -> int:
    """The last token of a clause: the next clause's words are not its own, though they hang on it."""
    following: list[int] = [other.left_edge.i for other in heads if other.i > head.i and other.left_edge.i > head.i]
    return min([last, *(edge - 1 for edge in following)])


def _bare_clause(span: Span, head: Token) -> Span:
    """A clause without marks, conjunctions and the words that only join it to its neighbour."""
    doc, start, end = span.doc, span.start, span.end
    while start < end and (_is_edge(doc[start]) or (doc[start].dep_ == "cc" and doc[start].head in (head, head.head))):
        start += 1
    while end > start and (_is_edge(doc[end - 1]) or doc[end - 1].lower_ in _JOINTS):
        end -= 1
    return _balanced(doc[start:end]) if start < end else doc[start:start]


_JOINTS = frozenset(("and", "but", "or", "yet", "so", "while", "nor"))


def _is_edge(token: Token) -> bool:
    return token.is_space or (token.is_punct and token.text not in "()%\"'")


def _balanced(span: Span) -> Span:
    """A span without a quotation mark or bracket at its end whose partner stands outside."""
    doc, start, end = span.doc, span.start, span.end
    while end > start and (
        (doc[end - 1].text == '"' and span.text.count('"') % 2) or (doc[end - 1].text == ")" and "(" not in span.text)
    ):
        end -= 1
        span = doc[start:end]
    while start < end and doc[start].text == '"' and span.text.count('"') % 2:
        start += 1
        span = doc[start:end]
    while end > start and doc[end - 1].is_punct and doc[end - 1].text not in ")%\"'":
        end -= 1
        span = doc[start:end]
    return span


def _without_label(block: Parsed, clause: Span) -> Span | None:
    """A clause without a label in front ("Key point: …"); None where nothing follows."""
    if block.zone != "list" and clause.start != 0:
        return clause
    label = _LABEL.match(clause.text)
    if not label or clause.start_char != 0:
        return clause
    return clause.doc.char_span(clause.start_char + label.end(), clause.end_char, alignment_mode="contract")


def resolved_text(found: Found, text: str, referents: Referents, speaker: Referent | None) -> str:
    """The statement so that it stands alone: pronouns and roles with one likely referent replaced by its name.

    A first person in quoted words stays, with the speaker's name in brackets behind it: its verb would not fit a name.
    """
    pieces: list[str] = []
    at = found.start
    gap = found.gap
    quoted = found.attribution is not None and found.attribution.kind == "direct"
    glossed = False
    for token in found.span:
        start, end = found.block.place(token)
        if gap and gap[0] <= start < gap[1]:
            if at < gap[1]:
                pieces += [text[at : gap[0]], " "]
                at = gap[1]
            continue
        if start < at or end > found.end:
            continue
        replaced: str | None
        if quoted and token.lower_ in ("i", "we") and speaker and not glossed:
            contraction = _CONTRACTION.match(text, end)
            end = contraction.end() if contraction else end
            replaced, glossed = f"{text[start:end]} [{speaker.name}]", True
        elif quoted:
            continue  # what a speaker points at with "it" or "they" need not stand in the article
        else:
            start, replaced = _replacement(token, found, referents, start)
        if replaced is None or start < at:
            continue
        if replaced.endswith("s") and text[end : end + 2] in ("'s", "’s"):
            replaced, end = f"{replaced}'", end + 2
        pieces += [text[at:start], replaced]
        at = end
    pieces.append(text[at : found.end])
    return " ".join("".join(pieces).split())


_CONTRACTION = re.compile(r"['’](?:ve|m|re|ll|d)\b", re.I)
_POSSESSIVES = frozenset(("his", "its"))


def _replacement(token: Token, found: Found, referents: Referents, start: int) -> tuple[int, str | None]:
    """Where a pronoun or role begins, and the name to put there; None where it stays."""
    if token.lower_ in ("himself", "herself", "itself", "hers"):
        return start, None
    before = (
        found.start
        if found.attribution is None or found.attribution.speaker is None
        else max(found.start, found.attribution.speaker[1])
    )
    referent = referents.antecedent(token, max(start, before) if found.attribution is None else start)
    if referent is None:
        return start, None
    possessive = token.lower_ in _POSSESSIVES or (token.lower_ == "her" and token.dep_ == "poss")
    if token.pos_ == "NOUN":  # "the company": the article goes too, and a possessive mark stays behind it
        article = next(child for child in token.children if child.lower_ in ("the", "this"))
        start = found.block.place(article)[0]
    if possessive:
        return start, f"{referent.name}'" if referent.name.endswith("s") else f"{referent.name}'s"
    return start, referent.name
