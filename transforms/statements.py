"""What a statement is: its subject, predicate and object, how firmly it is put, whether it is denied, what kind it is."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Self

import polars as pl
from spacy.tokens import Span, Token

from transforms.cues import SUBJECTS

FINITE_TAGS = ("VBD", "VBZ", "VBP", "MD")
AUXILIARIES = ("aux", "auxpass")
_OBJECTS = ("dobj", "attr", "acomp", "oprd", "dative")
_NAMING = ("NOUN", "PROPN")
"""What is named is not said to happen: "rivals" compare nothing, "results" cause nothing, "fears" fear nothing."""
MOST_WORDS = 100_000
"""Words that are remembered with what they mark."""
_NEGATIONS = frozenset(("not", "n't", "never", "no", "nobody", "none", "nothing", "neither", "nor"))


@dataclass(frozen=True)
class ClaimWords:
    """Words that mark kinds of statements, by kind, from `seeds/lexicons/claim_words.csv`; a form is a lemma in lower case.

    A form of two words ("lead to") marks where the second follows the first or hangs on it.
    """

    of: dict[str, frozenset[str]]
    begins: frozenset[str]
    _met: dict[tuple[int, int], tuple[frozenset[str], tuple[str, ...]]] = field(default_factory=dict, repr=False, compare=False)
    """By the hashes of a word as printed and of its lemma: the kinds that it is of, and what of it begins a form of two."""

    @classmethod
    def from_frame(cls, frame: pl.DataFrame) -> Self:
        """Build from columns kind and form."""
        kinds: dict[str, set[str]] = {}
        for kind, form in frame.select("kind", "form").iter_rows():
            kinds.setdefault(kind, set()).add(form)
        begins = frozenset(form.split(" ")[0] for forms in kinds.values() for form in forms if " " in form)
        return cls({kind: frozenset(forms) for kind, forms in kinds.items()}, begins)

    def has(self, kind: str, tokens: Iterable[Token]) -> bool:
        """Whether one of the tokens is a word of that kind, as lemma or as printed, and does not name or describe a thing."""
        for token in tokens:
            kinds, begun = self._met.get((token.lower, token.lemma)) or self._meet(token)
            is_form = kind in kinds or (
                begun and any(f"{word} {part}" in self.of[kind] for part in _behind(token) for word in begun)
            )
            if is_form and token.pos_ not in _NAMING and token.dep_ not in ("amod", "compound"):
                return True
        return False

    def _meet(self, token: Token) -> tuple[frozenset[str], tuple[str, ...]]:
        words = dict.fromkeys((token.lower_, token.lemma_.lower()))
        if len(self._met) > MOST_WORDS:
            self._met.clear()
        kinds = frozenset(kind for kind, forms in self.of.items() if not forms.isdisjoint(words))
        known = self._met[token.lower, token.lemma] = kinds, tuple(word for word in words if word in self.begins)
        return known


def _behind(token: Token) -> Iterator[str]:
    """The word behind a token, and the prepositions that hang on it."""
    if token.i + 1 < len(token.doc):
        yield token.nbor().lower_
    if token.pos_ == "VERB":
        yield from (child.lower_ for child in token.rights if child.dep_ == "prep")


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement taken apart. The parts are spans of its sentence, None where it has none."""

    root: Token
    subject: Span | None
    predicate: Span | None
    object: Span | None
    is_negated: bool
    modality: str

    @classmethod
    def of(cls, span: Span, words: ClaimWords, root: Token) -> Self:
        """Take apart the words of a span around its root; a noun phrase has no predicate."""
        verb = root if root.pos_ in ("VERB", "AUX") else None
        behind = (child for child in root.rights if child.dep_ in SUBJECTS)
        subject = next((child for child in (*subjects_before(root), *behind) if child in span), None)
        return cls(
            root,
            _phrase(subject, span) if subject is not None else None,
            _verb_group(verb, span) if verb is not None else None,
            _object(root, span) if verb is not None else None,
            is_negated(span, root),
            modality(span, root, words),
        )


def subjects_before(root: Token) -> list[Token]:
    """The subjects in front of a verb; the parser hangs some on its auxiliary ("we have never, in all these years, been")."""
    own = [child for child in root.lefts if child.dep_ in SUBJECTS]
    return own or [child for aux in root.lefts if aux.dep_ in AUXILIARIES for child in aux.lefts if child.dep_ in SUBJECTS]


def _phrase(head: Token, span: Span) -> Span:
    """A noun phrase without the relative clause behind it, inside the span; what is done ("keeping boats") is whole."""
    if head.tag_ == "VBG" or head.dep_ == "csubj":
        return _whole(head, max(head.left_edge.i, span.start), span)
    right = head.i
    for child in head.rights:
        if (
            child.dep_ in ("prep", "cc", "conj", "compound", "nummod", "poss", "case", "amod", "npadvmod", "advmod")
            and child.i < span.end
        ):
            right = max(right, min(child.right_edge.i, span.end - 1))
        elif child.dep_ not in ("punct",):
            break
    return _bare(head.doc[max(head.left_edge.i, span.start) : right + 1])


def _bare(span: Span) -> Span:
    start, end = span.start, span.end
    while start < end and (span.doc[start].is_punct or span.doc[start].is_space):
        start += 1
    while end > start and (span.doc[end - 1].is_punct or span.doc[end - 1].is_space):
        end -= 1
    return span.doc[start:end] if start < end else span


