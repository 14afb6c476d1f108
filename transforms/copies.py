"""Articles that are copies of others: the same to the word, or nearly, and how the revisions of a page follow each other."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

import numpy as np
import polars as pl

from transforms.ids import content_id
from transforms.shingles import NOTHING, Hashes, containment, distinct, figures_beside, fold_words, passage_keys, shingle
from warehouse.tables import DOCUMENT_RELATIONS

LEAST_WORDS = 20
"""A shorter text is a notice or an error page, and says too little to be called a copy."""
NEAR_COPY_SHARE = 0.6
"""Share of the smaller article's shingles in the larger from which it is a near-copy. Articles that quote one press release
stay below a half; an agency's text that was cut and edited stays above."""
LEAST_SHARED = 50
"""Shingles that a near-copy shares with the other at least: a statement of two sentences, quoted whole, has fewer."""
OTHER_FIGURES = 4
"""So many figures changed among the same words, and more than were kept, are two issues of one form (a forecast, a table of
scores): an editor who corrects a copy changes fewer."""
SITE_PAGES = 3
MOST_FORMULA = 0.75
"""Other pages of one site that share a passage from which it is the site's own, and how much of an article that may make."""
MOST_MET = 50
"""Articles that a key leads to: the earliest. A passage that stands in more is a form's or a site's own, or that of a story
that was copied so often that its first copies are enough to know one more by. So time grows as the number of articles does."""

LEAST_KEYS_SHARE = 0.05
"""Keys that a known article of another site shares with a new one at least, as a part of those of the one that has fewer. A
near-copy with every tenth word changed shares a third of them, and of ninety made ones none less than a ninth; articles that
quote one statement share one or two."""


@dataclass(frozen=True, slots=True)
class _Article:
    document_id: str
    page_id: str
    revision: int
    site: str | None
    order: tuple[bool, bool, datetime, str, str]
    words_hash: str
    text: str
    shingles: Hashes
    keys: Hashes
    is_new: bool


def find_copies(
    new: pl.DataFrame, known: pl.DataFrame, *, copies: Collection[str] = (), near_copy_share: float = NEAR_COPY_SHARE
) -> pl.DataFrame:
    """Rows of `document_relations` that the new articles bring, sorted by key; the later article of a pair comes first.

    Both frames have document_id, page_id, revision, published_at, url, site (null where unknown) and text: the article's own,
    without boilerplate. A known article is earlier than a new one; within each, the earlier published, those without a date
    last, ties by address. Known `copies`, by document_id, come after all other known ones: who is like one is led to its
    original. `copy`: the same words when case, accents and marks are folded, between pages; each points to the earliest.
    `near_copy`: between pages, at least `near_copy_share` of the smaller article's shingles in the other, what their site
    prints elsewhere too left out; neither a short quotation nor the same form around other figures. Of several copies only the
    first is compared, and of articles that share a passage the first `MOST_MET`. `revision_of`: between consecutive revisions
    of one page, whatever they share. Score is that share.
    """
    known = known.join(new.select("document_id"), on="document_id", how="anti")
    found = [*_articles(known, is_new=False), *_articles(new, is_new=True)]
    articles = sorted(found, key=lambda article: (article.is_new, article.document_id in copies, article.order))
    rows = [*_revisions(articles), *_copies(articles), *_near_copies(articles, near_copy_share)]
    return pl.DataFrame(rows, schema=DOCUMENT_RELATIONS.schema, orient="row").sort(DOCUMENT_RELATIONS.key)


def article_keys(texts: pl.DataFrame) -> pl.DataFrame:
    """`document_id` and `keys`: `find_copies` holds two articles against each other only where they share one of these.

    `texts` has document_id and text. A text below `LEAST_WORDS` has none; a longer one has about one for nine words. So of
    known articles `find_copies` needs those alone that share a key or the page with a new one.
    """
    rows = [(one, _keys(fold_words(text or ""))) for one, text in texts.select("document_id", "text").iter_rows()]
    return pl.DataFrame(rows, schema={"document_id": pl.String, "keys": pl.List(pl.UInt64)}, orient="row")


def _keys(words: Sequence[str]) -> list[int]:
    return passage_keys(words).tolist() if len(words) >= LEAST_WORDS else []


