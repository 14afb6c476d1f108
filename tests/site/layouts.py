"""Pages of the site: articles in three layouts, lists, feeds and sitemaps."""

import gzip
from collections.abc import Iterable
from datetime import UTC, datetime
from email.utils import format_datetime
from html import escape
from xml.sax.saxutils import escape as escape_xml

from tests.site.words import Article

_MENU = "".join(f"<li><a href='/{name}'>{name.title()}</a></li>" for name in ("news", "weather", "sport", "letters", "jobs"))
_FOOT = "<footer><p>Made for tests. All rights reserved. Contact · Terms · Privacy</p></footer>"


def article_page(article: Article, *, head: str = "", charset: str = "utf-8", extra: str = "") -> str:
    """The article as a page, in a layout that its number chooses. `extra` is a paragraph before its last one."""
    paragraphs = [*article.paragraphs[:-1], *([extra] if extra else []), article.paragraphs[-1]]
    content = "".join(f"<p>{escape(paragraph, quote=False)}</p>" for paragraph in paragraphs)
    stamp = f"{article.published_at.isoformat()}Z"
    title, author = f"<h1>{escape(article.title)}</h1>", escape(article.author)
    byline = f'<p class="byline">By <span class="author">{author}</span> <time datetime="{stamp}">{stamp[:10]}</time></p>'
    bodies = (
        f"<main><article><header>{title}{byline}</header>{content}</article></main>",
        f"<div id='wrap'><div class='story'>{title}{byline}<div class='text'>{content}</div></div></div>",
        f"<section class='content'>{title}{byline}{content}</section><aside><h3>Most read</h3><ul>{_MENU}</ul></aside>",
    )
    meta = f'<meta name="author" content="{author}"><meta property="article:published_time" content="{stamp}">'
    declared = f'<meta charset="{charset}">' if charset else ""
    return (
        f"<!doctype html><html lang='en'><head>{declared}<title>{escape(article.title)}</title>{meta}{head}</head>"
        f"<body><header><nav><ul>{_MENU}</ul></nav></header>{bodies[article.number % 3]}{_FOOT}</body></html>"
    )


def plain_page(title: str, body: str, head: str = "") -> bytes:
    """Any other page."""
    return (
        f"<!doctype html><html lang='en'><head><meta charset='utf-8'><title>{escape(title)}</title>{head}</head>"
        f"<body>{body}</body></html>"
    ).encode()


def list_page(title: str, links: Iterable[tuple[str, str]], head: str = "") -> bytes:
    """A page of links: (address, text)."""
    items = "".join(f'<li><a href="{escape(address)}">{escape(text)}</a></li>' for address, text in links)
    return plain_page(title, f"<h1>{escape(title)}</h1><ul>{items}</ul>", head)


def rss(title: str, items: Iterable[tuple[str, Article]]) -> bytes:
    """An RSS 2.0 feed of (address, article)."""
    entries = "".join(
        f"<item><title>{escape_xml(article.title)}</title><link>{escape_xml(address)}</link><guid>{escape_xml(address)}</guid>"
        f"<pubDate>{format_datetime(article.published_at.replace(tzinfo=UTC))}</pubDate></item>"
        for address, article in items
    )
    return f'<?xml version="1.0"?><rss version="2.0"><channel><title>{title}</title>{entries}</channel></rss>'.encode()


def atom(title: str, items: Iterable[tuple[str, Article]]) -> bytes:
    """An Atom feed of (address, article)."""
    entries = "".join(
        f'<entry><title>{escape_xml(article.title)}</title><link rel="alternate" href="{escape_xml(address)}"/>'
        f"<id>{escape_xml(address)}</id><updated>{article.published_at.isoformat()}Z</updated></entry>"
        for address, article in items
    )
    return (
        f'<?xml version="1.0" encoding="utf-8"?><feed xmlns="http://www.w3.org/2005/Atom"><title>{title}</title>'
        f"<id>urn:made</id><updated>2026-03-02T00:00:00Z</updated>{entries}</feed>"
    ).encode()


def sitemap(entries: Iterable[tuple[str, datetime | None]], root: str = "urlset", entry: str = "url") -> bytes:
    """A sitemap of (address, lastmod), or with root and entry `sitemapindex` and `sitemap` an index of such."""
    lines = "".join(
        f"<{entry}><loc>{escape_xml(address)}</loc>{f'<lastmod>{changed.isoformat()}Z</lastmod>' if changed else ''}</{entry}>"
        for address, changed in entries
    )
    namespace = "http://www.sitemaps.org/schemas/sitemap/0.9"
    return f'<?xml version="1.0" encoding="UTF-8"?><{root} xmlns="{namespace}">{lines}</{root}>'.encode()


def zipped(body: bytes) -> bytes:
    """The body as gzip, the same each time."""
    return gzip.compress(body, mtime=0)
