"""Markup to a tree, the whole of it: also where elements nest deep, or a text is as long as a book."""

import re
from collections import Counter

from lxml.etree import ErrorTypes
from lxml.html import HtmlElement, HTMLParser, fromstring
from trafilatura import load_html
from trafilatura.utils import HTML_PARSER

from transforms.decode import UnreadableError

KEPT_DEPTH = 200
"""Elements in one another that are kept where there are too many: more than any layout has."""
_TAG = re.compile(r"<(/?)([a-z][a-z0-9-]*)\b[^<>]*>", re.I)
_ENDED_BY_OTHERS = frozenset(
    "p li dt dd td th tr tbody thead tfoot option optgroup rt rp html head body area base br col embed hr img input link meta"
    " param source track wbr script style title textarea".split()
)
"""Elements that hold nothing, that the next of their kind ends, or that others end: they add nothing to a depth."""


def parse_markup(markup: str) -> HtmlElement | None:
    """The tree of a page; None where the markup holds no element at all.

    libxml2 stops at 256 elements in one another and at texts of 10 MB: what follows would be lost, and nobody would know. Then
    it is parsed again with its wide limits (2,048 elements, 1 GB), and once more without the innermost tags. Raises
    UnreadableError where that is not enough either.
    """
    tree = load_html(markup)
    if tree is None or not _stopped(HTML_PARSER):
        return tree
    for whole in (markup, _flattened(markup)):
        parser = HTMLParser(
            collect_ids=False, default_doctype=False, encoding="utf-8", remove_comments=True, remove_pis=True, huge_tree=True
        )
        tree = fromstring(whole.encode(), parser=parser)
        if not _stopped(parser):
            return tree
    raise UnreadableError(
        "its markup is nested or long beyond what the parser takes: save it as plain text if it is an article"
    )


def _stopped(parser: HTMLParser) -> bool:
    """Whether the parser came to a limit before the end of what it last parsed."""
    return any(error.type == ErrorTypes.ERR_RESOURCE_LIMIT for error in parser.error_log.filter_from_fatals())


def _flattened(markup: str) -> str:
    """Markup without the tags that stand deeper than KEPT_DEPTH in others, each a space; text and all other tags stay."""
    depth = 0
    opened: Counter[str] = Counter()
    dropped: Counter[str] = Counter()

    def kept(tag: re.Match[str]) -> str:
        nonlocal depth
        name = tag[2].lower()
        if name in _ENDED_BY_OTHERS:
            return tag[0]
        if tag[1]:
            counts = dropped if dropped[name] else opened  # the innermost is ended first
            step = -1 if counts[name] else 0
        else:
            counts = dropped if depth >= KEPT_DEPTH else opened
            step = 1
        counts[name] += step
        depth += step if counts is opened else 0
        return " " if counts is dropped else tag[0]

    return _TAG.sub(kept, markup)
