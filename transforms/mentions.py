"""Names in the text: where they stand and what kind of thing they name."""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Self

import polars as pl
from spacy.tokens import Span

from transforms.names import bare_name, fold_name, surname_of
from transforms.parse import Parsed

_TYPES = {
    "PERSON": "PERSON", "ORG": "ORG", "GPE": "GPE", "LOC": "LOC", "FAC": "LOC", "PRODUCT": "PRODUCT", "EVENT": "EVENT",
    "WORK_OF_ART": "WORK", "WORK": "WORK", "LAW": "LAW", "NORP": "NORP", "LANGUAGE": "OTHER", "OTHER": "OTHER",
}  # fmt: skip
"""The model's labels (OntoNotes 5) and the catalogue's, as types of mentions; labels of figures and times have none."""
_VERSION = re.compile(r"v?\d{1,3}(?:\.\d{1,3}){0,3}[a-z]{0,2}|\d{1,4}[bBxX]")
_EDITION = re.compile(
    r"Pro|Ultra|Max|Mini|mini|Nano|nano|Turbo|turbo|Plus|Flash|Lite|Opus|Sonnet|Haiku|Instruct|Preview|Air|Large|Medium|Small"
)
_MODEL_NAME = re.compile(r"[A-Z][A-Za-z]*[-‑]?\d+(?:\.\d+)*[a-z]{0,2}(?:-[A-Za-z0-9]+)*")
_AMOUNT = re.compile(r"[\d.,]+\s?(?:bn|mn|tn|m|b|k|million|billion|trillion)", re.I)
_NUMBERS = re.compile(r"[\W\d_]+")
_MODALS = frozenset(
    ("will", "can", "could", "may", "might", "should", "would", "must", "did", "does", "is", "was", "has", "had", "shall")
)
_ABBREVIATION = re.compile(r"(?:[A-Za-z]\.)+[A-Za-z]$")
_POSSESSOR = re.compile(r"^(.*?)(\w+)(?:['’]s|(?<=s)['’])\s+(.+)$", re.S)
_OF_MANY = frozenset(
    "children women men people workers farmers writers teachers nurses veterans students players citizens girls boys mothers"
    " consumers voters king queen st".split()
)
"""Whose they are is part of the name: the Children's Hospital, the People's Party, the King's College."""
_HEADS: dict[str, str] = dict.fromkeys(
    "university college institute academy school hospital party ministry department committee commission council association"
    " federation foundation corporation inc ltd bank agency bureau parliament senate assembly congress union alliance league"
    " orchestra church museum trust company society laboratory observatory center centre court".split(),
    "ORG",
) | dict.fromkeys(
    "election elections referendum by-election olympics championship championships cup festival summit revolution war uprising"
    " marathon earthquake".split(),
    "EVENT",
)
"""What a name is the name of, by its last word, or by the one before "of" and "for": the University of Oslo."""
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
    likely means a subject.
    """

    start: int
    end: int
    text: str
    type: str
    method: str
    name: str | None = None
    entity_id: str | None = None
    role: str | None = None


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
    no_names: frozenset[str]

    @classmethod
    def from_frames(cls, entities: pl.DataFrame, no_names: pl.DataFrame) -> Self:
        """Build from entities (name, type, aliases joined by `|`, description) and from forms that are no names (form)."""
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
        return cls(names, types, _sole(bearers), named_with, frozenset(no_names["form"].to_list()))

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
    found.sort(key=lambda mention: (mention.start, -mention.end))
    kept: list[Mention] = []
    for mention in found:
        if not kept or mention.start >= kept[-1].end:
            kept.append(mention)
    return kept


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
    start, end = _trimmed(text, *block.place(_without_modal(span)), type_)
    if not span.ent_id_:
        behind = _BEHIND_NAME if type_ in _CAPITALISED else _CUT_OFF
        end = start + len(behind.sub("", text[start:end]))
    form = text[start:end]
    if not _is_name(form, catalogue):
        return
    if span.ent_id_:
        mention = Mention(start, end, form, type_, "catalogue", span.ent_id_)
        yield _with_version(text, block, mention) if type_ in ("PRODUCT", "OTHER") else mention
        return
    known = catalogue.names.get(fold_name(form))
    if known and len(form) > 2:
        yield Mention(start, end, form, catalogue.types[known], "catalogue", known)
    elif _MODEL_NAME.fullmatch(form) and type_ != "EVENT":
        yield Mention(start, end, form, "PRODUCT", "pattern")
    else:
        type_ = _by_head(form, type_)
        yield _with_version(text, block, Mention(start, end, form, type_, "model"))


def _without_modal(span: Span) -> Span:
    """A name without the verb that opens a question: "Will Zuckerberg pay?" asks of Zuckerberg."""
    opens = (
        span.start == span.sent.start and span.sent.text.rstrip("\"' ").endswith("?")
        if span.doc.has_annotation("SENT_START")
        else False
    )
    return span[1:] if opens and len(span) > 1 and span[0].lower_ in _MODALS else span


def _by_head(form: str, type_: str) -> str:
    """The type of a name that says itself what it names, else the model's."""
    words = _HEAD_END.split(form)[0].split()
    return _HEADS.get(words[-1].lower(), type_) if len(form.split()) > 1 and type_ in _RETYPED else type_


def _trimmed(text: str, start: int, end: int, type_: str) -> tuple[int, int]:
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
    if owned and not _owner_is_part(owned, type_):  # "Google's Gemini" names two things: the first is sure
        end = start + owned.end(2)
    if text[end : end + 1] == "." and _ABBREVIATION.search(text[start:end]):
        end += 1
    return start, end


def _owner_is_part(owned: re.Match[str], type_: str) -> bool:
    """Whether whose a thing is belongs to its name: the Institute for Tomorrow's Farms, Lloyd's of London."""
    before, owner, thing = owned.groups()
    if type_ in ("WORK", "LAW") or owner.lower() in _OF_MANY or re.search(r"\b(?:for|of|St\.?) (?:the )?$", before):
        return True
    return type_ in ("ORG", "EVENT", "LOC") and (thing.startswith("of ") or thing.split()[-1].lower() in _HEADS)


def _is_name(form: str, catalogue: Catalogue) -> bool:
    letters = _NUMBERS.sub("", form)
    if len(letters) < 2 or _AMOUNT.fullmatch(form) or form in catalogue.no_names or form.islower() or "\n" in form:
        return False
    return len(form.split()) <= MAX_NAME_WORDS and not form.startswith(("http", "www.", "@", "#"))


def _with_version(text: str, block: Parsed, mention: Mention) -> Mention:
    """A product's name with the version behind it: the catalogue's "Llama" before "5.2" names another product."""
    doc_end = block.start + len(block.doc.text)
    match = re.match(
        rf"[ \-‑]({_VERSION.pattern})(?![\w%])(?:[ \-‑](?:{_EDITION.pattern})\b)?",
        text[mention.end : min(doc_end, mention.end + 40)],
    )
    if mention.type not in ("PRODUCT", "OTHER") and not (match and mention.type == "ORG" and mention.method == "catalogue"):
        return mention
    following = text[mention.end + match.end() : mention.end + match.end() + 24].lstrip() if match else ""
    if match is None or re.match(r"(?:billion|million|thousand|percent|per cent|times|years?|days?|[a-z]+s\b)", following):
        return mention
    end = mention.end + match.end()
    return replace(mention, end=end, text=text[mention.start : end], method="pattern", name=None)
