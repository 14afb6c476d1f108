"""Quotation marks: which words stand between them, in every style of marks, mixed and unbalanced."""

import re
from dataclasses import dataclass

_OPEN = {"“": "”", "„": "“”", "«": "»", "‟": "”"}
_MARK = re.compile("[\"'“‘„«‟＂`]")
_LETTER = re.compile(r"\w")


@dataclass(frozen=True, slots=True)
class Quote:
    """Words between quotation marks: `start` and `end` exclude the marks, `outer_start` and `outer_end` include them.

    `closed` is False for a quotation that runs to the end of its paragraph without a mark, to go on in the next.
    """

    outer_start: int
    start: int
    end: int
    outer_end: int
    closed: bool = True


def find_quotes(text: str) -> list[Quote]:
    """Quotations of one paragraph in order, not nested: marks inside a quotation belong to it.

    Double marks of every form, doubled apostrophes, and single marks where they are not apostrophes. A straight mark opens
    where a word follows it and no word stands before it. An opening mark without a closing one quotes to the paragraph's end,
    unless another opening mark of the same kind comes first: then it was a slip and quotes nothing.
    """
    quotes: list[Quote] = []
    first = _MARK.search(text)
    at = first.start() if first else len(text)
    while at < len(text):
        width = _opening_width(text, at)
        if not width:
            at += 1
            continue
        close = _closing(text, at, width)
        if close is None:
            if _runs_on(text, at, width):
                quotes.append(_trimmed(text, Quote(at, at + width, len(text), len(text), closed=False)))
                break
            at += width
            continue
        quote = _trimmed(text, Quote(at, at + width, close, close + width))
        if quote.start < quote.end:
            quotes.append(quote)
        at = close + width
    return quotes


def _opening_width(text: str, at: int) -> int:
    """Characters of the opening mark at this place; 0 where there is none."""
    mark = text[at]
    after = text[at + 1 : at + 2]
    if mark in _OPEN:
        return 1
    if mark not in "\"'‘＂`":
        return 0
    if text[at : at + 2] in ("''", "``", "‘‘"):
        return 2 if text[at + 2 : at + 3].strip() and not _ends_word(text, at) else 0
    if not after.strip() or _ends_word(text, at):
        return 0
    if mark in "'‘`" and ((not _LETTER.match(after) and after not in '“"…') or _is_elision(text, at)):
        return 0
    return 1


def _ends_word(text: str, at: int) -> bool:
    """Whether a word or its punctuation stands right before this place, so that a mark here would close or elide."""
    before = text[at - 1 : at]
    return bool(before) and (before.isalnum() or before in ".,!?;%$)]…")


_ELISION = re.compile(r"['‘](?:\d0s|\d\d\b|tis\b|twas\b|em\b|til\b|cause\b|n\b|round\b)", re.I)


def _is_elision(text: str, at: int) -> bool:
    return bool(_ELISION.match(text, at))


def _closing(text: str, at: int, width: int) -> int | None:
    """Where the mark stands that closes the one at this place; None where the paragraph holds none."""
    mark = text[at]
    single = width == 1 and mark in "'‘`"
    closers = _OPEN.get(mark, "") + {'"': '"”', "＂": '＂"', "'": "'’", "‘": "’'", "`": "'’"}.get(mark, '"')
    depth = 0
    for i in range(at + width, len(text)):
        if width == 2:
            if text[i : i + 2] in ("''", "’’") or text[i] == '"':
                return i
        elif text[i] == mark and mark in _OPEN and mark not in closers:
            depth += 1
        elif text[i] in closers:
            if single and not _closes_single(text, i):
                continue
            if mark in '"＂' and _opening_width(text, i) and text[i] == mark and i > at + 1 and text[i - 1].isspace():
                return None
            if depth:
                depth -= 1
                continue
            return i
    return None


def _closes_single(text: str, at: int) -> bool:
    """Whether an apostrophe closes: no letter follows, and what stands before is a word's end or punctuation."""
    before, after = text[at - 1 : at], text[at + 1 : at + 2]
    if after.isalnum() or not before.strip():
        return False
    if before in ".,!?;…":
        return True
    # "the banks' offer": a plural's apostrophe before another lower-case word, with a later mark to close instead
    plural = before == "s" and after == " " and text[at + 2 : at + 3].islower()
    return not (
        plural
        and any(
            _LETTER.match(text[i - 1]) or text[i - 1] in ".,!?"
            for i in range(at + 2, len(text))
            if text[i] in "'’" and not text[i + 1 : i + 2].isalnum()
        )
    )


def _runs_on(text: str, at: int, width: int) -> bool:
    """Whether a mark that never closes quotes the rest of its paragraph: a double mark with several words after it."""
    if width == 1 and text[at] in "'‘`":
        return False
    rest = text[at + width :]
    return at == 0 or (len(rest.split()) >= 5 and text[at - 1].isspace())


def _trimmed(text: str, quote: Quote) -> Quote:
    start, end = quote.start, quote.end
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return Quote(quote.outer_start, start, end, quote.outer_end, quote.closed)
