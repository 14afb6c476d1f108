"""Who wrote a page: names from its byline, its JSON-LD and its head, without titles of office, dates and labels."""

import re
from collections.abc import Iterator, Sequence
from html import unescape

from lxml.html import HtmlElement

from transforms.page_head import Head, Stated
from transforms.page_lines import Line, fold, is_margin, squeeze

_MONTHS = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may(?= \d\d?,? \d{4})|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?|mon(?:day)?|tues?(?:day)?|wed(?:nesday)?|thu(?:rsday)?|fri(?:day)?|sat(?:urday)?|sun(?:day)?)"
)
_LABEL = re.compile(
    r"^(?:(?:this (?:post|article|story) (?:was|is) )?(?:written|posted|published|reported|authored|contributed|story|words"
    r"|text|article|report|reporting|analysis|opinion|review|essay|interview)\s+by|by|authors?(?: name)?s?|the authors?|name)\b"
    r"\s*:?\s*",
    re.I,
)
_BY = re.compile(
    r"^(?:(?:this (?:post|article|story) (?:was|is) )?(?:written|posted|published|story|words|article|analysis) )?"
    r"by:?\s*(?=[\w“\"])",
    re.I,
)
_OTHER_HAND = re.compile(
    r"\b(?:reviewed|edited|photo\w*|illustrat\w+|photograph\w*|sponsored|approved|checked|translated)\b.*", re.I
)
_END = re.compile(
    rf"\s*(?:[|•·—–\n]|\s-\s|\bon behalf of\b|\bfor\b|\bof\b|\bis (?:an?|the)\b|\bvia\b|\bat\b|\bfollow\b|\bview\b|\S*@\w"
    rf"|(?-i:(?:Last )?(?:Updated?|Published|Modified|Posted))\b|\b(?:last )?(?:updated?|published|modified|posted)\b"
    rf"|\bminutes?\b|\bmin read\b|\b{_MONTHS}\b\.?,? \d|\d).*$",
    re.I | re.S,
)
_JOINED = re.compile(r"\s*(?:,|;|&|\band\b|\bwith\b)\s*", re.I)
_HONOUR = re.compile(r"^(?:dr|prof|professor|mr|mrs|ms|sir)\.?\s+(?=\w)", re.I)
_LETTERS_AFTER = re.compile(r"^(?:[A-Z]{2,6}|(?:[A-Z][a-z]?\.){2,4}|Ph\.?D\.?|Jr\.?|Sr\.?|Esq\.?|M\.?D\.?|II|III)\.?$")
_OFFICE = re.compile(
    r"\b(?:writer|reporter|editor|correspondent|columnist|staff|author|contributor|contributing|analyst|expert|founder|ceo|cto|coo"
    r"|president|director|manager|head|professor|lecturer|consultant|specialist|strategist|officer|chief|lead|senior|guest|news|team"
    r"|desk|press|agency|times|post|journal|magazine|media|inc|llc|ltd|company|university|institute|editorial|administrator|admin"
    r"|profile|marketing|engineer|developer|producer|fellow|researcher|partner|freelance|special|associate|assistant|group|studio"
    r"|foundation|society|association|network|department|office|center|centre|clinic|dental|care|services?|solutions|in the)\b",
    re.I,
)
_PARTICLES = frozenset("al bin da de del della den der di dos du el la las le les ter van von y zu af av of".split())
_WORD_OF_NAME = re.compile(r"^[^\W\d_][\w.'’‑-]*$")
_MARKED = re.compile(r"(?:^|[\s_-])(?:author|byline|byl|writer)(?:s|[_-]?name|[_-]?link|[_-]?text)?(?:$|[\s_-])", re.I)
_META = (
    "author",
    "authors",
    "byl",
    "parsely-author",
    "sailthru.author",
    "dc.creator",
    "dcterms.creator",
    "citation_author",
    "creator",
)

_INVERTED = re.compile(r"^([^\W\d_][\w'’-]+), ([^\W\d_][\w'’-]+(?: [A-Z]\.)?)$")

NAME_WORDS = 5
BYLINE_WORDS = 14
"""A line with more words is running text that happens to open like a byline."""
BYLINE_CHARS = 400
"""What stands further behind in a field for authors is no name of its first authors, but may be a whole page."""
BYLINE_LINES = 12
"""A byline stands at most so many lines from the title."""


def find_authors(tree: HtmlElement, lines: Sequence[Line], title: str | None, head: Head) -> tuple[str, ...]:
    """Names of a page's authors in their order; none where the page gives none.

    What the page prints beside its title goes before what its head states: a head often names the account that posted it.
    A printed byline that says no more than JSON-LD gives way to it, since there names are parted. A name that is the site's
    own is nobody's.
    """
    printed = _printed(lines, title)
    stated = [*head.articles, *head.pages]
    linked = _linked_data(stated)
    marked = _marked(tree)
    own = [head.metas.get(name, "") for name in _META]
    meta = tuple(name for text in own if not text.startswith("http") for name in names_in(text))
    for names in (_agreed(printed, linked or marked), linked, marked, meta):
        kept = tuple(dict.fromkeys(name for name in names if not _is_site(name, head.site)))
        if kept:
            return kept
    return _account([*(name for item in stated for name in _given(item.get("author"))), *own], head.site)


