"""What is said: an attributed statement and the cue that attributes it, with their places."""

from collections.abc import Sequence
from dataclasses import dataclass

from spacy.tokens import Span, Token

from transforms.cues import CueLexicon, cue_span
from transforms.quotes import Quote
from transforms.speakers import is_ours, may_speak, owner_of

Place = tuple[int, int]

STATEMENT_WORDS = 4
"""A shorter quotation is a statement only where a cue stands beside it; else it is a term, a title or a slogan."""


@dataclass(frozen=True, slots=True)
class Attribution:
    """One attributed statement. Places are code points in the document's text; a direct content excludes its marks.

    `speaker` and `cue` are None where the text names none. `head` is the speaker's head word, for finding its entity.
    `is_denied`: the cue says that the speaker holds the opposite ("denied that"). `is_clause` is False where what is held is a
    noun phrase or an infinitive: then the sentence around it states something as well. `gap` is where the article speaks inside
    a quotation that goes on: the words between its two parts, marks included.
    """

    start: int
    end: int
    kind: str
    speaker: Place | None = None
    cue: Place | None = None
    head: Place | None = None
    is_denied: bool = False
    is_clause: bool = True
    gap: Place | None = None


@dataclass(frozen=True, slots=True)
class Cue:
    """A cue in one block with the words it needs: the speaker may be unknown."""

    token: Token
    span: Span
    speaker: Token | None


def cue_of(token: Token, frames: str, subject: Token | None, lexicon: CueLexicon) -> Cue | None:
    """A cue with its speaker; None where its subject cannot speak, or is the writer."""
    if subject is not None and (not may_speak(subject, frames, lexicon) or is_ours(subject, lexicon)):
        return None
    if subject is not None and subject.lower_ == "it" and subject.head != token:
        return None  # "it is fair to say": nobody says it
    if any(child.dep_ == "neg" for child in token.children):
        return None  # "she does not expect everyone to agree" attributes nothing to her
    return Cue(token, cue_span(token), owner_of(subject, lexicon) if subject is not None else None)


def is_inside(token: Token, quotes: Sequence[Quote]) -> bool:
    """Whether a token stands inside a quotation."""
    return any(quote.start <= token.idx < quote.end for quote in quotes)
