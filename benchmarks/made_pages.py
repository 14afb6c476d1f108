"""HTML pages around a text, with the furniture of a site: menus, advertising, other stories, captions, comments."""

from collections.abc import Sequence
from html import escape
from random import Random

from benchmarks.made_copies import PARAGRAPH_WORDS

_SECTIONS = "World Politics Business Markets Science Health Sport Culture Travel Opinion Weather Video Podcasts Jobs".split()
_HEADLINES = (
    "Harbour bridge to close for repairs through the winter", "Why the old tram line may come back after all",
    "Five ways to keep a garden green with little water", "Council votes on the new library tonight",
    "Local bakers win a prize for their rye loaf", "What the latest survey says about rents in the region",
    "Ferry company adds two sailings a day", "The museum shows letters that nobody has read for a century",
    "A farmer's guide to the first frost", "School buses will run on batteries from next year",
)  # fmt: skip
_ADS = (
    "Advertisement", "Save half on your first three months. Offer ends soon.", "Sponsored: shoes that last a lifetime",
    "Sign up for our newsletter and get the morning's stories in your inbox", "Subscribe now for one dollar a week",
)  # fmt: skip
_CAPTIONS = ("A file picture from the archive. Photo: Staff", "The scene on Tuesday. Image: Newsroom", "Chart: own figures")
_FOOT = (
    "Copyright. All rights reserved. This material may not be published or redistributed without permission.",
    "About us · Contact · Terms of use · Privacy · Cookies · Careers · Accessibility",
)


def plain_page(title: str, lines: Sequence[str]) -> bytes:
    """A page that is its article and nothing else."""
    return _page(title, f"<article><h1>{escape(title)}</h1>{''.join(map(_line, lines))}</article>")


def furnished_page(title: str, lines: Sequence[str], random: Random) -> bytes:
    """A page of one of two builds, with furniture before, in and behind the article."""
    body = [_line(line) for line in lines]
    for block in (_advert(random), _related(random), _figure(random), _advert(random)):
        body.insert(random.randint(1, len(body)), block)
    byline = '<p class="byline">By <a href="/staff/desk">The Newsdesk</a> | 4 min read</p>'
    share = '<p class="share">Share Tweet Email</p>'
    head, content = f"<h1>{escape(title)}</h1>{byline}{share}", "".join(body)
    if random.random() < 0.5:
        article = f"<main><article><header>{head}</header><div class='content'>{content}</div></article></main>"
    else:
        article = f"<div id='wrap'><div class='col-main'><div class='story'>{head}{content}</div></div></div>"
    return _page(title, f"{_menu(random)}{_consent()}{article}{_aside(random)}{_comments(random)}{_foot()}")


def _page(title: str, body: str) -> bytes:
    head = f"<head><meta charset='utf-8'><title>{escape(title)} | The Daily</title></head>"
    return f"<!doctype html><html lang='en'>{head}<body>{body}</body></html>".encode()


def _line(line: str) -> str:
    tag = "p" if len(line.split()) >= PARAGRAPH_WORDS or line.rstrip().endswith((".", "!", "?", ":", "”", '"')) else "h3"
    return f"<{tag}>{escape(line)}</{tag}>"


def _menu(random: Random) -> str:
    links = "".join(f"<li><a href='/{name.lower()}'>{name}</a></li>" for name in random.sample(_SECTIONS, 9))
    return f"<header><a href='/'>The Daily</a><nav><ul>{links}</ul></nav></header>"


def _consent() -> str:
    return "<div class='cookie-banner'><p>We use cookies to make this site work and to measure how it is read.</p></div>"


def _advert(random: Random) -> str:
    return f"<div class='ad-slot'><p>{random.choice(_ADS)}</p></div>"


def _related(random: Random) -> str:
    links = "".join(f"<li><a href='/story/{at}'>{one}</a></li>" for at, one in enumerate(random.sample(_HEADLINES, 3)))
    return f"<aside class='related'><h4>Related stories</h4><ul>{links}</ul></aside>"


def _figure(random: Random) -> str:
    return f"<figure><img src='/i.jpg' alt=''><figcaption>{random.choice(_CAPTIONS)}</figcaption></figure>"


def _aside(random: Random) -> str:
    cards = "".join(
        f"<div class='card'><a href='/s/{at}'>{one}</a></div>" for at, one in enumerate(random.sample(_HEADLINES, 5))
    )
    return f"<aside class='sidebar'><h3>Most read</h3>{cards}</aside>"


def _comments(random: Random) -> str:
    said = random.choice(("Well said, thank you for this.", "I do not agree with a word of it.", "First!"))
    return f"<section id='comments' class='comments'><h3>Comments</h3><div class='comment'><p>{said}</p></div></section>"


def _foot() -> str:
    return f"<footer>{''.join(f'<p>{line}</p>' for line in _FOOT)}</footer>"
