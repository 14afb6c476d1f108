"""Cues that attribute a statement, the words that name who holds it, and the words that are held."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Self

import polars as pl
from spacy.tokens import Doc, Span, Token

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
_SOURCES = frozenset(
    "study survey poll report paper research analysis data figure statistic number finding result document record memo letter "
    "email test review estimate audit investigation researcher expert analyst scientist evidence source article book census "
    "index polling filing transcript statement tweet post ad advert advertisement website site column editorial story headline "
    "lawsuit complaint indictment ruling verdict footage video recording diary manifesto petition disclosure projection model "
    "forecast experiment trial history poster banner caption sign message note biography memoir obituary blog".split()
)
"""Subjects that speak when they show, suggest or find something; of other things these verbs say no more than "mean"."""
_FIRST_PERSON = frozenset(("i", "we", "me", "us", "my", "our"))
_NO_SPEAKERS = frozenset(
    ("this", "that", "there", "which", "what", "you", "one", "these", "those", "whatever", "anyone", "anybody", "nobody")
)


@dataclass(frozen=True)
class CueLexicon:
    """Lemmas of verbs, nouns and adjectives that attribute, with the frames each opens, from `seeds/lexicons/cues.csv`.

    Frames: `c` a that-clause, `q` a quotation, `n` its object, `p` what follows its preposition, `x` an infinitive, `g` a form
    in -ing, `o` its object with what that is said to be ("call it a threat"), `a` the same with "as" ("describe it as a
    threat"), `e` a noun of thought as object ("express concern"), `s` only with a subject that can be a source ("the survey
    shows"), `i` only with "it" as its object ("as she puts it"), `d` denies what follows. `prepositions`
    are those of frame `p`.
    """

    verbs: dict[str, str]
    prepositions: dict[str, frozenset[str]]
    nouns: frozenset[str]
    adjectives: frozenset[str]

    @classmethod
    def from_frame(cls, frame: pl.DataFrame) -> Self:
        """Build from columns lemma, kind, frames and prepositions (joined by spaces)."""
        verbs = frame.filter(pl.col("kind") == "verb").select("lemma", "frames", "prepositions").rows()
        return cls(
            {lemma: frames for lemma, frames, _ in verbs},
            {lemma: frozenset(words.split()) for lemma, _, words in verbs if words},
            *(frozenset(frame.filter(pl.col("kind") == kind)["lemma"]) for kind in ("noun", "adjective")),
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
        elif at.dep_ == "acl" and at.tag_ == "VBG":
            return at.head
        elif at.dep_ == "prep" and at.head != at:
            at = at.head
        else:
            return None
    return None


def _antecedent(subject: Token, verb: Token) -> Token:
    if subject.tag_ in ("WP", "WDT") and verb.dep_ == "relcl":
        return verb.head
    return subject


def may_speak(token: Token, lemma_frames: str) -> bool:
    """Whether the subject of a cue can hold a statement at all."""
    word = token.lower_
    is_some = word == "one" and any(child.lower_ == "of" for child in token.children)
    if (word in _NO_SPEAKERS and not is_some) or token.dep_ == "expl" or token.pos_ in ("VERB", "AUX", "SCONJ", "ADP", "ADV"):
        return False
    if "s" in lemma_frames:
        named = token.ent_type_ in ("PERSON", "ORG", "GPE", "NORP") or token.pos_ == "PROPN"
        return named or token.lemma_.lower() in _SOURCES or _is_human(token)
    return True


_HUMAN_ENDINGS = (
    "er",
    "or",
    "ist",
    "ian",
    "ant",
    "ent",
    "man",
    "men",
    "woman",
    "women",
    "people",
    "person",
    "chief",
    "head",
    "critic",
    "official",
    "ive",
    "ee",
    "crat",
    "ican",
    "ster",
)
_PEOPLE = frozenset(
    "aide ally rival friend family colleague party campaign administration government company team group ministry court judge "
    "department jury police union board council committee agency office firm bank church coalition commission panel parliament "
    "army guard staff crew boss candidate witness secretary attorney deputy delegate nurse guide host spouse wife couple "
    "parent mother father brother sister son daughter mayor pope king queen prince sheriff scholar coach pilot analyst some "
    "surrogate magistrate graduate advocate associate loyalist source insider sibling villager resident pensioner teen adult "
    "many most others majority minority half third quarter percent public crowd community industry".split()
)
"""People and bodies of people whose names do not end like those of `_HUMAN_ENDINGS`."""
_NO_HUMANS = frozenset(
    "paper letter number order power center centre matter chapter answer offer error factor sector content event fee "
    "coffee knee degree tree guarantee percent amount server computer transformer parameter newsletter folder motive "
    "perspective incentive archive".split()
)


def _is_human(token: Token) -> bool:
    lemma = token.lemma_.lower()
    ends = lemma.endswith(_HUMAN_ENDINGS) and not lemma.endswith("ment") and lemma not in _NO_HUMANS
    return token.pos_ == "PRON" or lemma in _PEOPLE or ends


def is_holder(token: Token | None) -> bool:
    """Whether a subject is someone who can hold an attitude: a person, an organisation, a people, or a word for such."""
    if token is None or token.lower_ in _NO_SPEAKERS or token.lower_ == "it":
        return False
    return token.ent_type_ in ("PERSON", "ORG", "NORP") or _is_human(token) or (token.pos_ == "PROPN" and not token.ent_type_)


def owner_of(subject: Token) -> Token:
    """Whose words a subject's are: "Zuckerberg's letter argues" is Zuckerberg's argument, "the analyst Ann Lee" is Ann Lee."""
    if subject.pos_ != "NOUN" or subject.ent_type_:
        return subject
    if subject.dep_ == "dobj" and subject.lemma_.lower() in _SOURCES:
        author = subject_of(subject.head)  # "issued a statement saying": who issued it speaks
        return author if author is not None and author.lower_ not in _NO_SPEAKERS else subject
    named = next((child for child in subject.children if child.dep_ == "appos" and child.ent_type_ == "PERSON"), None)
    if named is not None or _is_human(subject):
        return named if named is not None else subject
    owner = next((child for child in subject.children if child.dep_ == "poss" and child.ent_type_ in ("PERSON", "ORG")), None)
    return owner if owner is not None else subject


def is_first_person(token: Token) -> bool:
    """Whether the words are the writer's own: "I", "we", "my colleagues", "Ann and I"."""
    beside = [*token.children, *(token.head.children if token.dep_ in SUBJECTS else ())]
    joined = any(part.dep_ in ("conj", "nsubj") and part.lower_ in ("i", "we") for part in beside)
    ours = any(part.dep_ == "poss" and part.lower_ in ("my", "our") for part in token.children)
    return token.lower_ in _FIRST_PERSON or joined or (ours and not _is_human(token))


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
    inside = [part for part in head.subtree if part.i not in left_out and not part.is_space]
    while inside and (
        inside[0].is_punct
        or (inside[0].dep_ == "mark" and inside[0].lower_ == "that")
        or (inside[0].dep_ == "cc" and inside[0].head == head)
    ):
        inside.pop(0)
    while inside and inside[-1].is_punct and inside[-1].text not in ")]%":
        inside.pop()
    return head.doc[inside[0].i : inside[-1].i + 1] if inside else None


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
