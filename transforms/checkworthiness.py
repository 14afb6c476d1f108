"""How likely a statement is worth checking: a linear model over how it is worded and what it holds.

The weights in `seeds/lexicons/checkworthiness.csv` are learned by `training.checkworthiness` from the sentences of ClaimBuster
(Arslan et al. 2020, doi 10.5281/zenodo.3609356, CC BY 4.0). Names, numbers and most nouns count by their class alone, so that
what the sentences of old debates are about is not learned.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Self

import polars as pl
from spacy.attrs import ENT_TYPE, LEMMA, LIKE_NUM, POS, TAG
from spacy.strings import get_string_id
from spacy.tokens import Doc, Span

from transforms.statements import Statement

Feature = str | tuple[str, str]
"""A word, a pair of neighbouring words, or what a claim is or holds, which has a blank in it ("type quantity")."""

_NAMES = {
    get_string_id(label): f"<{label}>"
    for label in "PERSON ORG GPE LOC FAC PRODUCT EVENT WORK_OF_ART WORK LAW NORP LANGUAGE OTHER".split()
}
_NOUN, _NAMED = get_string_id("NOUN"), frozenset(get_string_id(part) for part in ("PROPN", "NOUN", "ADJ"))
_PROPER, _CARDINAL = get_string_id("PROPN"), get_string_id("CD")
_LENGTHS = (4, 6, 8, 12, 16, 20, 25, 30, 40)

_MAGNITUDES = frozenset(("thousand", "million", "billion", "trillion", "thousands", "millions", "billions", "trillions"))
_PUBLIC_NAMES = frozenset(("PERSON", "ORG", "GPE", "NORP", "LAW", "EVENT"))
_LARGEST_SHOP_PRICE = 1000
"""From here on an amount is as a rule an income, a tax or a fine."""


@dataclass(frozen=True, slots=True)
class KnownWords:
    """Words that count as themselves, by spaCy's hash of their lemma; as nouns only those of `nouns` do.

    `nouns` say how much, when or how, whatever a text is about.
    """

    words: Mapping[int, str]
    nouns: frozenset[str]


@dataclass(frozen=True, slots=True)
class Holdings:
    """What a claim is and holds besides its words: kinds of its figures, types of its names, how many expressions of time."""

    kind: str
    statement: Statement
    figure_kinds: Sequence[str]
    name_types: Sequence[str]
    times: int


@dataclass(frozen=True)
class Checkworthiness:
    """The model: the words that count as themselves, and log-odds by feature."""

    known: KnownWords
    weights: dict[Feature, float]

    @classmethod
    def from_frame(cls, frame: pl.DataFrame) -> Self:
        """Build from columns kind, form and weight: a `word`, `pair` or `claim` has a weight, a `noun` counts as itself."""
        weights: dict[Feature, float] = {}
        nouns: list[str] = []
        for kind, form, weight in frame.select("kind", "form", "weight").iter_rows():
            first, _, second = form.partition(" ")
            if kind == "noun":
                nouns.append(form)
            else:
                weights[(first, second) if kind == "pair" else form] = weight
        parts = (part for kind, form in frame.select("kind", "form").iter_rows() if kind != "claim" for part in form.split(" "))
        return cls(known_words(parts, nouns), weights)

    def probability(self, features: Iterable[Feature]) -> float:
        """How likely a claim with these features is worth checking, to four digits."""
        # fsum does not depend on the order of a set
        odds = math.fsum(map(self.weights.__getitem__, self.weights.keys() & features))
        return round(1 / (1 + math.exp(-odds)), 4)

    def features(self, span: Span, classes: Sequence[str], holdings: Holdings) -> set[Feature]:
        """Features of a claim, from the classes of its block's words (see `word_classes`) and from what it is and holds."""
        words = classes[span.start : span.end]
        return {"all claims", *words, *pairwise(words), *_of_claim(span, holdings)}


def known_words(words: Iterable[str], nouns: Iterable[str]) -> KnownWords:
    """Words by spaCy's hash; classes ("<num>") are none."""
    return KnownWords({get_string_id(word): word for word in sorted(set(words)) if not word.startswith("<")}, frozenset(nouns))


def word_classes(doc: Doc, known: KnownWords) -> list[str]:
    """What each word of a text counts as: its lemma where that is known and tells no topic, else a class in angle brackets."""
    strings = doc.vocab.strings
    classes = []
    for lemma, part, tag, label, is_number in doc.to_array([LEMMA, POS, TAG, ENT_TYPE, LIKE_NUM]).tolist():
        if label in _NAMES and part in _NAMED:
            classes.append(_NAMES[label])
        elif is_number or tag == _CARDINAL:
            classes.append("<num>")
        elif part == _PROPER:
            classes.append("<name>")
        else:
            word = known.words.get(lemma)
            topical = word is None or (part == _NOUN and word not in known.nouns)
            classes.append(f"<{strings[tag]}>" if topical or word is None else word)
    return classes


def _of_claim(span: Span, holdings: Holdings) -> list[str]:
    statement, kind, firmness = holdings.statement, holdings.kind, holdings.statement.modality
    # What has no verb counts neither way: in speech it is a figure called out, in an article the object of a feeling.
    verb = statement.root.tag_ if statement.predicate is not None else "none"
    found = [f"type {kind}", f"modality {firmness}", f"type {kind} {firmness}"]
    found += [f"verb {verb}", "no object" if statement.object is None else "an object"] if verb != "none" else []
    found += [f"figure {figure}" for figure in holdings.figure_kinds] + [f"name {name}" for name in holdings.name_types]
    words = span.end - span.start
    found += [f"words over {length}" for length in _LENGTHS if words > length]
    holds = {
        "is negated": statement.is_negated,
        "a time": holdings.times > 0,
        "several figures": len(holdings.figure_kinds) > 1,
        "several names": len(holdings.name_types) > 1,
        "a shop price": _is_shop_price(span, statement, holdings),
    }
    found += [name for name, holding in holds.items() if holding]
    if statement.subject is not None:
        head = statement.subject.root
        who = head.lower_ if head.pos_ == "PRON" else head.tag_
        found += [f"subject {who}", f"subject {who} {verb}"]
    return found


def _is_shop_price(span: Span, statement: Statement, holdings: Holdings) -> bool:
    """Whether a small price is stated as it is asked in a shop: of nobody in public, at no time, not of what happened."""
    if "money" not in holdings.figure_kinds or "percent" in holdings.figure_kinds or holdings.times:
        return False
    happened = statement.predicate is not None and statement.root.tag_ in ("VBD", "VBN")
    if happened or not _PUBLIC_NAMES.isdisjoint(holdings.name_types):
        return False
    return not any(token.lower_ in _MAGNITUDES or _amount(token.text) >= _LARGEST_SHOP_PRICE for token in span)


def _amount(printed: str) -> float:
    """What a token in digits comes to; 0 for other tokens."""
    digits = printed.replace(",", "")
    return float(digits) if digits.replace(".", "", 1).isdecimal() else 0.0
