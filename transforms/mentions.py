"""Names in the text: where they stand and what kind of thing they name."""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Self

import polars as pl
from spacy.tokens import Span

from transforms.name_words import NameWords
from transforms.names import bare_name, fold_name, surname_of
from transforms.parse import Parsed

_TYPES = {
    "PERSON": "PERSON", "ORG": "ORG", "GPE": "GPE", "LOC": "LOC", "FAC": "LOC", "PRODUCT": "PRODUCT", "EVENT": "EVENT",
    "WORK_OF_ART": "WORK", "WORK": "WORK", "LAW": "LAW", "NORP": "NORP", "LANGUAGE": "OTHER", "OTHER": "OTHER",
}  # fmt: skip
"""The model's labels (OntoNotes 5) and the catalogue's, as types of mentions; labels of figures and times have none."""
_VERSION = (
    r"(?:[vV]?\d{1,3}(?:\.\d{1,3}){0,3}[a-z]{0,2}|\d{1,4}[bBxX]|(?!(?:Q|H|G|U|FY)\d)[A-Z]{1,2}\d{1,4}[a-z]?|[A-Z][a-z]+\d{1,2})"
)
_EDITION = (
    r"(?:Pro|Ultra|Max|[Mm]ini|[Nn]ano|[Tt]urbo|Plus|Flash|Lite|Opus|Sonnet|Haiku|Instruct|Preview|Air|Large|Medium|Small)"
)
_VERSIONED = re.compile(
    rf"(?:[ \-‑]{_EDITION})?[ \-‑](?P<version>{_VERSION})(?![\w%])(?:[ \-‑](?:{_VERSION}|{_EDITION}|X[LRS]|[SF]E)(?![\w%]))*"
    rf"|[ \-‑](?:(?=[A-Z]){_EDITION}|mini|nano|X[LRS]|[SF]E)(?![\w%])"
)
"""What stands behind a product's name and makes another product of it: a version, an edition, or both."""
_NAMES_A_PRODUCT = re.compile(r"[A-Z]{1,2}\d{1,3}[a-z]?|\d{1,4}[bB]")
_COUNTED_THINGS = re.compile(
    r" (?:billion|million|thousand|percent|per cent|times|years?|days?"
    r"|(?!(?:is|was|has|does|as|its|this|vs|versus|plus|always)\b)(?!\w+ (?:[$€£]|a |an |the |more |about ))[a-z]+(?<!er)s)\b"
)
"""Behind a number they say that it counts; a verb in -s with its object doesn't, nor do those who use that version."""
_MODEL_NAME = re.compile(r"[A-Z][A-Za-z]*[-‑]?\d+(?:\.\d+)*[a-z]{0,2}(?:-[A-Za-z0-9]+)*")
_GLUED = re.compile(r"(?<![\w./-])(?P<stem>[A-Z][A-Za-z]+)[-‑]?[vV]?\d+(?:\.\d+)*[a-z]{0,2}(?:-[A-Z\d][A-Za-z\d]*)*(?!\w)")
_AMOUNT = re.compile(r"[\d.,]+\s?(?:bn|mn|tn|m|b|k|million|billion|trillion)", re.I)
_NUMBERS = re.compile(r"[\W\d_]+")
_MODALS = frozenset(
    ("will", "can", "could", "may", "might", "should", "would", "must", "did", "does", "is", "was", "has", "had", "shall")
)
_ABBREVIATION = re.compile(r"(?:[A-Za-z]\.)+[A-Za-z]$")
_POSSESSOR = re.compile(r"^(.*?)(\w+)(?:['’]s|(?<=s)['’])\s+(.+)$", re.S)
_ADDRESSED = re.compile(r"\bM(?:r|rs|s)\.? ?(?=[A-Z]\w*$)|\bM(?:r|rs|s)\.? (?=[A-Z])")
"""Who is called so is a person."""
_HEAD_END = re.compile(r"\s(?:of|for|in|at|on|and)\s")
_RETYPED = frozenset(("PERSON", "GPE", "LOC", "PRODUCT", "NORP", "OTHER"))
"""Types that such a name can't have; a work may well be called after a school, an event after a place."""
_CAPITALISED = frozenset(("ORG", "PRODUCT", "NORP"))  # people and places are at times written without capitals
_BEHIND_NAME = re.compile(r"(?<=\S)(?:\s+[–—]\s.*|(?:\s+[^\W\d_A-Z][^\WA-Z]*)+)$", re.S)
"""What follows a name and is none of it: what comes after a dash, and words in lower case ("the Dreamforce audience")."""
_CUT_OFF = re.compile(r"(?<=\S)(?:\s+[–—]\s.*|(?:\s+(?:and|or|of|the|a|in|for|at|to|with|after|by|on|from|as))+)$", re.S)
MAX_NAME_WORDS = 10


