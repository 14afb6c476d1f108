"""Web pages made from real ones, for measuring: as many as asked, no two of them copies of each other.

A made page is a real one whose visible words are exchanged (see `grown_words`): all but the most frequent ones, those of saying
among them, give way to words of the same length and frequency, capitalised words within a sentence to made names, figures to
others. Markup, scripts and what else costs a reader time stay as they are; the address that a page gives itself becomes one of
its own.
Nothing is kept: pages are made anew for each measurement, from one seed.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from random import Random

from lxml import etree, html
from spacy.lang.en.stop_words import STOP_WORDS
from wordfreq import top_n_list

from benchmarks.grown_words import FIGURE, KEPT, NAME, SHORTEST, WORD, Piece, exchanged, tokens
from transforms.decode import UnreadableError, decode

_UNSEEN = ("script", "style", "noscript", "template", "head")
_STAY = STOP_WORDS.union(top_n_list("en", 500))
_ENDS = (".", "!", "?", ":", "\n", '"', "“")


def grown_pages(paths: Sequence[Path], count: int, folder: Path) -> list[Path]:
    """So many pages: the first of those given, and in the folder others made from them, one round after the other.

    A page that lxml can't parse lends nothing to others.
    """
    found = list(paths[:count])
    wave = 0
    while len(found) < count:
        wave += 1
        made_before = len(found)
        for path in paths[: count - len(found)]:
            if (page := made_page(path.read_bytes(), wave)) is not None:
                made = folder / f"{wave:03}-{path.name}"
                made.write_bytes(page)
                found.append(made)
        if len(found) == made_before:
            break
    return found


def made_page(raw: bytes, wave: int) -> bytes | None:
    """The page with other words, the same for the same wave; None for one that is no markup."""
    try:
        root = html.document_fromstring(decode(raw).replace("\x00", ""))
    except (etree.LxmlError, ValueError, AssertionError, UnreadableError):
        return None
    random = Random(wave)  # noqa: S311  # no secret
    for element in root.iter(etree.Element):
        is_seen = not any(part.tag in _UNSEEN for part in (element, *element.iterancestors()))
        if is_seen and element.text:
            element.text = _other(element.text, random, wave)
        if element.tail and not any(part.tag in _UNSEEN for part in element.iterancestors()):
            element.tail = _other(element.tail, random, wave)
    for element, attribute in _addresses(root):
        element.set(attribute, f"{element.get(attribute, '').rstrip('/')}/made-{wave}")
    made: bytes = html.tostring(root, encoding="utf-8", doctype="<!DOCTYPE html>")
    return made


def _addresses(root: html.HtmlElement) -> Iterator[tuple[html.HtmlElement, str]]:
    """Where the page says its own address."""
    for element in root.iterfind(".//link[@rel='canonical']"):
        yield element, "href"
    for element in root.iterfind(".//meta[@property='og:url']"):
        yield element, "content"


def _other(text: str, random: Random, wave: int) -> str:
    return "".join(exchanged(list(_pieces(text)), random, wave, 0))


def _pieces(text: str) -> Iterator[Piece]:
    at = 0
    for start, end, token in tokens(text):
        yield KEPT, text[at:start]
        yield _kind(token, text[max(0, start - 3) : start].rstrip(" ")), token
        at = end
    yield KEPT, text[at:]


def _kind(token: str, before: str) -> int:
    if token.isascii() and token.isdecimal():
        # a year, and a number of one digit, may be part of a date or a list
        return FIGURE if len(token) > 1 and not (len(token) == 4 and token[:2] in ("19", "20")) else KEPT
    if not token.isascii() or not token.isalpha() or token.lower() in _STAY or len(token) < SHORTEST:
        return KEPT
    if token.istitle() and before and not before.endswith(_ENDS):
        return NAME
    return WORD if token.islower() or token.istitle() or token.isupper() else KEPT
