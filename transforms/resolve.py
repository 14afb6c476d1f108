"""Names to entities, within one document: full names and short forms, the catalogue's entities, pronouns and roles."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from spacy.tokens import Token

from transforms.mentions import Catalogue, Mention
from transforms.names import bare_name, entity_id_of, fold_name, surname_of
from transforms.parse import Parsed
from transforms.pronouns import HE, SHE, pronouns_of

_SENTENCE_END = re.compile(r"[.!?][\"'”’)]*\s")
_WORD = re.compile(r"\w+")
_ROLES = dict.fromkeys(
    "company firm startup start-up organisation organization corporation agency group giant business maker".split(), "ORG"
) | dict.fromkeys("model chatbot assistant app software device gadget".split(), "PRODUCT")
"""What words with "the" stand for, where nothing narrows them: "the company", but not "the company behind it"."""
_THINGS = ("ORG", "PRODUCT", "GPE", "LAW", "WORK")
_IT = frozenset(("it", "its", "itself"))
MIN_SHORT_FORM = 4
"""A shorter surname stands for too much else to be looked for where the model saw no name."""
IT_REACH_CHARS = 200
"""Nor does "it", which stands for things without a name just as well, look back further than a sentence."""
REACH_CHARS = 1200
"""A pronoun looks back no further: about two paragraphs."""


@dataclass(frozen=True, slots=True)
class _Forms:
    """What short forms in a document may stand for: the longer names of things, and of companies for a lone word."""

    longer: dict[str, set[str]]
    companies: dict[str, set[str]]


def resolve_mentions(text: str, mentions: Sequence[Mention], catalogue: Catalogue) -> list[Mention]:
    """The same mentions with name, type and entity, and the short forms of names that the model passed over, in order.

    A name without a catalogue entry stands for itself: its longest form in the document names it. A surname that two people of
    the document share stays without an entity; one whose bearer is never named in full is the catalogue's only bearer, where
    the document also names what that person is known for. One name has one type in a document: the one most often found.
    """
    types = _majority_types(mentions)
    full = [_typed(mention, types) for mention in mentions]
    people = {
        mention.name or bare_name(mention.text)
        for mention in full
        if mention.type == "PERSON" and len((mention.name or mention.text).split()) > 1
    }
    people |= _people_by_surname(full, people, catalogue)
    owners = _owners(people, catalogue)
    people = set(owners.values())
    forms = _Forms(_longer_forms(full, catalogue), _companies(full, catalogue))
    resolved = [_resolved(mention, owners, forms, catalogue) for mention in full]
    resolved += _missed_short_forms(text, resolved, people, catalogue)
    return _with_pronouns(text, sorted(resolved, key=lambda mention: mention.start), catalogue)


def _with_pronouns(text: str, mentions: list[Mention], catalogue: Catalogue) -> list[Mention]:
    people = [(m.start, m.end, m.name) for m in mentions if m.type == "PERSON" and m.entity_id and m.name]
    told = pronouns_of(text, people, catalogue.words)
    return [replace(m, pronoun=told.get(m.name or "")) if m.type == "PERSON" else m for m in mentions]


def _people_by_surname(mentions: Sequence[Mention], people: set[str], catalogue: Catalogue) -> set[str]:
    """People of the catalogue whom the document calls by surname only, among things that they are known for."""
    things = {mention.name for mention in mentions if mention.name and mention.type in ("ORG", "PRODUCT")}
    known = {surname_of(name) for name in people}
    alone = {fold_name(mention.text) for mention in mentions if mention.type == "PERSON" and not mention.name} - known
    bearers = {catalogue.surnames[form] for form in alone if form in catalogue.surnames}
    return {name for name in bearers if catalogue.belongs(name, things)}


def _majority_types(mentions: Sequence[Mention]) -> dict[str, str]:
    votes: dict[str, Counter[str]] = {}
    for mention in mentions:
        votes.setdefault(fold_name(mention.text), Counter())[mention.type] += 1
    return {form: min(count.items(), key=lambda item: (-item[1], item[0]))[0] for form, count in votes.items()}


def _typed(mention: Mention, types: dict[str, str]) -> Mention:
    return mention if mention.name else replace(mention, type=types[fold_name(mention.text)])


def _owners(people: set[str], catalogue: Catalogue) -> dict[str, str]:
    """For each full name of a person the one that stands for all that differ in middle names, titles or "Jr" only.

    That is the catalogue's, else the longest. Anna M. Berg and Anna K. Berg stay two, and so an Anna Berg beside them a third.
    A surname of two words (Van Dyke) stands for its only bearer.
    """
    bearers = {short: {name for name in people if fold_name(name).endswith(" " + fold_name(short))} for short in people}
    lone = {short: next(iter(found)) for short, found in bearers.items() if len(found) == 1}
    people = people - lone.keys()
    alike: dict[tuple[str, str], list[str]] = {}
    for name in sorted(people):
        alike.setdefault((fold_name(name).split()[0], surname_of(name)), []).append(name)
    owners = {}
    for names in alike.values():
        middles = {middle[0] for name in names if (middle := _middle(name))}
        best = min(names, key=lambda name: (name not in catalogue.types, -len(name.split()), -len(name), name))
        owners.update({name: best if len(middles) < 2 else name for name in names})
    return owners | {short: owners.get(name, name) for short, name in lone.items()}


def _middle(name: str) -> list[str]:
    """First letters of the names between a person's first and last."""
    words = [word for word in fold_name(name).split() if word not in ("jr", "sr", "ii", "iii", "iv")]
    return [word[0] for word in words[1:-1]]