@dataclass(frozen=True, slots=True)
class Mention:
    """One name: its place in the document's text, its type, how it was found, and the catalogue's name for it if it has one.

    `role` says whether it does what its sentence says, alone (`subject`) or with others (`joined`): a later "he" or "it" more
    likely means a subject. `pronoun` is `he` or `she` where the document tells which of them means this person.
    """

    start: int
    end: int
    text: str
    type: str
    method: str
    name: str | None = None
    entity_id: str | None = None
    role: str | None = None
    pronoun: str | None = None


@dataclass(frozen=True)
class Catalogue:
    """What the catalogue knows, by folded form; a form that two entities share stands for neither.

    `surnames` leads from a surname to the one person of the catalogue who bears it. `named_with` leads from an entity to the
    things that its description names: Mark Zuckerberg's names Facebook.
    """

    names: dict[str, str]
    types: dict[str, str]
    surnames: dict[str, str]
    named_with: dict[str, frozenset[str]]
    words: NameWords

    @classmethod
    def from_frames(cls, entities: pl.DataFrame, words: pl.DataFrame) -> Self:
        """Build from entities (name, type, aliases joined by `|`, description) and from the words of `NameWords`."""
        types = dict(entities.select("name", "type").iter_rows())
        titles: dict[str, set[str]] = {}
        owners: dict[str, set[str]] = {}
        for name, aliases in entities.select("name", "aliases").iter_rows():
            titles.setdefault(fold_name(name), set()).add(name)
            for form in filter(None, (aliases or "").split("|")):
                owners.setdefault(fold_name(form), set()).add(name)
        bearers: dict[str, set[str]] = {}
        for name in entities.filter(pl.col("type") == "PERSON")["name"]:
            bearers.setdefault(surname_of(name), set()).add(name)
        names = _sole(owners) | _sole(titles)  # "Facebook" is Facebook, though "Facebook, Inc." was Meta
        described = entities.select("name", "description").iter_rows()
        named_with = {name: _names_in(description or "", names, types) - {name} for name, description in described}
        return cls(names, types, _sole(bearers), named_with, NameWords.from_frame(words))

    def belongs(self, person: str, others: Collection[str]) -> bool:
        """Whether a person is at home among these entities: one of them, or one named with them, stands in the description."""
        own = self.named_with.get(person, frozenset())
        return any(other in own or self.named_with.get(other, frozenset()) & own for other in others)


def _sole(owners: dict[str, set[str]]) -> dict[str, str]:
    return {form: next(iter(found)) for form, found in owners.items() if len(found) == 1}


def _names_in(description: str, names: dict[str, str], types: dict[str, str]) -> frozenset[str]:
    """Organisations and products that a description names, by runs of up to four words."""
    words = description.replace(",", " ").split()
    runs = (" ".join(words[i : i + n]) for i in range(len(words)) for n in range(1, 5) if words[i][:1].isupper())
    found = {names.get(fold_name(run)) for run in runs}
    return frozenset(name for name in found if name and types[name] in ("ORG", "PRODUCT"))


def find_mentions(text: str, blocks: Sequence[Parsed], catalogue: Catalogue) -> list[Mention]:
    """Names of one document in order, none inside another: the catalogue's, patterns of versioned products, the model's."""
    found = [
        replace(mention, role=_role(block, span))
        for block in blocks
        for span in block.doc.ents
        for mention in _mention(text, block, span, catalogue)
    ]
    found += [mention for block in blocks for mention in _glued_versions(text, block, catalogue)]
    found.sort(key=lambda mention: (mention.start, -mention.end))
    kept: list[Mention] = []
    for mention in found:
        if not kept or mention.start >= kept[-1].end:
            kept.append(mention)
    return kept


def _glued_versions(text: str, block: Parsed, catalogue: Catalogue) -> Iterator[Mention]:
    """Names of the catalogue's products in one word with a version: the model passes over "GPT-9o" and "Qwen7-72B"."""
    for match in _GLUED.finditer(block.text):
        if _is_product(match, catalogue):
            start, end = block.start + match.start(), block.start + match.end()
            known = catalogue.names.get(fold_name(match[0]))
            mention = Mention(start, end, text[start:end], "PRODUCT", "catalogue" if known else "pattern", known)
            yield _with_version(text, block, mention)


def _is_product(glued: re.Match[str], catalogue: Catalogue) -> bool:
    name = catalogue.names.get(fold_name(glued["stem"]))
    return name is not None and catalogue.types[name] == "PRODUCT"


def _role(block: Parsed, span: Span) -> str | None:
    """What a name does in its sentence; an interview's label counts as a subject."""
    root = span.root
    if root.dep_ == "conj" and root.head.dep_ in ("nsubj", "nsubjpass"):
        return "joined"
    if root.dep_ in ("nsubj", "nsubjpass"):
        return "joined" if any(child.dep_ == "conj" for child in root.children) else "subject"
    return "subject" if span.start == 0 and block.doc[span.end : span.end + 1].text == ":" else None


