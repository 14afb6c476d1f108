"""Tell the body of an article from headings, captions, calls and other stories by what the blocks say and how they read."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Self

import polars as pl

from transforms.blocks import Block
from transforms.bylines import reads_like_byline
from transforms.page_dates import reads_like_date_line

_TERMINAL = re.compile(r"""[.!?…][)"'”’»\]]*$""")
_TRUNCATED = re.compile(r"(?:…|\.\.\.|\[…\])\s*$")
_MARKER = re.compile(r"^(?:[-–—*•·▪‣◦o]|\(?\d{1,3}[.)]|\(?[a-z][.)])\s+")
_NUMBERED = re.compile(r"^\(?\d{1,3}[.)]\s+")
_PICTOGRAPH = re.compile("[\U0001f300-\U0001faff\u2600-\u27bf]")
_WORDY = re.compile(r"\w")
_LABELLED = re.compile(r"^[A-Z][A-Z.' -]{1,30}:\s")
_NAVIGATION = re.compile(
    r"\W*(?:skip to (?:main |the )?content|menu|home|search|sign in|log in|subscribe|advertisement|(?:press|news|media) release"
    r"|for immediate release|opinion|comment|analysis|feature|interview|news|business|sports?|politics|world|culture|technology"
    r"|(?:from|to|cc|date|sent|reply-to): \S.{0,120}"
    r"|(?:we|this (?:web)?site) uses? cookies\b.{0,100}|(?:cookie|privacy) (?:settings|preferences|policy|notice)"
    r"|[\w: ]{2,20}(?: [>›»/|] [\w &]{2,25}){2,})\W*",
    re.I,
)
_SPOKEN = re.compile(r"""^["“'‘«„]""")
_SENTENCE_VERB = re.compile(r"\b(?:is|are|was|were|has|have|had|will|would|can|could|said|says|may|might|does|did|do)\b", re.I)

_ABOUT_NAME = re.compile(r"About ([A-Z][\w.&'-]*(?: [A-Z][\w.&'-]*)*)\W*", re.I)
_BIOGRAPHY = re.compile(
    r"(?:[A-Z][\w.'-]+ ){0,3}(?P<name>[A-Z][\w.'-]+) (?:\([^)]{1,40}\) )?(?:is|was|has been|covers|writes|reports|works) "
    r"(?:[\w',&/-]+ ){0,9}?(?:writer|reporter|editor|journalist|correspondent|columnist|author|freelancer|contributor|blogger"
    r"|producer|curator|marketer|strategist|professor|fellow|consultant|founder|co-founder|director|officer|manager|analyst"
    r"|specialist|expert)\b"
)

_SUBJECT = re.compile(r"subject:\s+", re.I)
"""Mail and newsletters name their title so."""

MENU_WORDS = 2
MENU_LINES = 3
TITLE_WORDS = 4
"""Several lines of so few words above a line of so many are a copied menu, and that line is the title."""
HEADING_WORDS = 14
"""A longer line without a full stop is a sentence whose full stop is missing, not a heading."""
CALL_WORDS = 30
"""A call to follow or a credit is short; a longer paragraph that opens like one is the article's own."""
WORD_CHARS = 30
"""An English word of more characters is rare, and a line of such words none of an article's furniture."""
HEAD_BLOCKS = 8
"""Byline and date stand among so many blocks at the head of an article, or at its very end."""
END_BLOCKS = 3
"""What an author is, or whom to ask, takes up so many blocks at the end of an article at most."""
BIO_WORDS = 80
TEASER_WORDS = 60
"""Teasers of other stories are a headline or the first lines of a story."""
OTHERS_SHARE = 1.5
"""Other stories at the end are at most so many times as long as the article above them, unless they are plainly teasers."""
TEASER_SHARE = 0.6
"""Share of what follows a heading such as "Related posts" that must read like teasers for it to be cut."""


