"""Phrases that a word may hold: what a verb, noun or adjective governs, whether or not the word attributes."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from spacy.tokens import Span, Token

from transforms.cues import CueLexicon, clause_end, clause_span, subject_of
from transforms.parse import Parsed
from transforms.quotes import Quote
from transforms.speech import is_inside
from transforms.statements import AUXILIARIES, FINITE_TAGS

MIN_WORDS = 3
"""A shorter phrase states nothing that could be checked."""
_HELD = frozenset(("ccomp", "xcomp", "dobj", "oprd", "acl", "advcl", "attr", "dative"))
_CUES = frozenset(("VERB", "AUX", "NOUN", "ADJ"))
_JOINED = "dobj+"
_ASKING = frozenset(("whether", "if"))
_Phrase = tuple[str, Token, Token, Span]
"""Relation, last word of the cue, head and words of a phrase."""


@dataclass(frozen=True, slots=True)
class HeldPhrase:
    """A phrase and the word that may say that somebody holds it.

    `relation` is how the phrase hangs on the cue: a dependency, "prep:about", or "dobj+prep:of" for an object with what is said
    of it. `last` is the cue's last word, a noun of thought where that is its object ("expresses concern about"). `head` is the
    phrase's head, `speaker` who would hold it; None where nobody is named.
    """

    cue: Token
    last: Token
    relation: str
    head: Token
    content: Span
    speaker: Token | None

    @property
    def is_finite(self) -> bool:
        """Whether the phrase has a verb in a tense."""
        verbs = (self.head, *(child for child in self.head.children if child.dep_ in AUXILIARIES))
        return any(token.tag_ in FINITE_TAGS for token in verbs)

    @property
    def is_clause(self) -> bool:
        """Whether the phrase is a clause in a tense."""
        return self.relation in ("ccomp", "acl", "advcl") and self.is_finite

    @property
    def is_fuller(self) -> bool:
        """Whether it reads more than its parts: an object with what is said of it, or a cue with its noun of thought."""
        return self.relation.startswith(_JOINED) or self.last != self.cue


def find_phrases(block: Parsed, quotes: Sequence[Quote], lexicon: CueLexicon) -> Iterator[HeldPhrase]:
    """Every phrase of at least three words that hangs on a word outside quotation marks, in the order of the cues."""
    for cue in block.doc:
        if cue.pos_ not in _CUES or cue.n_rights + cue.n_lefts == 0 or is_inside(cue, quotes):
            continue
        phrases = list(_phrases(cue, lexicon))
        if not phrases or _is_denied(cue):
            continue
        speaker = _speaker(cue)
        for relation, last, head, content in phrases:
            if sum(token.is_alpha for token in content) >= MIN_WORDS and not _asks(head):
                yield HeldPhrase(cue, last, relation, head, content, speaker)


def _is_denied(cue: Token) -> bool:
    """Whether a cue is negated, an adjective by its verb: "is not sure that"."""
    verb = cue.head if cue.dep_ == "acomp" else cue
    return any(child.dep_ == "neg" for word in (cue, verb) for child in word.children)


def _phrases(cue: Token, lexicon: CueLexicon) -> Iterator[_Phrase]:
    thing: Token | None = None
    for child in cue.rights:
        held, relation = child, child.dep_
        if relation in ("prep", "agent"):
            held = next((part for part in child.children if part.dep_ in ("pobj", "pcomp")), child)
            relation = f"prep:{child.lower_}"
            if held is child:
                continue
        elif relation not in _HELD:
            continue
        span = clause_span(held)
        if span is None:
            continue
        about = _subject_of_thought(child, lexicon)
        yield (relation, child, held, about) if about is not None else (relation, cue, held, span)
        if thing is not None and child.dep_ in ("prep", "oprd"):
            yield f"{_JOINED}{relation}", cue, held, cue.doc[thing.left_edge.i : clause_end(held)]
        if child.dep_ == "dobj":
            thing = child
    for child in cue.lefts:
        if child.dep_ == "ccomp" and (span := clause_span(child)) is not None:
            yield "before", cue, child, span
    if cue.dep_ in ("parataxis", "advcl") and cue.pos_ in ("VERB", "AUX") and cue.head.i < cue.i:
        span = clause_span(cue.head, without=cue)
        if span is not None:
            yield "around", cue, cue.head, span


def _subject_of_thought(noun: Token, lexicon: CueLexicon) -> Span | None:
    """What a noun of thought that is the object of a verb is about: "expresses concern about …"."""
    if noun.dep_ != "dobj" or noun.lemma_.lower() not in lexicon.nouns:
        return None
    about = (part for child in noun.rights if child.dep_ == "prep" for part in child.children if part.dep_ in ("pobj", "pcomp"))
    head = next(about, None)
    return clause_span(head) if head is not None else None


def _asks(head: Token) -> bool:
    """Whether a phrase is a question: "whether it holds", "how it works"."""
    first = head.left_edge
    return first.lower_ in _ASKING or (first.tag_ in ("WP", "WRB", "WDT", "WP$") and first.lower_ != "that")


def _speaker(cue: Token) -> Token | None:
    """Who would hold what a word governs: a verb's subject, a noun's owner, whoever is what an adjective says."""
    if cue.pos_ in ("VERB", "AUX"):
        return subject_of(cue)
    if cue.pos_ == "ADJ":
        return subject_of(cue.head) if cue.dep_ in ("acomp", "oprd") else None
    owner = next((child for child in cue.children if child.dep_ == "poss"), None)
    if owner is None:
        owners = (child for child in cue.rights if child.dep_ == "prep" and child.lower_ in ("of", "by", "from", "among"))
        owner = next((part for child in owners for part in child.children if part.dep_ == "pobj"), None)
    if owner is None and cue.dep_ in ("dobj", "attr") and cue.head.pos_ in ("VERB", "AUX"):
        owner = subject_of(cue.head)
    return owner