def _verb_group(verb: Token, span: Span) -> Span:
    """A verb with its auxiliaries, negation and particle, and the infinitive it governs ("does not intend to sell")."""
    inside = [child for child in verb.children if child.dep_ in ("aux", "auxpass", "neg", "prt") and child in span]
    first = min([verb.i, *(child.i for child in inside if child.i < verb.i)])
    last = max([verb.i, *(child.i for child in inside if child.dep_ == "prt")])
    infinitive = next(
        (child for child in verb.children if child.dep_ == "xcomp" and child.tag_ == "VB" and child in span), None
    )
    if infinitive is not None and last < infinitive.i <= last + 3:
        between = verb.doc[last + 1 : infinitive.i]
        last = infinitive.i if all(token.tag_ in ("TO", "RB") for token in between) else last
    return verb.doc[first : last + 1]


def _object(root: Token, span: Span) -> Span | None:
    """Object or complement of a verb, of the infinitive that it governs, or what follows its preposition."""
    infinitives = [child for child in root.children if child.dep_ == "xcomp" and child.tag_ == "VB" and child in span][:1]
    for verb in (root, *infinitives):
        found = next((child for child in verb.rights if child.dep_ in _OBJECTS and child in span), None)
        if found is not None and found.dep_ != "acomp":
            return _phrase(found, span)
        if found is not None:
            return _whole(found, found.left_edge.i, span)
    # A preposition of the infinitive is nearer than the infinitive itself, which the predicate already holds.
    for verb in (*infinitives, root):
        behind = [child for child in verb.rights if child in span and child not in infinitives]
        thought = [
            child for child in behind if child.dep_ == "ccomp" and not any(part.lower_ == "because" for part in child.lefts)
        ]
        for child in (*thought, *behind):  # what is thought, not for how long
            if child.dep_ in ("ccomp", "prep", "agent", "xcomp"):
                return _whole(child, child.i if child.dep_ in ("prep", "agent") else child.left_edge.i, span)
    return None


def _whole(head: Token, start: int, span: Span) -> Span:
    return _bare(span.doc[start : min(head.right_edge.i + 1, span.end)])


def is_negated(span: Span, root: Token) -> bool:
    """Whether the main statement is denied: by its verb, or by its subject ("nobody", "no model").

    "Not only … but" denies nothing; a negation inside a subordinate clause denies that clause alone.
    """
    if _cannot_help(root):
        return False
    verbs = {root.i} | {child.i for child in root.children if child.dep_ in AUXILIARIES}
    for token in span:
        if token.lower_ not in _NEGATIONS or _is_not_only(token):
            continue
        if token.dep_ == "neg" and token.head.i in verbs:
            return True
        if token.lower_ in ("no", "nobody", "none", "nothing", "neither"):
            head = token if token.dep_ in SUBJECTS else token.head
            if (
                head.head.i in verbs
                and head.dep_ in (*SUBJECTS, "dobj", "attr")
                and token.dep_ in ("det", "nsubj", "nsubjpass")
            ):
                return True
    return False


def _cannot_help(root: Token) -> bool:
    """Whether someone "cannot help but" do a thing, and so does it."""
    parts = {child.lower_ for child in root.children}
    return root.lemma_ == "help" and not parts.isdisjoint(("can", "ca", "could")) and not parts.isdisjoint(("not", "n't"))


def _is_not_only(token: Token) -> bool:
    """Whether a negation denies nothing: "not only", "not just", "not without"."""
    following = [part.lower_ for part in token.doc[token.i + 1 : token.i + 3]]
    return bool({"only", "just", "merely", "simply", "without"} & set(following))


def modality(span: Span, root: Token, words: ClaimWords) -> str:
    """How firmly a statement is put: `conditional`, `planned`, `hedged` or `asserted`, the first that fits its main clause."""
    near = [root, *(child for child in root.children if child.dep_ in ("aux", "advmod", "acomp", "neg"))]
    for child in root.children:
        if child.dep_ == "advcl" and child in span and any(mark.lower_ in ("if", "unless") for mark in child.children):
            return "conditional"
    if _cannot_help(root):
        return "asserted"
    infinitive = any(child.dep_ == "xcomp" and any(part.lower_ == "to" for part in child.lefts) for child in root.children)
    passive = any(child.dep_ == "auxpass" for child in root.children)
    if infinitive and passive and root.lemma_.lower() in words.of["held"]:
        return "hedged"
    governor = root.head if root.dep_ in ("xcomp", "acl") and root.head not in span else root  # "plans to …" as it is held
    if (infinitive or governor != root) and governor.lemma_.lower() in words.of["plan"]:
        return "planned"
    habit = any(child.lower_ in words.of["habit"] for child in root.children)
    backshifted = root.dep_ == "ccomp" and root.head.tag_ in ("VBD", "VBN")  # "said it would close": it will
    would = any(token.lower_ in ("would", "'d") and token.dep_ == "aux" and token.tag_ == "MD" for token in near)
    if would and not (habit or backshifted):
        return "conditional"
    # "may be weaponised, critics say": only the main clause counts; an adverb may hang on the infinitive
    below = [
        part
        for child in root.children
        if child.dep_ in ("xcomp", "ccomp")
        for part in child.children
        if part.dep_ in ("advmod",)
    ]
    # "Could not be reached" denies what was possible; "may not" doubts.
    denied = any(child.dep_ == "neg" for child in root.children)
    doubts = [token for token in (*near, *below) if not (denied and token.lower_ == "could")]
    return "hedged" if words.has("hedge", doubts) else "asserted"


def is_past(root: Token) -> bool:
    """Whether a verb tells what has happened: in a past tense or a perfect; "is made of wood" is a state."""
    auxiliaries = [child for child in root.children if child.dep_ in AUXILIARIES]
    perfect = root.tag_ == "VBN" and any(child.lemma_ == "have" for child in auxiliaries)
    return perfect or any(token.tag_ == "VBD" for token in (root, *auxiliaries) if token.pos_ in ("VERB", "AUX"))
