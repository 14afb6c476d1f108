"""spaCy's rules for lemmas with a memory: what they make of a word in its form is looked up after the first time.

The lemmatizer remembers by itself, but only words that it had to take apart, and all of those that a process ever reads.
"""

from typing import TYPE_CHECKING

from spacy.pipeline import Lemmatizer

from flows.quick_vectors import mixed

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc

MOST_WORDS = 200_000
"""Words, each with its part of speech and form, that are remembered. Then the memory is begun anew."""


def remember_lemmas(nlp: "Language") -> None:
    """Give the pipeline's lemmatizer a memory, where it goes by rules: they look at nothing else than the memory does."""
    for place, (name, component) in enumerate(nlp._components):
        if isinstance(component, Lemmatizer) and component.mode == "rule":
            nlp._components[place] = (name, _Remembering(component))


class _Remembering:
    """As the lemmatizer that it is made from, and faster."""

    def __init__(self, lemmatizer: Lemmatizer) -> None:
        self._lemmatizer = lemmatizer
        self._memory: dict[int, str] = {}

    def __call__(self, doc: "Doc") -> "Doc":
        """Give each token its lemma; one that it has stays, unless the lemmatizer is set to overwrite it."""
        if len(self._memory) > MOST_WORDS:
            self._memory.clear()
            self._lemmatizer.cache.clear()
        overwrites = self._lemmatizer.overwrite
        for token, form in zip(doc, mixed(doc.to_array(["ORTH", "POS", "MORPH"])).tolist(), strict=True):
            if overwrites or token.lemma == 0:
                if (lemma := self._memory.get(form)) is None:
                    lemma = self._memory[form] = self._lemmatizer.rule_lemmatize(token)[0]
                token.lemma_ = lemma
        return doc
