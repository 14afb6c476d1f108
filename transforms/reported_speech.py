"""Reported speech: clauses that cues govern, statements with the cue behind or inside, and "according to"."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from spacy.tokens import Span, Token

from transforms.cues import (
    CueLexicon,
    clause_end,
    clause_span,
    cue_verbs,
    speaker_span,
    subject_of,
)
from transforms.parse import Parsed
from transforms.quotes import Quote
from transforms.speakers import is_holder, is_ours, may_speak, owner_of
from transforms.speech import Attribution, cue_of, is_inside
from transforms.statements import FINITE_TAGS


def find_reports(block: Parsed, quotes: Sequence[Quote], lexicon: CueLexicon) -> Iterator[Attribution]:
    """Reported clauses: complements of cues, statements with the cue behind or inside, and "according to"."""
    for token, frames in cue_verbs(block.doc, lexicon):
        if is_inside(token, quotes) or _is_withheld(token):
            continue
        cue = cue_of(token, frames, subject_of(token), lexicon)
        if cue is None or (cue.speaker is None and not _is_impersonal(token)):
            continue
        clauses = list(_clauses(token, frames))
        for content in clauses or _weaker_contents(token, frames, lexicon):
            found = _reported(block, quotes, content, _with_preposition(cue.span, content), cue.speaker)
            yield replace(found, is_denied="d" in frames, is_clause=bool(clauses))
    for token in block.doc:
        if token.lower_ == "according" and not is_inside(token, quotes):
            yield from _according(block, quotes, token)
        elif token.pos_ == "NOUN" and token.lemma_.lower() in lexicon.nouns and not is_inside(token, quotes):
            yield from _noun_cue(block, quotes, token, lexicon)
        elif token.dep_ == "acomp" and token.lower_ in lexicon.adjectives and not is_inside(token, quotes):
            yield from _adjective_cue(block, quotes, token, lexicon)


def _with_preposition(cue: Span, content: Span) -> Span:
    """The cue with the preposition between it and what it is about: "warned of"."""
    doc = cue.doc
    follows = cue.end + 1 == content.start and doc[cue.end].dep_ == "prep"
    return doc[cue.start : cue.end + 1] if follows else cue


def _is_withheld(verb: Token) -> bool:
    """Whether somebody does not say what a verb of saying would: "declined to say"."""
    return verb.dep_ == "xcomp" and verb.head.lemma_ in ("decline", "refuse")


def _is_impersonal(verb: Token) -> bool:
    """Whether a passive says what is said without saying by whom: "it is reported that"."""
    return any(child.dep_ == "nsubjpass" and child.lower_ == "it" for child in verb.children)


def _clauses(verb: Token, frames: str) -> Iterator[Span]:
    """The clause that a verb of saying holds: behind it, before it, or around it."""
    if "c" not in frames and "q" not in frames:
        return
    clauses = [child for child in verb.children if child.dep_ == "ccomp" and _is_statement(child)]
    # What stands before a verb that has a clause behind it is mostly another sentence, joined by a misreading.
    clause = next((child for child in clauses if child.i > verb.i), clauses[0] if clauses else _astray(verb))
    if clause is not None:
        yield from filter(None, [_with_afterthought(verb, clause_span(clause))])
    elif verb.dep_ == "parataxis" or (verb.dep_ == "advcl" and "q" in frames and _opens_with_as(verb)):
        yield from filter(None, [_with_afterthought(verb, clause_span(verb.head, without=verb))])


def _astray(verb: Token) -> Token | None:
    """The clause behind "that" right after a verb of saying, where the parser hung it on another word."""
    doc = verb.doc
    for token in doc[verb.i + 1 : min(verb.i + 7, verb.sent.end)]:
        if token.lower_ == "that" and token.dep_ == "mark" and token.head.i > token.i and _is_statement(token.head):
            return token.head if token.head.dep_ in ("ccomp", "advcl", "acl", "relcl", "conj") else None
        if token.pos_ in ("VERB", "AUX", "SCONJ") or token.text in ".;:":
            return None
    return None


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
    """What a verb of saying holds where no clause follows it: an infinitive, what follows its preposition, an object."""
    if not is_holder(subject_of(verb), lexicon):
        return
    spans = [_said_to_be(verb, frames)]
    for child in sorted(verb.children, key=lambda child: (child.dep_ != "prep", child.i)):
        held = _held(verb, child, frames, lexicon)
        span = clause_span(held) if held is not None and _is_weighty(held) else None
        spans.append(_with_object(verb, child, span) if span is not None and "q" not in frames else span)
    yield from [span for span in spans if span is not None][:1]


def _with_object(verb: Token, preposition: Token, span: Span) -> Span:
    """What follows a preposition with the object that it is said of: "the owners of hiding the cost"."""
    before = (child for child in verb.rights if child.dep_ == "dobj" and child.i < preposition.i)
    thing = next(before, None) if preposition.dep_ == "prep" else None
    return verb.doc[thing.left_edge.i : span.end] if thing is not None else span


def _said_to_be(verb: Token, frames: str) -> Span | None:
    """An object with what it is said to be: "call it a threat", "describe it as a threat"."""
    said = next((child for child in verb.rights if child.dep_ == "oprd"), None) if "o" in frames else None
    if said is None and "a" in frames:
        said = next((child for child in verb.rights if child.dep_ == "prep" and child.lower_ == "as"), None)
    things = (child for child in verb.rights if child.dep_ in ("dobj", "nsubj") and said is not None and child.i < said.i)
    thing = next(things, None)
    if said is None and "o" in frames:  # "it a threat" as a small clause
        said = next((child for child in verb.rights if child.dep_ == "ccomp" and not _is_statement(child)), None)
        thing = next((child for child in said.lefts if child.dep_ == "nsubj"), None) if said is not None else None
    if said is None or thing is None or not any(part.is_alpha for part in said.subtree):
        return None
    return verb.doc[thing.left_edge.i : clause_end(said)]


def _held(verb: Token, child: Token, frames: str, lexicon: CueLexicon) -> Token | None:
    """The head of what is held, if this child of the verb carries it."""
    if child.dep_ == "xcomp" and "x" in frames and any(part.lower_ == "to" for part in child.lefts):
        return None if _is_withheld(child) and lexicon.frames(child) else child
    if child.dep_ == "xcomp" and "g" in frames and child.tag_ == "VBG":
        return child
    if child.dep_ in ("dobj", "oprd") and "n" in frames and child.i > verb.i:
        return child
    if child.dep_ == "prep" and "p" in frames and child.lower_ in lexicon.prepositions[verb.lemma_.lower()]:
        return next(iter(child.children), None)
    if child.dep_ == "dobj" and "e" in frames and child.lemma_.lower() in lexicon.nouns:
        inner = next((part for part in child.rights if part.dep_ in ("prep", "acl", "ccomp")), None)
        return next((part for part in inner.children if part.dep_ in ("pobj", "pcomp")), inner) if inner is not None else None
    return None


def _is_weighty(token: Token) -> bool:
    """Whether an object says something of itself: several words, not a bare name or a date."""
    return token.ent_type_ not in ("DATE", "TIME") and sum(1 for part in token.subtree if part.is_alpha) > 2


def _is_statement(clause: Token) -> bool:
    """Whether a complement states something: in a tense or after "that", and no embedded question ("how it works")."""
    marks = {child.lower_ for child in clause.children if child.dep_ == "mark"}
    auxiliaries = [child for child in clause.children if child.dep_ in ("aux", "auxpass")]
    finite = any(token.tag_ in FINITE_TAGS for token in (clause, *auxiliaries))
    states = "that" in marks or finite or (clause.pos_ not in ("VERB", "AUX") and _holds_finite(clause))
    first = clause.left_edge
    asks = marks & {"whether", "if", "while"} or (first.tag_ in ("WP", "WRB", "WDT", "WP$") and first.lower_ != "that")
    return states and not asks


def _holds_finite(phrase: Token) -> bool:
    """Whether a tense stands in what the parser took for a phrase without a verb: a misreading of a clause."""
    return any(token.tag_ in FINITE_TAGS and token.dep_ not in ("relcl",) for token in phrase.subtree)


def _according(block: Parsed, quotes: Sequence[Quote], token: Token) -> Iterator[Attribution]:
    """ "According to X": X speaks, and the clause it hangs on is what is said."""
    to = next((child for child in token.children if child.lower_ == "to"), None)
    speaker = next((child for child in to.children if child.dep_ == "pobj"), None) if to is not None else None
    if to is None or speaker is None:
        return
    span = _rest_of_sentence(speaker) if token.head == token else clause_span(_head_of_said(token, speaker), without=token)
    if span is not None:
        yield _reported(block, quotes, span, block.doc[token.i : to.i + 1], speaker)


def _head_of_said(token: Token, speaker: Token) -> Token:
    """The head of what "according to X" tells: at a sentence's end the whole sentence, or the reported clause that it ends."""
    sentence = token.sent
    closes = speaker.right_edge.i >= sentence.end - 2 and token.i > sentence.start and token.nbor(-1).text == ","
    head = token.head if token.head.i < token.i or not closes else sentence.root
    parts = ("relcl", "advcl", "acl", "conj", "prep", "pcomp", "appos") if closes else ()
    while head.head != head and (head.dep_ in parts or (head.pos_ not in ("VERB", "AUX") and head.dep_ not in _CLAUSES)):
        head = head.head
    return head


