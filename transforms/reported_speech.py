"""Reported speech: clauses that cues govern, statements with the cue behind or inside, and "according to"."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from spacy.tokens import Span, Token

from transforms.cues import CueLexicon, clause_span, cue_verbs, is_first_person, is_holder, may_speak, speaker_span, subject_of
from transforms.parse import Parsed
from transforms.quotes import Quote
from transforms.speech import STATEMENT_WORDS, Attribution, cue_of, is_inside
from transforms.statements import FINITE_TAGS


def find_reports(block: Parsed, quotes: Sequence[Quote], lexicon: CueLexicon) -> Iterator[Attribution]:
    """Reported clauses: complements of cues, statements with the cue behind or inside, and "according to"."""
    for token, frames in cue_verbs(block.doc, lexicon):
        if is_inside(token, quotes):
            continue
        cue = cue_of(token, frames, subject_of(token))
        if cue is None or cue.speaker is None:
            continue
        clauses = list(_clauses(token, frames))
        for content in clauses or _weaker_contents(token, frames, lexicon):
            found = _reported(block, quotes, content, cue.span, cue.speaker)
            yield replace(found, is_denied="d" in frames, is_clause=bool(clauses))
    for token in block.doc:
        if token.lower_ == "according" and not is_inside(token, quotes):
            yield from _according(block, quotes, token)
        elif token.pos_ == "NOUN" and token.lemma_.lower() in lexicon.nouns and not is_inside(token, quotes):
            yield from _noun_cue(block, quotes, token)


def _clauses(verb: Token, frames: str) -> Iterator[Span]:
    """The clause that a verb of saying holds: behind it, before it, or around it."""
    if "c" not in frames and "q" not in frames:
        return
    clause = next((child for child in verb.children if child.dep_ == "ccomp" and _is_statement(child)), None)
    if clause is not None:
        yield from filter(None, [_with_afterthought(verb, clause_span(clause))])
    elif verb.dep_ == "parataxis" or (verb.dep_ == "advcl" and "q" in frames and _opens_with_as(verb)):
        yield from filter(None, [_with_afterthought(verb, clause_span(verb.head, without=verb))])


def _with_afterthought(verb: Token, span: Span | None) -> Span | None:
    """A clause before its cue, with what follows the cue behind a comma: "it will freeze, she said, because it is cold"."""
    if span is None or span.start > verb.i:
        return span
    for child in verb.rights:
        behind = child.left_edge
        opens = child.dep_ in ("advcl", "prep") and child.tag_ not in ("VBG", "VBN") and behind.i > verb.i
        rest = clause_span(child) if opens and behind.nbor(-1).text == "," else None
        if rest is not None:
            return verb.doc[span.start : rest.end]
    return span


def _opens_with_as(verb: Token) -> bool:
    """Whether a verb stands in "as X said" with a speaker of its own: "as noted" names nobody."""
    marks = [child.lower_ for child in verb.children if child.dep_ == "mark"]
    return "as" in marks and any(child.dep_ == "nsubj" for child in verb.children)


def _weaker_contents(verb: Token, frames: str, lexicon: CueLexicon) -> Iterator[Span]:
    """What a verb of saying holds where no clause follows it: an infinitive, an object, what follows its preposition."""
    if not is_holder(subject_of(verb)):
        return
    for child in verb.children:
        held = _held(verb, child, frames, lexicon)
        span = clause_span(held) if held is not None and _is_weighty(held) else None
        if span is not None:
            yield span
            return


def _held(verb: Token, child: Token, frames: str, lexicon: CueLexicon) -> Token | None:
    """The head of what is held, if this child of the verb carries it."""
    if child.dep_ == "xcomp" and "x" in frames and any(part.lower_ == "to" for part in child.lefts):
        return child
    if child.dep_ in ("dobj", "oprd") and "n" in frames and child.i > verb.i:
        return child
    if child.dep_ == "prep" and "p" in frames and child.lower_ in _MATTERS:
        return next(iter(child.children), None)
    if child.dep_ == "dobj" and "e" in frames and child.lemma_.lower() in lexicon.nouns:
        inner = next((part for part in child.rights if part.dep_ in ("prep", "acl", "ccomp")), None)
        return next((part for part in inner.children if part.dep_ in ("pobj", "pcomp")), inner) if inner is not None else None
    return None


_MATTERS = ("of", "about", "at", "against", "to", "on", "for", "over")
"""Prepositions that lead to what a verb of saying is about."""


def _is_weighty(token: Token) -> bool:
    """Whether an object says something of itself: several words, not a bare name or a date."""
    return token.ent_type_ not in ("DATE", "TIME") and sum(1 for part in token.subtree if part.is_alpha) > STATEMENT_WORDS


def _is_statement(clause: Token) -> bool:
    """Whether a complement states something: in a tense or after "that", and no embedded question ("how it works")."""
    marks = {child.lower_ for child in clause.children if child.dep_ == "mark"}
    auxiliaries = [child for child in clause.children if child.dep_ in ("aux", "auxpass")]
    states = "that" in marks or any(token.tag_ in FINITE_TAGS for token in (clause, *auxiliaries))
    asks = marks & {"whether", "if", "while"} or clause.left_edge.tag_ in ("WP", "WRB", "WDT", "WP$")
    return states and not asks


def _according(block: Parsed, quotes: Sequence[Quote], token: Token) -> Iterator[Attribution]:
    """ "According to X": X speaks, and the clause it hangs on is what is said."""
    to = next((child for child in token.children if child.lower_ == "to"), None)
    speaker = next((child for child in to.children if child.dep_ == "pobj"), None) if to is not None else None
    head = token.head
    if to is None or speaker is None or head == token:
        return
    while (
        head.pos_ not in ("VERB", "AUX") and head.dep_ not in ("ROOT", "ccomp", "conj", "advcl", "relcl") and head.head != head
    ):
        head = head.head
    span = clause_span(head, without=token)
    if span is not None:
        yield _reported(block, quotes, span, block.doc[token.i : to.i + 1], speaker)


def _noun_cue(block: Parsed, quotes: Sequence[Quote], noun: Token) -> Iterator[Attribution]:
    """ "Meta's claim that …": the owner of the noun speaks, the clause is what is said."""
    clause = next(
        (
            child
            for child in noun.children
            if child.dep_ in ("acl", "ccomp")
            and child.i > noun.i
            and any(part.dep_ == "mark" and part.lower_ == "that" for part in child.children)
        ),
        None,
    )
    owner = next((child for child in noun.children if child.dep_ == "poss"), None)
    if owner is None:
        of = next(
            (child for child in noun.children if child.dep_ == "prep" and child.lower_ in ("of", "by", "from", "among")), None
        )
        owner = next((child for child in of.children if child.dep_ == "pobj"), None) if of is not None else None
    if owner is None and noun.dep_ == "dobj" and noun.head.pos_ == "VERB":
        owner = subject_of(noun.head)
    span = clause_span(clause) if clause is not None else None
    if owner is not None and span is not None and may_speak(owner, "") and not is_first_person(owner):
        yield _reported(block, quotes, span, block.doc[noun.i : noun.i + 1], owner)


def _reported(block: Parsed, quotes: Sequence[Quote], content: Span, cue: Span, speaker: Token) -> Attribution:
    """A reported clause as an attribution: `direct` where it is but a quotation, `mixed` where it holds quoted words."""
    start, end = content.start_char, content.end_char
    kind = "indirect"
    for quote in quotes:
        if quote.start <= start and end <= quote.end:
            kind, start, end = "direct", max(start, quote.start), min(end, quote.end)
        elif start < quote.end and quote.start < end:
            kind = "mixed"
            if quote.end - 1 <= end <= quote.end:
                end = quote.outer_end  # a fragment keeps both its marks
            start = quote.outer_start if start == quote.start else start
    name = speaker_span(speaker)
    return Attribution(block.start + start, block.start + end, kind, block.place(name), block.place(cue), block.place(speaker))