@dataclass(frozen=True)
class Furniture:
    """Wordings that mark what is no part of an article, from `seeds/lexicons/furniture.csv`."""

    related: re.Pattern[str]
    call: re.Pattern[str]
    legal: re.Pattern[str]
    credit: re.Pattern[str]
    about: re.Pattern[str]

    @classmethod
    def from_frame(cls, frame: pl.DataFrame) -> Self:
        """Build from columns kind and pattern; a pattern matches a whole block, in any case."""

        def joined(kind: str) -> re.Pattern[str]:
            patterns = frame.filter(pl.col("kind") == kind)["pattern"].to_list()
            return re.compile(r"\W*(?:" + "|".join(patterns) + r")\W*", re.I | re.S)

        return cls(joined("related"), joined("call"), joined("legal"), joined("credit"), joined("about"))


def assign_zones(text: str, blocks: Sequence[Block], furniture: Furniture) -> list[Block]:
    """Correct the zones of blocks that reading the page gave; blocks that are boilerplate already stay so.

    A block is judged by its own words and its neighbours', never by the site. Order matters: captions and calls first, since
    a heading is only what stands above something that is still body.
    """
    zones = [block.zone for block in blocks]
    words = [text[block.start : block.end].strip() for block in blocks]
    plain = [_plain(piece) for piece in words]
    shown = [i for i, zone in enumerate(zones) if zone not in ("boilerplate", "title")]
    edge = {*shown[:HEAD_BLOCKS], *shown[-END_BLOCKS:]}
    for i in range(len(blocks)):
        if zones[i] in ("boilerplate", "title"):
            continue
        length = _length(plain[i])
        if not _WORDY.search(plain[i]) or (i in edge and (reads_like_byline(plain[i]) or reads_like_date_line(plain[i]))):
            zones[i] = "boilerplate"
            continue
        if (length <= CALL_WORDS and furniture.call.fullmatch(plain[i])) or (
            length <= 2 * CALL_WORDS and furniture.legal.fullmatch(plain[i])
        ):
            zones[i] = "boilerplate"
        elif length <= 2 * CALL_WORDS and furniture.credit.fullmatch(plain[i]):
            zones[i] = "caption"
    for i in range(len(blocks) - 1):
        if zones[i] == "heading" and zones[i + 1] == "caption" and zones[max(0, i - 1)] in ("title", "caption"):
            zones[i] = "caption"  # the picture's alternative text, printed above its caption
    _cut_other_stories(zones, plain, furniture)
    _cut_end_matter(zones, plain, furniture)
    return [replace(block, zone=zone) for block, zone in zip(blocks, zones, strict=True)]


def _plain(piece: str) -> str:
    return " ".join(piece.replace("’", "'").replace("‘", "'").split())


def _length(words: str) -> int:
    """Words of a block; one without white space has as many as its characters make up, so that no pattern meets megabytes."""
    least = len(words) // WORD_CHARS
    return least if least > BIO_WORDS else max(len(words.split()), least)


def _cut_other_stories(zones: list[str], plain: list[str], furniture: Furniture) -> None:
    """From a heading such as "Related posts" on, cut what reads like teasers: to the end where nearly all of it does."""
    shown = [i for i, zone in enumerate(zones) if zone not in ("boilerplate", "title")]
    for place, i in enumerate(shown):
        if zones[i] == "boilerplate" or _length(plain[i]) > HEADING_WORDS or not furniture.related.fullmatch(plain[i]):
            continue
        rest = shown[place + 1 :]
        teasers = [is_teaser(plain[j]) for j in rest]
        above, below = (sum(len(plain[j].split()) for j in part) for part in (shown[:place], rest))
        is_loud = 2 * sum(map(_is_loud, (plain[j] for j in rest))) >= len(rest)
        if rest and sum(teasers) >= TEASER_SHARE * len(rest) and place > 0 and (is_loud or below <= OTHERS_SHARE * above):
            for j in (i, *rest):
                zones[j] = "boilerplate"
            return
        zones[i] = "boilerplate"
        for j, teaser in zip(rest, teasers, strict=True):
            if not teaser:
                break
            zones[j] = "boilerplate"