_CLAUSES = ("ROOT", "ccomp", "conj", "advcl", "relcl")


def _rest_of_sentence(speaker: Token) -> Span | None:
    """What follows a speaker and a comma to the sentence's end, where the parser made no clause of it."""
    doc, start, end = speaker.doc, speaker.right_edge.i + 1, speaker.sent.end
    comma = next((token.i for token in doc[speaker.i + 1 : end] if token.text == ","), None)
    start = comma + 1 if comma is not None else start
    while end > start and doc[end - 1].is_punct and doc[end - 1].text not in ")]%":
        end -= 1
    words = doc[start:end]
    return words if len(words) and any(token.tag_ in FINITE_TAGS for token in words) else None


def _noun_cue(block: Parsed, quotes: Sequence[Quote], noun: Token, lexicon: CueLexicon) -> Iterator[Attribution]:
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
    if owner is not None and span is not None and may_speak(owner, "", lexicon) and not is_ours(owner, lexicon):
        yield _reported(block, quotes, span, block.doc[noun.i : noun.i + 1], owner)


def _adjective_cue(block: Parsed, quotes: Sequence[Quote], adjective: Token, lexicon: CueLexicon) -> Iterator[Attribution]:
    """ "The minister is confident that …": who is so holds the clause."""
    verb = adjective.head
    holder = subject_of(verb)
    behind = (child for child in (*adjective.rights, *verb.rights) if child.dep_ == "ccomp" and _is_statement(child))
    clause = next(behind, None)
    span = clause_span(clause) if clause is not None and clause.i > adjective.i else None
    is_denied = any(child.dep_ == "neg" for child in verb.children)
    if (
        span is not None
        and holder is not None
        and is_holder(holder, lexicon)
        and not is_ours(holder, lexicon)
        and not is_denied
    ):
        yield _reported(block, quotes, span, block.doc[min(verb.i, adjective.i) : adjective.i + 1], owner_of(holder, lexicon))


def _reported(block: Parsed, quotes: Sequence[Quote], content: Span, cue: Span, speaker: Token | None) -> Attribution:
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
    statement = Attribution(block.start + start, block.start + end, kind, cue=block.place(cue))
    if speaker is None:
        return statement
    return replace(statement, speaker=block.place(speaker_span(speaker)), head=block.place(speaker))