def _longer_forms(mentions: Sequence[Mention], catalogue: Catalogue) -> dict[str, set[str]]:
    """For each short name of a thing the longer names that it may stand for.

    Those are the ones that begin with it and came first in the document; those that put a place before it ("the Boston Globe",
    "the Globe"); and of a product's plural the singular.
    """
    first: dict[str, tuple[int, str]] = {}
    products: dict[str, str] = {}
    for mention in mentions:
        if mention.name is None:
            form, name = fold_name(mention.text), bare_name(mention.text)
            if mention.type == "ORG":
                first.setdefault(form, (mention.start, name))
            elif mention.type == "PRODUCT":
                products.setdefault(form, name)
    longer: dict[str, set[str]] = {
        plural: {products[plural[:-1]]} for plural in products if plural.endswith("s") and plural[:-1] in products
    }
    for short, (start, _) in first.items():
        names = {name for form, (met, name) in first.items() if form.startswith(short + " ") and met < start}
        names |= {name for form, (_, name) in first.items() if form.endswith(" " + short) and _is_place(form, short, catalogue)}
        if names:
            longer[short] = names
    return longer


def _companies(mentions: Sequence[Mention], catalogue: Catalogue) -> dict[str, set[str]]:
    """For each lone word the organisations that add no more to it than what a company calls itself: Kade, the Kade Group."""
    companies: dict[str, set[str]] = {}
    for mention in mentions:
        form = fold_name(mention.text).split()
        if mention.type == "ORG" and mention.name is None and len(form) > 1 and catalogue.words.companies.issuperset(form[1:]):
            companies.setdefault(form[0], set()).add(bare_name(mention.text))
    return companies


def _is_place(form: str, short: str, catalogue: Catalogue) -> bool:
    name = catalogue.names.get(form.removesuffix(short).strip())
    return name is not None and catalogue.types[name] == "GPE"


def _resolved(mention: Mention, people: dict[str, str], forms: _Forms, catalogue: Catalogue) -> Mention:
    if mention.name:
        return replace(mention, entity_id=entity_id_of(mention.name, mention.type))
    form, name = fold_name(mention.text), bare_name(mention.text)
    if mention.type != "PERSON" and form in forms.longer:
        return _named(mention, forms.longer[form], "short_form", catalogue)
    if len(name.split()) == 1:
        owners = {full for full in people.values() if form in (surname_of(full), fold_name(full.split()[0]))}
        if owners and (mention.type == "PERSON" or form not in catalogue.names):
            return _named(replace(mention, type="PERSON"), owners, "short_form", catalogue)
        if form in forms.companies and form not in catalogue.names:
            return _named(replace(mention, type="ORG"), forms.companies[form], "short_form", catalogue)
    elif mention.type == "PERSON" and name in people:
        return _named(mention, {people[name]}, mention.method, catalogue)
    return _named(mention, {name}, mention.method, catalogue)


def _named(mention: Mention, owners: set[str], method: str, catalogue: Catalogue) -> Mention:
    """A mention of the one owner of a form; more than one leaves it open."""
    if len({fold_name(owner) for owner in owners}) > 1:
        return replace(mention, method=method, name=None, entity_id=None)
    owner = min(owners)
    name = catalogue.names.get(fold_name(owner), owner)
    type_ = catalogue.types.get(name, mention.type)
    return replace(mention, method=method, name=name, type=type_, entity_id=entity_id_of(name, type_))


def _missed_short_forms(text: str, mentions: Sequence[Mention], people: set[str], catalogue: Catalogue) -> list[Mention]:
    """Surnames of the document's people where the model saw no name; a surname that is also a common word here is left."""
    if not people:
        return []
    zones = sorted((mention.start, mention.end) for mention in mentions)
    words = set(_WORD.findall(text))
    surnames: dict[str, set[str]] = {}
    for name in people:
        surnames.setdefault(bare_name(name).split()[-1], set()).add(name)
    found = []
    for surname, owners in sorted(surnames.items()):
        if len(surname) < MIN_SHORT_FORM or surname.lower() in words or len(owners) > 1:
            continue
        for first, last in _standing_alone(surname, text):
            if not any(start < last and first < end for start, end in zones):
                missed = Mention(first, last, surname, "PERSON", "short_form")
                found.append(_named(missed, owners, "short_form", catalogue))
    return found


