"""spaCy's attribute ruler with a memory: what its rules make of a word with its tag is looked up after the first time.

The ruler holds each of its hundred and more patterns against each token. All but a few look at one token alone, at its letters,
its tag and its part in the sentence; so equal tokens come out alike.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from spacy.pipeline import AttributeRuler
from spacy.tokens._retokenize import set_token_attrs

from flows.quick_vectors import mixed

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc

MOST_WORDS = 200_000
"""Words, each with tag and dependency, that are remembered. Then the memory is begun anew."""
_KNOWN = frozenset({"ORTH", "TEXT", "LOWER", "SHAPE", "LENGTH", "IS_SPACE", "IS_ALPHA", "IS_PUNCT", "IS_DIGIT", "TAG", "DEP"})


def remember_attributes(nlp: "Language") -> None:
    """Give the pipeline's attribute ruler a memory, where its patterns look at nothing that the memory does not know."""
    for place, (name, component) in enumerate(nlp._components):
        if type(component) is AttributeRuler and all(_is_known(rule["patterns"]) for rule in component.patterns):
            nlp._components[place] = (name, _Remembering(component, nlp))


def _is_known(patterns: Iterable[Sequence[Mapping[str, object]]]) -> bool:
    """Whether patterns look at words, tags and dependencies alone. An operator makes one token of a pattern stand for many."""
    return all(key.upper() in _KNOWN for pattern in patterns for token in pattern for key in token)


_Ruled = tuple[tuple[int, ...], dict[Any, Any]]
"""Rules that match a word, by their numbers, and what they set together."""


class _Remembering(AttributeRuler):  # type: ignore[misc]  # spaCy gives this class no types
    """As the one that it is made from, and faster."""

    def __init__(self, ruler: AttributeRuler, nlp: "Language") -> None:
        super().__init__(nlp.vocab, ruler.name)
        self.add_patterns(ruler.patterns)
        self._of_one, self._of_several = AttributeRuler(nlp.vocab).matcher, AttributeRuler(nlp.vocab).matcher
        for number, rule in enumerate(ruler.patterns):
            for pattern in rule["patterns"]:
                (self._of_one if len(pattern) == 1 else self._of_several).add(str(number), [pattern])
        self._memory: dict[int, _Ruled] = {}
        self._ruled: dict[tuple[int, ...], _Ruled] = {}

    def __call__(self, doc: "Doc") -> "Doc":
        """Apply the rules, later ones over earlier ones, as the ruler does."""
        if len(self._memory) > MOST_WORDS:
            self._memory.clear()
        beside: dict[int, list[int]] = {}
        for rule, start, end in self._found(self._of_several, doc):
            beside.setdefault(range(start, end)[self.indices[rule]], []).append(rule)
        for place, word in enumerate(mixed(doc.to_array(["ORTH", "TAG", "DEP"])).tolist()):
            if (known := self._memory.get(word)) is None:
                found = tuple(rule for rule, _, _ in self._found(self._of_one, doc[place : place + 1]))
                # Most words come under the same few rules, and share what these make of them.
                known = self._memory[word] = self._ruled.setdefault(found, (found, self._attributes(found)))
            rules, attributes = known
            if place in beside:
                attributes = self._attributes((*rules, *beside[place]))
            if attributes:
                set_token_attrs(doc[place], attributes)
        return doc

    def _found(self, matcher: Any, within: Any) -> list[tuple[int, int, int]]:
        """Rules that match, by their number, with start and end of what they match."""
        strings = self.vocab.strings
        return [(int(strings[name]), start, end) for name, start, end in matcher(within, allow_missing=True)]

    def _attributes(self, rules: Sequence[int]) -> dict[Any, Any]:
        """What these rules set together."""
        return {key: value for rule in sorted(rules) for key, value in self.attrs[rule].items()}