def _account(given: Sequence[str], site: str | None) -> tuple[str, ...]:
    """The first name of an account, a desk or an organisation that the head gives; a log-in name alone is none."""
    whole = fold(site or "")
    for name in map(squeeze, map(unescape, given)):
        key = fold(name)
        is_login = name == name.lower() and (key in whole or key.endswith("admin"))
        if key and len(name.split()) <= NAME_WORDS and not name.startswith("http") and not is_login:
            return (name,)
    return ()


def names_in(text: str) -> tuple[str, ...]:
    """Names of persons in a byline such as "By Anna Lindqvist and Piet Olsen, staff writers | 5 March".

    A part that is no name ends the byline, but letters behind a name ("MD") do not.
    """
    rest = squeeze(unescape(text[:BYLINE_CHARS]))
    inverted = _INVERTED.match(rest)
    if inverted:
        rest = f"{inverted[2]} {inverted[1]}"
    for _ in range(2):
        rest = _LABEL.sub("", rest)
    rest = _OTHER_HAND.sub("", rest)
    rest = _END.sub("", rest).strip(" ,.;:-–—•·|/")
    names: list[str] = []
    for part in _JOINED.split(rest):
        words = part.strip(' .()[]"“”')
        if not words or _LETTERS_AFTER.match(words):
            continue
        if not is_name(words):
            break
        names.append(_once(words))
    return tuple(names)


def _once(name: str) -> str:
    """A name that is printed twice in a row, for two widths of screen, once."""
    words = name.split()
    half = len(words) // 2
    return " ".join(words[:half]) if len(words) > 2 and words[:half] == words[half:] else name


def reads_like_byline(line: str) -> bool:
    """Whether a line says who wrote something and no more: "By Anna Lindqvist, staff writer"."""
    words = line.strip()
    is_marked = _BY.match(words) or re.match(r"authors?:", words, re.I)
    return bool(is_marked) and len(words.split()) <= BYLINE_WORDS and words[-1:] not in ".?!" and bool(names_in(words))


def is_name(words: str) -> bool:
    """Whether words read like a person's name: two to five of them, capitalised but for particles, no office."""
    parts = _HONOUR.sub("", words).split()
    if not 2 <= len(parts) <= NAME_WORDS or _OFFICE.search(words) or parts[0] == "The":
        return False
    return all(
        _WORD_OF_NAME.match(part) and (part[0].isupper() or not part[0].islower() or part in _PARTICLES) for part in parts
    )


def _printed(lines: Sequence[Line], title: str | None) -> tuple[str, ...]:
    """Names of the first line near the title that opens with "by" and holds a name."""
    key = fold(title or "")
    places = [i for i, line in enumerate(lines) if key and fold(line.text) == key and not line.is_margin]
    for at in places:
        for i in range(max(0, at - 2), min(len(lines), at + BYLINE_LINES)):
            words = lines[i].text
            if fold(words) in ("by", "writtenby", "author", "authors") and i + 1 < len(lines):
                words = f"By {lines[i + 1].text}"
            if i != at and _BY.match(words) and len(words.split()) <= BYLINE_WORDS:
                names = names_in(words)
                if names:
                    return names
    return ()


def _linked_data(stated: Sequence[Stated]) -> tuple[str, ...]:
    for item in stated:
        names = tuple(name for given in _given(item.get("author")) for name in _stated_names(given))
        if names:
            return names
    return ()


def _given(author: object) -> Iterator[str]:
    """Names that JSON-LD gives as an author: of a text, a person, or several; an organisation is none."""
    if isinstance(author, list):
        for each in author:
            yield from _given(each)
    elif isinstance(author, dict):
        if "Organization" not in str(author.get("@type", "")):
            yield from _given(author.get("name"))
    elif isinstance(author, str) and not author.startswith("http"):
        yield author


def _stated_names(text: str) -> tuple[str, ...]:
    """The names in what a field for authors holds; a pen name of one word, alone, is one."""
    names = names_in(text)
    alone = squeeze(text)
    return names or ((alone,) if len(alone.split()) == 1 and alone[:1].isupper() and not _OFFICE.search(alone) else ())


def _marked(tree: HtmlElement) -> tuple[str, ...]:
    """Names of the first element that is marked as the author's and holds a name, outside comments and margins."""
    for element in tree.iter("a", "address", "span", "div", "p", "strong", "h3", "h4", "li", "em", "b"):
        marks = f"{element.get('class') or ''} {element.get('itemprop') or ''} {element.get('rel') or ''}"
        if not _MARKED.search(marks) or any(map(is_margin, element.iterancestors())) or is_margin(element):
            continue
        for text in _texts(element):
            names = names_in(text)
            if names:
                return names
    return ()


def _texts(element: HtmlElement) -> Iterator[str]:
    """The whole text of a short element, then its own pieces: a name often stands in an element of its own."""
    whole = squeeze(" ".join(element.itertext()))
    if len(whole.split()) <= BYLINE_WORDS:
        yield whole
    for piece in element.itertext():
        if 1 < len(piece.split()) <= NAME_WORDS:
            yield piece


def _agreed(printed: tuple[str, ...], stated: tuple[str, ...]) -> tuple[str, ...]:
    """The printed names, unless the stated ones are the same and more, or the same in fuller form."""
    ours, theirs = {fold(name) for name in printed}, {fold(name) for name in stated}
    return stated if ours and ours < theirs else printed


def _is_site(name: str, site: str | None) -> bool:
    """Whether a name is the site's, or the account of the site: one word of its name or of its address."""
    key, whole = fold(name), fold(site or "")
    return bool(whole) and ((key == whole and len(name.split()) != 2) or (len(name.split()) == 1 and key in whole))
