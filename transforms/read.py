"""One batch of pages to tables: extract, segment, annotate, claim."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal, Self

import polars as pl
from spacy.language import Language

from transforms.addresses import AddressRules
from transforms.annotate import annotate
from transforms.attribution_model import AttributionModel
from transforms.blocks import Block, lay_out, with_sections
from transforms.checkworthiness import Checkworthiness
from transforms.cues import CueLexicon
from transforms.decode import UnreadableError, decode, media_of
from transforms.figures import QuantityLexicon
from transforms.given import Given, hash_of_page, hash_of_problem
from transforms.html import read_html
from transforms.ids import content_id
from transforms.language import language_of
from transforms.mentions import Catalogue
from transforms.metadata import Metadata
from transforms.page_lines import fold
from transforms.page_signs import PageWords, loads_by_script, soft_404
from transforms.parse import parse_blocks, with_catalogue
from transforms.plain import read_markdown, read_plain
from transforms.segment import segment
from transforms.statements import ClaimWords
from transforms.zones import Furniture, assign_zones
from warehouse.tables import BATCH_TABLES, DOCUMENTS

LINK_LIST_SHARE = 0.5
"""A page of which links make up more than this is an index of articles, not one."""
NOTICE_CHARS = 1_500
"""A page with more text than this says more than that there is nothing."""
Unread = Literal["unreadable", "gone"]
"""What becomes of a page whose bytes can't be had: `gone` where it was there once and is no more."""
_WEB = ("http://", "https://")
_WORD = re.compile(r"\w+(?:['’]\w+)*")


@dataclass(frozen=True, slots=True)
class Page:
    """One page as it was found. `raw` is None where it could not be had; `problem` then says why, in words, and `outcome` how.

    `key` names it within its source: a path relative to the INPUT, or its address. `fetched_at` is naive UTC. `given` is what
    came with the page beside its bytes, as in a row of a table: it goes before what the page says of itself. `content_type` is
    the header that a server sent with it.
    """

    key: str
    url: str
    source_id: str
    raw: bytes | None
    fetched_at: datetime
    problem: str | None = None
    outcome: Unread = "unreadable"
    given: Given | None = None
    content_type: str | None = None


@dataclass(frozen=True)
class Reader:
    """What reading needs: the language model with the catalogue's names, lexicons and limits.

    `version` stands for all of it and for the code: a page read by another version is read again.
    """

    nlp: Language
    catalogue: Catalogue
    furniture: Furniture
    cues: CueLexicon
    attribution: AttributionModel
    claim_words: ClaimWords
    worth: Checkworthiness
    figures: QuantityLexicon
    addresses: AddressRules
    page_words: PageWords
    min_words: int
    languages: tuple[str, ...]
    version: str

    @classmethod
    def build(
        cls, nlp: Language, seeds: Mapping[str, pl.DataFrame], *, min_words: int, languages: tuple[str, ...], version: str
    ) -> Self:
        """Build from a loaded model and the frames of `seeds/`, keyed by file stem (`entities`, `cues`, `furniture`, …)."""
        return cls(
            nlp=with_catalogue(nlp, seeds["entities"]),
            catalogue=Catalogue.from_frames(seeds["entities"], seeds["name_words"]),
            furniture=Furniture.from_frame(seeds["furniture"]),
            cues=CueLexicon.from_frame(seeds["cues"]),
            attribution=AttributionModel.from_frame(seeds["attribution"]),
            claim_words=ClaimWords.from_frame(seeds["claim_words"]),
            worth=Checkworthiness.from_frame(seeds["checkworthiness"]),
            figures=QuantityLexicon.from_frames(seeds),
            addresses=AddressRules.from_frame(seeds["address_words"]),
            page_words=PageWords.from_frame(seeds["page_words"]),
            min_words=min_words,
            languages=languages,
            version=version,
        )