def _mention(text: str, block: Parsed, span: Span, catalogue: Catalogue) -> Iterator[Mention]:
    type_ = _TYPES.get(span.label_)
    if type_ is None:
        return
    start, end = _trimmed(text, *block.place(_without_modal(span)), type_, catalogue.words)
    if not span.ent_id_:
        behind = _BEHIND_NAME if type_ in _CAPITALISED else _CUT_OFF
        end = start + len(behind.sub("", text[start:end]))
    form = text[start:end]
    if not _is_name(form, catalogue):
        return
    if span.ent_id_:
        yield _with_version(text, block, Mention(start, end, form, type_, "catalogue", span.ent_id_))
        return
    known = catalogue.names.get(fold_name(form))
    if known and len(form) > 2:
        yield _with_version(text, block, Mention(start, end, form, catalogue.types[known], "catalogue", known))
    elif _MODEL_NAME.fullmatch(form) and type_ != "EVENT":
        yield Mention(start, end, form, "PRODUCT", "pattern")
    else:
        type_ = _told_type(form, text[max(0, start - 5) : start], type_, catalogue)
        yield _with_version(text, block, Mention(start, end, form, type_, "model"))


def _without_modal(span: Span) -> Span:
    """A name without the verb that opens a question: "Will Zuckerberg pay?" asks of Zuckerberg."""
    opens = (
        span.start == span.sent.start and span.sent.text.rstrip("\"' ").endswith("?")
        if span.doc.has_annotation("SENT_START")
        else False
    )
    return span[1:] if opens and len(span) > 1 and span[0].lower_ in _MODALS else span


def _told_type(form: str, before: str, type_: str, catalogue: Catalogue) -> str:
    """The type of a name that says itself what it names, by a form of address, a version or its head word; else the model's."""
    if _ADDRESSED.search(before + form):
        return "PERSON"
    glued = _GLUED.match(form)
    if glued and _is_product(glued, catalogue):
        return "PRODUCT"
    words = _HEAD_END.split(form)[0].split()
    is_telling = len(form.split()) > 1 and type_ in _RETYPED
    return catalogue.words.heads.get(words[-1].lower(), type_) if is_telling else type_


def _trimmed(text: str, start: int, end: int, type_: str, words: NameWords) -> tuple[int, int]:
    """The place of a name without the article, possessive, marks and lower-case words around it."""
    form = text[start:end]
    inner = bare_name(form)
    at = form.find(inner) if inner else -1
    if at < 0:
        return start, start
    start, end = start + at, start + at + len(inner)
    while " " in text[start:end] and text[start].islower() and not text[start + 1 : start + 2].isupper():
        start = text.index(" ", start) + 1
    owned = _POSSESSOR.match(text[start:end])
    if owned and not _owner_is_part(owned, type_, words):  # "Google's Gemini" names two things: the first is sure
        end = start + owned.end(2)
    if text[end : end + 1] == "." and _ABBREVIATION.search(text[start:end]):
        end += 1
    return start, end


def _owner_is_part(owned: re.Match[str], type_: str, words: NameWords) -> bool:
    """Whether whose a thing is belongs to its name: the Institute for Tomorrow's Farms, Lloyd's of London."""
    before, owner, thing = owned.groups()
    if type_ in ("WORK", "LAW") or owner.lower() in words.owners or re.search(r"\b(?:for|of|St\.?) (?:the )?$", before):
        return True
    return type_ in ("ORG", "EVENT", "LOC") and (thing.startswith("of ") or thing.split()[-1].lower() in words.heads)


def _is_name(form: str, catalogue: Catalogue) -> bool:
    letters = _NUMBERS.sub("", form)
    if len(letters) < 2 or _AMOUNT.fullmatch(form) or form in catalogue.words.no_names or form.islower() or "\n" in form:
        return False
    return len(form.split()) <= MAX_NAME_WORDS and not form.startswith(("http", "www.", "@", "#"))


def _with_version(text: str, block: Parsed, mention: Mention) -> Mention:
    """A product's name with what makes another product of it: the catalogue's "Llama" before "5.2" is not Llama.

    So is a company's before a version with letters ("DeepSeek-V9"), and then it is a product.
    """
    is_product = mention.type in ("PRODUCT", "OTHER")
    if not is_product and (mention.type != "ORG" or mention.method != "catalogue"):
        return mention
    doc_end = block.start + len(block.text)
    behind = text[mention.end : min(doc_end, mention.end + 40)]
    match = _VERSIONED.match(behind)
    if match is None:
        return mention
    if match["version"] and match.end() == match.end("version") and _COUNTED_THINGS.match(behind, match.end()):
        return mention
    if not is_product and not _NAMES_A_PRODUCT.fullmatch(match["version"] or ""):
        return mention
    end = mention.end + match.end()
    return replace(mention, end=end, text=text[mention.start : end], type="PRODUCT", method="pattern", name=None)
