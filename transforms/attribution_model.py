"""How likely a phrase is something that somebody is said to hold: a logistic regression over how it hangs on its cue."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import exp
from typing import Self

import polars as pl
from spacy.tokens import Token

from transforms.cues import CueLexicon
from transforms.held_phrases import HeldPhrase
from transforms.speakers import is_holder

_LENGTHS = ((5, "3-4"), (9, "5-8"), (17, "9-16"))


def features(phrase: HeldPhrase, lexicon: CueLexicon) -> list[str]:
    """What the model looks at: the cue and its form, the relation, who holds it, the phrase's form and length."""
    cue, relation, head = phrase.cue, phrase.relation, phrase.head
    lemma = cue.lemma_.lower()
    holder = _holder(phrase.speaker, lexicon)
    words = len(phrase.content)
    length = next((name for limit, name in _LENGTHS if words < limit), "17-")
    form = f"{head.pos_} {'finite' if phrase.is_finite else head.tag_}"
    mark = next((child.lower_ for child in head.lefts if child.dep_ == "mark"), "-")
    frames = _frames(cue, lemma, lexicon)
    return [
        "bias",
        relation,
        f"cue {lemma}",
        f"cue {lemma} {relation}",
        f"cue {lemma} {form}",
        f"cue {lemma} {length}",
        f"cue {lemma} by {holder}",
        f"by {holder}",
        f"{relation} by {holder}",
        f"{relation} {length}",
        f"{relation} {form}",
        f"{relation} {mark}",
        f"{relation} of {cue.tag_}",
        f"{relation} of {cue.dep_}",
        f"{relation} {length} {holder} {cue.pos_}",
        f"frames {frames} {relation}",
        f"{relation.partition(':')[0]} {_is_listed(relation, lemma, lexicon)}",
        *(f"frame {frame} {relation}" for frame in frames),
    ]


def _frames(cue: Token, lemma: str, lexicon: CueLexicon) -> str:
    """What the lexicon knows of a cue: a verb's frames, `N` a noun, `A` an adjective that attributes."""
    if cue.pos_ in ("VERB", "AUX"):
        return lexicon.verbs.get(lemma, "")
    return "N" * (lemma in lexicon.nouns) + "A" * (lemma in lexicon.adjectives)


def _is_listed(relation: str, lemma: str, lexicon: CueLexicon) -> str:
    """Whether the lexicon lists the preposition of a relation as one that opens the cue's content."""
    preposition = relation.rpartition(":")[2]
    return "listed" if preposition in lexicon.prepositions.get(lemma, ()) else "not listed"


def _holder(token: Token | None, lexicon: CueLexicon) -> str:
    if token is None:
        return "nobody"
    word: str = token.lower_ if token.pos_ == "PRON" else token.ent_type_
    return word or ("holder" if is_holder(token, lexicon) else str(token.pos_))


@dataclass(frozen=True)
class AttributionModel:
    """Weights of features, from `seeds/lexicons/attribution.csv`."""

    weights: Mapping[str, float]
    threshold: float = 0.6

    @classmethod
    def from_frame(cls, frame: pl.DataFrame) -> Self:
        """Build from columns feature and weight."""
        return cls(dict(frame.select("feature", "weight").rows()))

    def probability(self, phrase: HeldPhrase, lexicon: CueLexicon) -> float:
        """How likely the phrase is held by whoever the cue names, from 0 to 1."""
        odds = sum(self.weights.get(name, 0.0) for name in features(phrase, lexicon))
        return 1 / (1 + exp(-odds))