@dataclass(frozen=True, slots=True)
class Article:
    """A page's text with its zoned blocks, what it says of itself, and what became of it."""

    text: str
    blocks: list[Block]
    metadata: Metadata
    language: str | None
    outcome: str
    reason: str | None

    @property
    def words(self) -> str:
        """The article's own text: blocks that are no boilerplate, a line each."""
        return "\n".join(self.text[block.start : block.end] for block in self.blocks if block.zone != "boilerplate")


def read_pages(pages: Sequence[Page], reader: Reader) -> dict[str, pl.DataFrame]:
    """Tables of a batch of pages, keyed by table name; every page gives exactly one document.

    What depends on other pages is preliminary: each document is its page's first revision and current, no claim has a
    cluster. A page that cannot be read, for whatever reason, ends as `unreadable` with that reason. What is the machine's
    fault and not the page's leaves: a MemoryError, and an OSError with a number, as of a full disk.
    """
    parts: dict[str, list[pl.DataFrame]] = {table.name: [table.frame()] for table in BATCH_TABLES}
    for page in pages:
        try:
            tables = _read_page(page, reader)
        except UnreadableError as error:
            tables = unread(page, str(error), reader.version, reader.addresses)
        except MemoryError:
            raise  # not of the page alone: what else this process is at may be out of order too
        except (Exception, pl.exceptions.PanicException) as error:
            if isinstance(error, OSError) and error.errno is not None:
                raise  # a library could not have its own files: any other page would end so, and stay so
            # Whatever a page does to a parser must not cost the other pages of its batch.
            reason = f"reading it failed: {type(error).__name__}: {error}"[:500]
            tables = unread(page, reason, reader.version, reader.addresses)
        for name, frame in tables.items():
            parts[name].append(frame)
    return {name: pl.concat(frames) for name, frames in parts.items()}


def unread(page: Page, reason: str, version: str, addresses: AddressRules) -> dict[str, pl.DataFrame]:
    """The one document row of a page that could not be read. Its outcome is the page's own; without one, `unreadable`."""
    nothing = Article("", [], Metadata(), None, "unreadable" if page.raw is not None else page.outcome, reason)
    return {"documents": DOCUMENTS.frame([{**_document(page, nothing, version, addresses), "text": None}])}


def _read_page(page: Page, reader: Reader) -> dict[str, pl.DataFrame]:
    if page.raw is None:
        raise UnreadableError(page.problem or "the page could not be had")
    article = read_article(page, reader)
    document = _document(page, article, reader.version, reader.addresses)
    kept = article.outcome == "kept"
    parsed = parse_blocks(article.text, article.blocks, reader.nlp) if kept else []
    sentences = segment(str(document["document_id"]), article.text, article.blocks, parsed)
    tables = {"documents": DOCUMENTS.frame([document]), "sentences": sentences}
    return {**tables, **annotate(document, sentences, parsed, reader)} if kept else tables


def read_article(page: Page, reader: Reader) -> Article:
    """Text, zones, metadata and outcome of one page. Raises UnreadableError for a page that holds no text."""
    assert page.raw is not None
    characters = decode(page.raw, page.content_type)
    media = "text" if page.given is not None and page.given.is_text else media_of(page.key, characters)
    metadata, linked = Metadata(), 0.0
    if media == "html":
        html = read_html(characters, page.url)
        if html is None:
            raise UnreadableError("the markup holds no element: save the page again as whole HTML")
        metadata, linked = html.metadata, html.linked
        text, blocks = lay_out(html.pieces)
    elif media == "markdown":
        text, blocks = read_markdown(characters)
    else:
        text, blocks = characters, read_plain(characters)
    if media != "html" and page.given is not None and page.given.title:
        text, blocks = _headed(page.given.title, text, blocks)
    blocks = with_sections(text, assign_zones(text, blocks, reader.furniture))
    if media != "html":
        metadata = Metadata(title=next((text[b.start : b.end] for b in blocks if b.zone == "title"), None))
    if page.given is not None:
        metadata = page.given.over(metadata)
    language = language_of("\n".join(text[b.start : b.end] for b in blocks if b.zone in ("body", "list")) or text)
    outcome, reason = _outcome(text, blocks, language, linked, reader)
    if media == "html" and (sign := _sign(page, characters, text, outcome, reader)):
        outcome, reason = sign
    return Article(text, blocks, metadata, language, outcome, reason)