def _cut_end_matter(zones: list[str], plain: list[str], furniture: Furniture) -> None:
    """Cut what closes an article without being of it: who its author is, whom to ask, a heading that heads nothing."""
    shown = [i for i, zone in enumerate(zones) if zone not in ("boilerplate", "title")]
    for i in shown[-END_BLOCKS - 1 :]:
        if _length(plain[i]) <= 2 * CALL_WORDS and furniture.about.fullmatch(plain[i]) and i != shown[0]:
            for j in shown[shown.index(i) :]:
                zones[j] = "boilerplate"
            break
    shown = [i for i in shown if zones[i] != "boilerplate"]
    for i, j in pairwise(shown[-END_BLOCKS - 1 :]):
        named = _ABOUT_NAME.fullmatch(plain[i])
        if zones[i] == "heading" and zones[j] == "body" and named and plain[j].startswith(named[1]):
            zones[i] = zones[j] = "boilerplate"
    for i in reversed(shown[1:][-END_BLOCKS:]):
        biography = _BIOGRAPHY.match(plain[i]) if zones[i] in ("body", "list") and len(plain[i].split()) <= BIO_WORDS else None
        # Whom the article tells of may well be described in its last paragraph: an author is not mentioned above.
        if biography and not any(biography["name"] in plain[j] for j in shown if j < i and zones[j] in ("body", "list")):
            zones[i] = "boilerplate"
    for i in reversed(shown):
        if zones[i] == "heading":
            zones[i] = "boilerplate"
        elif zones[i] != "boilerplate":
            break


def _is_loud(words: str) -> bool:
    return bool(_TRUNCATED.search(words) or _PICTOGRAPH.search(words))


def is_teaser(words: str) -> bool:
    """Whether a block reads like the headline or the cut-off first lines of another story."""
    if len(words.split()) > TEASER_WORDS:
        return False
    return bool(_is_loud(words) or not _TERMINAL.search(words) or len(words.split()) <= HEADING_WORDS)


def zone_plain_text(text: str, spans: Sequence[tuple[int, int]]) -> list[Block]:
    """First zones of the paragraphs of a text without markup: title, heading, list or body.

    A list item's block begins after its marker. A heading is short, ends without a full stop, and stands above something
    longer; the first block that is no navigation is a title under the same conditions. What a speaker says in a transcript
    ("HOST: ...", more than once) is body.
    """
    blocks = []
    speakers = Counter(match[0] for start, end in spans if (match := _LABELLED.match(text[start:end])))
    top = _title_at([text[start:end] for start, end in spans])
    for i, (start, end) in enumerate(spans):
        words = text[start:end]
        following = text[spans[i + 1][0] : spans[i + 1][1]] if i + 1 < len(spans) else ""
        marker = _MARKER.match(words)
        speaker = _LABELLED.match(words)
        is_spoken = speaker is not None and speakers[speaker[0]] > 1
        if reads_like_heading(words) and following and not is_spoken:
            zone = "boilerplate" if i < top else "title" if i == top and len(spans) - top > 2 else "heading"
            marker = _NUMBERED.match(words)
        else:
            zone = "list" if marker else "body"
        label = _SUBJECT.match(words) if zone == "title" else None
        marker = label or marker
        first = start + (marker.end() if marker else 0)
        if first < end:
            blocks.append(Block(first, end, zone))
    return blocks


def _title_at(lines: Sequence[str]) -> int:
    """Where the title of a text stands, if it has one: at its first line, or below what was copied of a menu."""
    top = next((i for i, line in enumerate(lines) if not _NAVIGATION.fullmatch(line)), 0)
    short = 0
    for i, line in enumerate(lines):
        words = len(line.split())
        if not reads_like_heading(line):
            break
        if words >= TITLE_WORDS and not _NAVIGATION.fullmatch(line):
            return i if short >= MENU_LINES else top
        short += words <= MENU_WORDS
    return top


def reads_like_heading(words: str) -> bool:
    """Whether a line of plain text reads like a heading: short, no full stop, no quotation, no bullet."""
    line = words.strip()
    if not line or "\n" in line or len(line.split()) > HEADING_WORDS or (_SPOKEN.match(line) and _TERMINAL.search(line)):
        return False
    if _MARKER.match(line) and not _NUMBERED.match(line):
        return False
    if line.endswith(":"):
        return len(line.split()) <= 8 and not _SENTENCE_VERB.search(line)
    if line.endswith("?"):
        return len(line.split()) <= 10
    return not _TERMINAL.search(line) and not line.endswith((",", ";"))
