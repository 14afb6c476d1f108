"""Forms of names: what is left when articles, titles, possessives, legal forms and typing variants are folded away."""

import re
import unicodedata
from functools import lru_cache

from transforms.ids import content_id

_POSSESSIVE = re.compile(r"['’]s?$")
_ARTICLE = re.compile(r"^(?:the|a|an)\s+", re.I)
_TITLES = re.compile(r"^(?:(?:mr|mrs|ms|miss|dr|prof|professor|sir|dame|sen|rep|gov)\.?\s+)+(?=\w)", re.I)
"""Forms of address. Words such as Justice or Pope begin names of their own (Justice Department, Pope Francis)."""
_LEGAL = re.compile(r",?\s+(?:inc|ltd|llc|plc|ag|gmbh|nv)\.?$", re.I)
"""Legal forms that no name needs. "Corp" and "Group" stay: News Corp is not news."""
_BREAKS = re.compile(r"[\s\-–—‑_]+")
_NOISE = re.compile(r"[^\w\s.+#&]")
_INITIAL = re.compile(r"\b([^\W\d])\.(?=\s|\w\b|$)")


def bare_name(text: str) -> str:
    """A name as printed without article, possessive and the marks around it; the spelling stays."""
    stripped = text.strip(" \t\n\"'“”‘’.,;:()[]*_-–—")
    return _ARTICLE.sub("", _POSSESSIVE.sub("", stripped)).strip()


@lru_cache(maxsize=65536)  # an article repeats its names, and every run the catalogue
def fold_name(text: str) -> str:
    """The form under which two printings of one name meet: "LLaMA-3.1", "Llama 3.1" → "llama 3.1"; "Apple Inc." → "apple".

    Case, accents, hyphens, initials' dots, titles and legal forms fold away; digits and dots inside versions stay, so that
    versions stay apart.
    """
    plain = unicodedata.normalize("NFKD", bare_name(text))
    plain = "".join(char for char in plain if not unicodedata.combining(char))
    plain = _LEGAL.sub("", _TITLES.sub("", plain))
    plain = _INITIAL.sub(r"\1", plain)
    folded = _BREAKS.sub(" ", _NOISE.sub("", _BREAKS.sub(" ", plain))).strip(" .").casefold()
    return folded or text.strip().casefold()


def surname_of(name: str) -> str:
    """The folded last word of a person's name, generational suffixes left out."""
    words = [word for word in name.split() if fold_name(word) not in ("jr", "sr", "ii", "iii", "iv")]
    return fold_name(words[-1]) if words else ""


def entity_id_of(name: str, type_: str) -> str:
    """The id of an entity: a hash of its folded name, and of whether it is a person (Jordan and Jordan stay two)."""
    return content_id("entity", "person" if type_ == "PERSON" else "thing", fold_name(name))