def _sign(page: Page, markup: str, text: str, outcome: str, reader: Reader) -> tuple[str, str] | None:
    """What a page of little text shows itself to be instead of an article: a notice that there is none, or an empty shell."""
    if outcome == "kept" and len(text) > NOTICE_CHARS:
        return None
    if reason := soft_404(markup, reader.page_words):
        return ("gone" if page.url.startswith(_WEB) else "not_an_article"), reason
    reason = loads_by_script(markup, reader.page_words)
    return ("not_an_article", reason) if reason else None


def _headed(title: str, text: str, blocks: Sequence[Block]) -> tuple[str, list[Block]]:
    """A text without markup below the title that is given for it; no other line of it is one."""
    blocks = [replace(block, zone="heading") if block.zone == "title" else block for block in blocks]
    if blocks and fold(text[blocks[0].start : blocks[0].end]) == fold(title):
        return text, [replace(blocks[0], zone="title"), *blocks[1:]]
    above = f"{title}\n\n"
    moved = (replace(block, start=block.start + len(above), end=block.end + len(above)) for block in blocks)
    return above + text, [Block(0, len(title), "title"), *moved]


def _outcome(text: str, blocks: Sequence[Block], language: str | None, linked: float, reader: Reader) -> tuple[str, str | None]:
    words = sum(_count(text[b.start : b.end]) for b in blocks if b.zone in ("body", "list"))
    if not words:
        return "not_an_article", "no article text was found in it"
    if linked > LINK_LIST_SHARE:
        return "not_an_article", f"{linked:.0%} of its text are links: an index of articles, not one"
    if words < reader.min_words:
        return "too_short", f"{words} words of article text; `min_words` under [reading] is {reader.min_words}"
    if language is not None and language not in reader.languages:
        return (
            "unsupported_language",
            f"its language is {language}; `languages` under [reading] are {', '.join(reader.languages)}",
        )
    return "kept", None


def _count(text: str) -> int:
    """The words of a text. They are not gathered: those of a long one take ten times its size."""
    return sum(1 for _ in _WORD.finditer(text))


def _document(page: Page, article: Article, version: str, addresses: AddressRules) -> dict[str, object]:
    """The document row of a page, alone: as if it were its page's first revision."""
    metadata = article.metadata
    raw_hash = hash_of_problem(page.key, page.problem) if page.raw is None else hash_of_page(page.raw, page.given)
    page_id = _page_id(page, metadata, addresses)
    content_hash = content_id("content", metadata.title, article.words) if article.words else raw_hash
    return {
        "document_id": content_id("document", page_id, content_hash),
        "page_id": page_id,
        "page_key": page.key,
        "source_id": page.source_id,
        "url": page.url,
        "canonical_url": metadata.canonical_url,
        "site": metadata.site,
        "title": metadata.title,
        "authors": list(metadata.authors),
        "published_at": metadata.published_at,
        "modified_at": metadata.modified_at,
        "language": article.language,
        "text": article.text,
        "text_chars": len(article.text),
        "word_count": _count(article.words),
        "content_hash": content_hash,
        "raw_hash": raw_hash,
        "pipeline_version": version,
        "fetched_at": page.fetched_at,
        "first_seen_at": page.fetched_at,
        "last_seen_at": page.fetched_at,
        "revision": 1,
        "is_current": True,
        "duplicate_of": None,
        "outcome": article.outcome,
        "outcome_reason": article.reason,
        "published_on": metadata.published_on,
    }


def _page_id(page: Page, metadata: Metadata, addresses: AddressRules) -> str:
    """What the revisions of a page share: its canonical address, else that it was read from; a local file's path.

    Addresses go by what tells pages apart, so that a copy with a tracking parameter is its page.
    """
    address = metadata.canonical_url or (page.url if page.url.startswith(_WEB) else page.key)
    return content_id("page", addresses.identity(address))