def mark_duplicates(documents: pl.DataFrame, relations: pl.DataFrame) -> pl.DataFrame:
    """The documents with outcome, reason and `duplicate_of` set where a kept one is a copy of another page's article."""
    copies = relations.filter(pl.col("relation") == "copy").select("document_id", original="other_document_id")
    is_copy = pl.col("original").is_not_null() & (pl.col("outcome") == "kept")
    reason = pl.format("same words as document {}", "original")
    return (
        documents.join(copies, on="document_id", how="left", maintain_order="left")
        .with_columns(
            outcome=pl.when(is_copy).then(pl.lit("duplicate")).otherwise("outcome"),
            outcome_reason=pl.when(is_copy).then(reason).otherwise("outcome_reason"),
            duplicate_of=pl.when(is_copy).then("original").otherwise("duplicate_of"),
        )
        .drop("original")
    )


def _articles(frame: pl.DataFrame, *, is_new: bool) -> Iterator[_Article]:
    columns = ("document_id", "page_id", "revision", "site", "published_at", "url", "text")
    for document_id, page_id, revision, site, published_at, url, text in frame.select(columns).iter_rows():
        words = fold_words(text or "")
        order = (is_new, published_at is None, published_at or datetime.min, url, document_id)
        words_hash, shingles, keys = "", NOTHING, NOTHING
        if len(words) >= LEAST_WORDS:
            words_hash, shingles, keys = content_id(*words), shingle(words), passage_keys(words)
        yield _Article(document_id, page_id, revision, site, order, words_hash, text or "", shingles, keys, is_new)


_Row = tuple[str, str, str, float]


def _revisions(articles: Iterable[_Article]) -> Iterator[_Row]:
    pages: dict[str, list[_Article]] = {}
    for article in articles:
        pages.setdefault(article.page_id, []).append(article)
    for revisions in pages.values():
        for earlier, later in pairwise(sorted(revisions, key=lambda article: (article.revision, article.order))):
            if later.is_new or earlier.is_new:
                yield later.document_id, earlier.document_id, "revision_of", containment(later.shingles, earlier.shingles)


def _copies(articles: Iterable[_Article]) -> Iterator[_Row]:
    firsts: dict[str, _Article] = {}
    for article in articles:
        if not article.words_hash:
            continue
        first = firsts.setdefault(article.words_hash, article)
        if article.is_new and article.page_id != first.page_id:
            yield article.document_id, first.document_id, "copy", 1.0


def _near_copies(articles: Iterable[_Article], near_copy_share: float) -> Iterator[_Row]:
    """Pairs of articles with different words; of several copies to the word only the first is compared."""
    firsts: dict[str, _Article] = {}
    for article in articles:
        firsts.setdefault(article.words_hash, article)
    met: dict[int, list[_Article]] = defaultdict(list)
    for article in firsts.values():
        for key in article.keys.tolist():
            if len(met[key]) < MOST_MET:
                met[key].append(article)
    for article in firsts.values():
        if article.is_new:
            sharing = {other.document_id: other for key in article.keys.tolist() for other in met[key]}
            yield from _near_copies_of(article, list(sharing.values()), near_copy_share)


def _near_copies_of(article: _Article, sharing: Sequence[_Article], near_copy_share: float) -> Iterator[_Row]:
    """Pairs of an article with earlier ones. A passage that its site has in other articles too is no sign of a copy."""
    formula = _formula(article, sharing)
    own = np.setdiff1d(article.shingles, formula, assume_unique=True)
    for other in sharing:
        if article.page_id == other.page_id or other.order >= article.order:
            continue
        theirs = np.setdiff1d(other.shingles, formula, assume_unique=True)
        share = containment(own, theirs)
        is_long = share * min(len(own), len(theirs)) >= LEAST_SHARED
        if share >= near_copy_share and is_long and not _fill_in_one_form(article, other):
            yield article.document_id, other.document_id, "near_copy", share


def _formula(article: _Article, sharing: Iterable[_Article]) -> Hashes:
    """Shingles that `SITE_PAGES` other pages of the article's site have too: who writes there, what it sells, its terms. None
    where they are nearly all of the article, which then stands on its site under several addresses.
    """
    pages = {other.page_id: other for other in sharing if other.site == article.site and other.page_id != article.page_id}
    if article.site is None or len(pages) < SITE_PAGES:
        return NOTHING
    shared = [np.intersect1d(article.shingles, other.shingles, assume_unique=True) for other in pages.values()]
    ordered = np.sort(np.concatenate(shared))
    formula = distinct(ordered[SITE_PAGES - 1 :][ordered[SITE_PAGES - 1 :] == ordered[: 1 - SITE_PAGES]])
    return formula if len(formula) <= MOST_FORMULA * len(article.shingles) else NOTHING


def _fill_in_one_form(article: _Article, other: _Article) -> bool:
    kept, changed = figures_beside(*sorted((fold_words(article.text), fold_words(other.text)), key=len))
    return changed >= OTHER_FIGURES and changed > kept
