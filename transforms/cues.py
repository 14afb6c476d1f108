"""Cues that attribute a statement: verbs, nouns and adjectives with their frames, and the words that hang on them."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Self

import polars as pl
from spacy.tokens import Doc, Span, Token

_WORDS = ("noun", "adjective", "source", "person", "no_person")
SUBJECTS = ("nsubj", "nsubjpass", "csubj", "expl")
_SPEAKER_TAIL = (
    "prep",
    "pobj",
    "compound",
    "amod",
    "poss",
    "det",
    "nummod",
    "nmod",
    "case",
    "pcomp",
    "advmod",
    "quantmod",
    "cc",
    "conj",
)


@dataclass(frozen=True)
class CueLexicon:
    """Lemmas of verbs, nouns and adjectives that attribute, with the frames each opens, from `seeds/lexicons/cues.csv`.

    Frames: `c` a that-clause, `q` a quotation, `n` its object, `p` what follows its preposition, `x` an infinitive, `g` a form
    in -ing, `o` its object with what that is said to be ("call it a threat"), `a` the same with "as" ("describe it as a
    threat"), `e` a noun of thought as object ("express concern"), `s` only with a subject that can be a source ("the survey
    shows"), `i` only with "it" as its object ("as she puts it"), `d` denies what follows. `c` and `q` are rules; the others
    tell the attribution model what is usual. `prepositions` are those of frame `p`. `sources` speak when they show, suggest or
    find something; of other things these verbs say no more than "mean". `people` and `no_people` correct what a word's ending
    tells.
    """

    verbs: dict[str, str]
    prepositions: dict[str, frozenset[str]]
    nouns: frozenset[str]
    adjectives: frozenset[str]
    sources: frozenset[str]
    people: frozenset[str]
    no_people: frozenset[str]

    @classmethod
    def from_frame(cls, frame: pl.DataFrame) -> Self:
        """Build from columns lemma, kind, frames and prepositions (joined by spaces)."""
        verbs = frame.filter(pl.col("kind") == "verb").select("lemma", "frames", "prepositions").rows()
        return cls(
            {lemma: frames for lemma, frames, _ in verbs},
            {lemma: frozenset(words.split()) for lemma, _, words in verbs if words},
            *(frozenset(frame.filter(pl.col("kind") == kind)["lemma"]) for kind in _WORDS),
        )

    def frames(self, token: Token) -> str:
        """The frames of a verb token; empty where it is no cue."""
        frames = self.verbs.get(token.lemma_.lower(), "") if token.pos_ in ("VERB", "AUX") else ""
        if "i" in frames and not any(child.lower_ == "it" and child.dep_ == "dobj" for child in token.children):
            return ""
        return frames


def subject_of(verb: Token) -> Token | None:
    """Who does what a verb says: its own subject, or that of the verb it is joined to; None where nobody is named.

    A passive's subject does not speak: its agent after "by" does. A relative pronoun stands for the noun before it.
    """
    at = verb
    for _ in range(6):
        own = [child for child in at.children if child.dep_ in SUBJECTS]
        if any(child.dep_ == "nsubjpass" for child in own):
            agents = [
                grand for child in at.children if child.dep_ == "agent" for grand in child.children if grand.dep_ == "pobj"
            ]
            return agents[0] if agents else None
        if own:
            return _antecedent(own[0], at)
        if at.dep_ == "pcomp" or (at.dep_ in ("conj", "xcomp", "advcl", "ccomp") and at.head.pos_ in ("VERB", "AUX")):
            at = at.head
        elif at.dep_ == "acl" and (at.tag_ == "VBG" or _is_misread_past(at)):
            return at.head
        elif at.dep_ == "prep" and at.head != at:
            at = at.head
        else:
            return None
    return None


def _is_misread_past(verb: Token) -> bool:
    """Whether a participle behind a sentence's noun is its past: "the firm, a bank, announced that it would close"."""
    return verb.tag_ == "VBN" and verb.head.dep_ == "ROOT" and any(child.dep_ == "ccomp" for child in verb.rights)


def _antecedent(subject: Token, verb: Token) -> Token:
    if subject.tag_ in ("WP", "WDT") and verb.dep_ == "relcl":
        return verb.head
    return subject


def speaker_span(head: Token) -> Span:
    """The words that name a speaker: the noun phrase without relative clauses and appositions after it."""
    doc = head.doc
    first, last = head.i, head.i
    for child in head.children:
        if child.i < head.i and child.dep_ in (*_SPEAKER_TAIL, "predet", "neg", "punct") and child.text not in ",;:-\"'":
            first = min(first, child.left_edge.i)
        elif child.i > head.i and child.dep_ in ("prep", "cc", "conj", "nummod", "compound") and not _is_clausal(child):
            if child.dep_ == "prep" and (
                child.lower_ not in ("of", "at", "from", "for", "with", "in", "to", "on", "behind") or child.i != last + 1
            ):
                continue
            last = max(last, child.right_edge.i)
    while first < head.i and (doc[first].is_punct or doc[first].is_space):
        first += 1
    return doc[first : last + 1]


def _is_clausal(token: Token) -> bool:
    return any(part.dep_ in ("relcl", "ccomp", "advcl", "appos") or part.text in '"“”' for part in token.subtree)


def cue_span(verb: Token) -> Span:
    """The words of a cue: the verb with its auxiliaries, negation and particle where they stand beside it."""
    doc = verb.doc
    first, last = verb.i, verb.i
    while first > 0 and doc[first - 1].head == verb and doc[first - 1].dep_ in ("aux", "auxpass", "neg"):
        first -= 1
    if last + 1 < len(doc) and doc[last + 1].head == verb and doc[last + 1].dep_ == "prt":
        last += 1
    return doc[first : last + 1]


def clause_span(head: Token, without: Token | None = None) -> Span | None:
    """The words of a clause: the subtree of its head, without its opening "that" and the punctuation around it.

    `without` is a token whose subtree is left out at the edges; in the middle it stays, since a span has no holes.
    """
    left_out = {part.i for part in without.subtree} if without is not None and head.is_ancestor(without) else set()
    doc, start, end = head.doc, head.left_edge.i, head.right_edge.i + 1

    def is_inside(part: Token) -> bool:
        return part.i not in left_out and not part.is_space and bool(part == head or head.is_ancestor(part))

    # From both ends: most clauses are long, and few of their words stand at an edge.
    while start < end and (not is_inside(doc[start]) or _only_opens(doc[start], head)):
        start += 1
    while end > start and (not is_inside(doc[end - 1]) or (doc[end - 1].is_punct and doc[end - 1].text not in ")]%")):
        end -= 1
    return doc[start:end] if start < end else None


def _only_opens(part: Token, head: Token) -> bool:
    """Whether a word at the beginning of a clause is none of what it says: a mark, its "that", what joins it to another."""
    is_that, joins = part.dep_ == "mark" and part.lower_ == "that", part.dep_ == "cc" and part.head == head
    return bool(part.is_punct or is_that or joins)


def clause_end(head: Token) -> int:
    """The token behind the last word of a clause or phrase, the punctuation at its end left out."""
    last: int = head.right_edge.i
    while last > head.i and head.doc[last].is_punct and head.doc[last].text not in ")]%":
        last -= 1
    return last + 1


def cue_verbs(doc: Doc, lexicon: CueLexicon) -> Iterator[tuple[Token, str]]:
    """Every verb of a parsed block that can attribute, with its frames, in the order of the text."""
    for token in doc:
        frames = lexicon.frames(token)
        if frames:
            yield token, frames