def _standing_alone(word: str, text: str) -> Iterator[tuple[int, int]]:
    """Where a word stands in a text, neither part of another nor joined to one by a hyphen."""
    first = text.find(word)
    while first >= 0:
        last = first + len(word)
        if not any(beside.isalnum() or beside in "_-" for beside in text[max(0, first - 1) : first] + text[last : last + 1]):
            yield first, last
        first = text.find(word, first + 1)


@dataclass(frozen=True, slots=True)
class Referent:
    """What words stand for: a mention's entity, name and type, and where that mention ends."""

    entity_id: str
    name: str
    type: str
    end: int


class Referents:
    """Looks up what the words of a document stand for: names by their place, pronouns and roles by what came before."""

    def __init__(self, text: str, mentions: Sequence[Mention], speakers: Sequence[tuple[int, int]]) -> None:
        """`mentions` are a document's resolved ones; `speakers` the places of head words that name who speaks.

        A speaker without a name ("a retired diplomat") stands between a later "she" and whoever was named before.
        """
        self._text = text
        self._mentions = sorted((mention for mention in mentions if mention.entity_id and mention.name), key=lambda m: m.start)
        self._unnamed = [
            start for start, end in speakers if text[start].islower() and text[start:end].lower() not in HE | SHE | _IT
        ]

    def named(self, start: int, end: int, head: tuple[int, int] | None = None) -> Referent | None:
        """The entity named in a span: the mention that holds its head word, else the only mention in it."""
        inside = [mention for mention in self._mentions if mention.start < end and start < mention.end]
        if head:
            for mention in inside:
                if mention.start < head[1] and head[0] < mention.end:
                    return _referent(mention)
            return None
        return _referent(inside[0]) if len(inside) == 1 else None

    def of(self, token: Token, block: Parsed, before: int | None = None) -> Referent | None:
        """The entity that a head word stands for: by name, by pronoun, or by role ("the company"); None where that is open."""
        start, end = block.place(token)
        named = self.named(start, end, (start, end))
        if named:
            return named
        return self.antecedent(token, start if before is None else before)

    def antecedent(self, token: Token, at: int) -> Referent | None:
        """What a pronoun or a role with an article stands for; None unless exactly one candidate is likely."""
        word = token.lower_
        if word in HE or word in SHE:
            person = self._latest(at, ("PERSON",), "he" if word in HE else "she")
            return None if person and any(person.end <= unnamed < at for unnamed in self._unnamed) else person
        kind = _ROLES.get(token.lemma_.lower())
        if kind and any(child.lower_ in ("the", "this") for child in token.children):
            narrowed = any(child.dep_ in ("prep", "amod", "relcl", "compound", "acl") for child in token.children)
            return None if narrowed else self._latest(at, (kind,))
        if word in _IT and token.head.lemma_ != "be":  # "it is OpenAI that charges": this "it" stands for nothing
            near = [m for m in self._mentions if at - IT_REACH_CHARS <= m.start and m.end <= at and m.type in _THINGS]
            alone = len({mention.entity_id for mention in near}) == 1
            return _referent(near[-1]) if alone and near[-1].role == "subject" else None
        return None

    def _latest(self, at: int, types: tuple[str, ...], pronoun: str | None = None) -> Referent | None:
        """The entity of these types that was a subject last before a place, else the only one in reach.

        Who is known to be a "he" is no "she". None where two subjects were joined, where a later sentence names another, and
        where it is not told that the subject is called so but of another behind it: either may be meant.
        """
        near = [m for m in self._mentions if at - REACH_CHARS <= m.start and m.end <= at and m.type in types]
        near = [m for m in near if pronoun is None or m.pronoun in (None, pronoun)]
        if len({mention.entity_id for mention in near}) == 1:
            return _referent(near[-1])
        subjects = [mention for mention in near if mention.role]
        if not subjects or subjects[-1].role == "joined":
            return None
        since = [m for m in near if m.start > subjects[-1].start and m.entity_id != subjects[-1].entity_id]
        if since and _SENTENCE_END.search(self._text, subjects[-1].end, since[-1].start):
            return None
        if subjects[-1].pronoun is None and any(m.pronoun for m in since):
            return None
        return _referent(subjects[-1])


def _referent(mention: Mention) -> Referent:
    assert mention.entity_id and mention.name
    return Referent(mention.entity_id, mention.name, mention.type, mention.end)
