"""Reported speech: clauses of cues, statements with the cue behind or inside, "according to", and phrases that are held."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from operator import itemgetter

from spacy.tokens import Span, Token

from transforms.attribution_model import AttributionModel
from transforms.cues import CueLexicon, clause_span, cue_span, cue_verbs, speaker_span, subject_of
from transforms.held_phrases import HeldPhrase, find_phrases
from transforms.parse import Parsed
from transforms.quotes import Quote
from transforms.speakers import holds, is_ours, may_speak, owner_of
from transforms.speech import Attribution, Place, cue_of, is_inside
from transforms.statements import FINITE_TAGS

MAX_OVERLAP = 0.3
"""A phrase that shares more than this of its characters with a likelier one is a second reading of the same words."""


def find_reports(
    block: Parsed, quotes: Sequence[Quote], quoted: Sequence[Attribution], lexicon: CueLexicon, model: AttributionModel
) -> Iterator[Attribution]:
    """Reported clauses: complements of cues, statements with the cue behind or inside, "according to", and held phrases.

    What a cue of the lexicon governs as a clause is certain. Of other phrases the model tells how likely they are held; a cue
    with a clause, or with one of the `quoted` statements, holds none beside it ("said in an interview").
    """
    certain = [*_of_cues(block, quotes, lexicon), *_of_sources(block, quotes)]
    yield from certain
    yield from _held_phrases(block, quotes, [*certain, *quoted], lexicon, model)


def _of_cues(block: Parsed, quotes: Sequence[Quote], lexicon: CueLexicon) -> Iterator[Attribution]:
    for token, frames in cue_verbs(block.doc, lexicon):
        if is_inside(token, quotes) or _is_withheld(token):
            continue
        cue = cue_of(token, frames, subject_of(token), lexicon)
        if cue is None or (cue.speaker is None and not _is_impersonal(token)):
            continue
        for content in _clauses(token, frames):
            yield replace(_reported(block, quotes, content, cue.span, cue.speaker), is_denied="d" in frames)


def _of_sources(block: Parsed, quotes: Sequence[Quote]) -> Iterator[Attribution]:
    for token in block.doc:
        if token.lower_ == "according" and not is_inside(token, quotes):
            yield from _according(block, quotes, token)


def _held_phrases(
    block: Parsed, quotes: Sequence[Quote], found: Sequence[Attribution], lexicon: CueLexicon, model: AttributionModel
) -> Iterator[Attribution]:
    """Phrases that are likely held, the likeliest first: one for a cue without a content, none that repeats another."""
    places = [(one.start, one.end) for one in found]
    busy = {one.cue for one in found}
    likely = []
    for phrase in find_phrases(block, quotes, lexicon):
        holder = phrase.speaker
        if holder is None or is_ours(holder, lexicon) or _is_withheld(phrase.cue):
            continue
        if _is_withheld(phrase.head) and lexicon.frames(phrase.head):
            continue
        at = block.start + phrase.cue.idx
        if any(cue is not None and cue[0] <= at < cue[1] for cue in busy):
            continue
        if not (may_speak(holder, lexicon.frames(phrase.cue), lexicon) if phrase.is_clause else holds(holder, lexicon)):
            continue
        place = (phrase.content.start_char, phrase.content.end_char)
        probability = model.probability(phrase, lexicon)
        if probability >= model.threshold:
            likely.append((not phrase.is_fuller, -probability, place, phrase, holder))
    for *_, phrase, holder in sorted(likely, key=itemgetter(0, 1, 2)):
        said = _reported(block, quotes, phrase.content, _cue_words(phrase), owner_of(holder, lexicon))
        is_taken = said.cue in busy or any(_overlap((said.start, said.end), place) > MAX_OVERLAP for place in places)
        if not is_taken:
            places.append((said.start, said.end))
            busy.add(said.cue)
            yield replace(said, is_denied="d" in lexicon.frames(phrase.cue), is_clause=phrase.is_clause)


def _cue_words(phrase: HeldPhrase) -> Span:
    """The words of a cue: a verb with what belongs to it, an adjective with its verb, and the preposition behind it."""
    cue = phrase.cue
    if cue.pos_ == "ADJ" and cue.dep_ == "acomp" and cue.head.i < cue.i:
        words = cue.doc[cue.head.i : cue.i + 1]
    else:
        words = cue_span(cue) if cue.pos_ in ("VERB", "AUX") else cue.doc[cue.i : cue.i + 1]
    return _with_preposition(cue.doc[words.start : max(words.end, phrase.last.i + 1)], phrase.content)


def _overlap(first: Place, second: Place) -> float:
    """The shared characters of two places as a part of all their characters."""
    shared = min(first[1], second[1]) - max(first[0], second[0])
    return max(0, shared) / (first[1] - first[0] + second[1] - second[0] - max(0, shared))


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
