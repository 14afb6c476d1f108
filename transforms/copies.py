"""Articles that are copies of others: the same to the word, or nearly, and how the revisions of a page follow each other."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from itertools import pairwise
from zlib import crc32

import polars as pl
from datasketch import MinHash, MinHashLSH

from transforms.ids import content_id
from warehouse.tables import DOCUMENT_RELATIONS

SHINGLE_WORDS = 5
"""Words in a shingle. Two articles on one event share names and phrases of three words, seldom runs of five."""
LEAST_WORDS = 20
"""A shorter text is a notice or an error page, and says too little to be called a copy."""
NEAR_COPY_SHARE = 0.6
"""Share of the smaller article's shingles in the larger from which it is a near-copy. Articles that quote one press release
stay below a half; an agency's text that was cut and edited stays above."""
BANDS, ROWS = 42, 3
"""Bands and rows of the index: it meets 99.6 % of pairs whose shingles overlap by half, 68 % at three tenths, 4 % at a tenth
(1 - (1 - overlap ** ROWS) ** BANDS; Leskovec, Rajaraman and Ullman, Mining of Massive Datasets, 3.4)."""
SEED = 1
"""Seed of MinHash's permutations: signatures are the same in every run."""

_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class _Article:
    document_id: str
    page_id: str
    revision: int
    order: tuple[bool, bool, datetime, str, str]
    words_hash: str
    shingles: frozenset[int]
    is_new: bool


def find_copies(new: pl.DataFrame, known: pl.DataFrame, *, near_copy_share: float = NEAR_COPY_SHARE) -> pl.DataFrame:
    """Rows of `document_relations` that the new articles bring, sorted by key; the later article of a pair comes first.

    Both frames have document_id, page_id, revision, published_at, url and text (the article's own, without boilerplate).
    A known article is earlier than a new one; within each, the earlier published, those without a date last, ties by address.
    `copy`: the same words when case, accents and marks are folded, between pages; each points to the earliest. `near_copy`:
    between pages, at least `near_copy_share` of the smaller article's shingles in the other; of several copies only the
    first is compared. `revision_of`: between consecutive revisions of one page, whatever they share. Score is that share.
    """
    known = known.join(new.select("document_id"), on="document_id", how="anti")
    articles = sorted([*_articles(known, is_new=False), *_articles(new, is_new=True)], key=lambda article: article.order)
    rows = [*_revisions(articles), *_copies(articles), *_near_copies(articles, near_copy_share)]
    return pl.DataFrame(rows, schema=DOCUMENT_RELATIONS.schema, orient="row").sort(DOCUMENT_RELATIONS.key)


def article_keys(texts: pl.DataFrame) -> pl.DataFrame:
    """`document_id` and `keys`: `find_copies` holds two articles against each other only where they share one of these.

    `texts` has document_id and text. The keys are of the words as a whole and of each band of the signature; a text below
    `LEAST_WORDS` has none. So of known articles `find_copies` needs those alone that share a key or the page with a new one.
    """
    rows = [(document_id, _keys(text or "")) for document_id, text in texts.select("document_id", "text").iter_rows()]
    return pl.DataFrame(rows, schema={"document_id": pl.String, "keys": pl.List(pl.UInt64)}, orient="row")


def _keys(text: str) -> list[int]:
    words = fold_words(text)
    if len(words) < LEAST_WORDS:
        return []
    bands = _signature(shingle(words)).hashvalues.astype("<u8").reshape(BANDS, ROWS)
    parts = [content_id(*words).encode(), *(bytes([number]) + band.tobytes() for number, band in enumerate(bands))]
    return [int.from_bytes(blake2b(part, digest_size=8).digest(), "big") for part in parts]


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
    columns = ("document_id", "page_id", "revision", "published_at", "url", "text")
    for document_id, page_id, revision, published_at, url, text in frame.select(columns).iter_rows():
        words = fold_words(text or "")
        order = (is_new, published_at is None, published_at or datetime.min, url, document_id)
        words_hash = content_id(*words) if len(words) >= LEAST_WORDS else ""
        yield _Article(document_id, page_id, revision, order, words_hash, shingle(words), is_new)


def fold_words(text: str) -> list[str]:
    """Words without case, accents and typographic variants: what is left is the same in a copy."""
    if not text.isascii():
        text = "".join(char for char in unicodedata.normalize("NFKD", text) if not unicodedata.combining(char))
    return _WORD.findall(text.casefold())


def shingle(words: list[str]) -> frozenset[int]:
    """Checksums of all runs of `SHINGLE_WORDS` words; empty for a text below `LEAST_WORDS`."""
    if len(words) < LEAST_WORDS:
        return frozenset()
    runs = zip(*(words[start:] for start in range(SHINGLE_WORDS)), strict=False)
    return frozenset(crc32(" ".join(run).encode()) for run in runs)


def containment(ours: frozenset[int], theirs: frozenset[int]) -> float:
    """Share of the smaller set that is in the other (Broder, On the resemblance and containment of documents, 1997)."""
    smaller = min(len(ours), len(theirs))
    return len(ours & theirs) / smaller if smaller else 0.0


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
    index = MinHashLSH(num_perm=BANDS * ROWS, params=(BANDS, ROWS))
    met: dict[str, _Article] = {}
    for article in firsts.values():
        signature = _signature(article.shingles)
        found = sorted(index.query(signature)) if article.is_new else []
        for other in (met[document_id] for document_id in found):
            share = containment(article.shingles, other.shingles)
            if article.page_id != other.page_id and share >= near_copy_share:
                yield article.document_id, other.document_id, "near_copy", share
        index.insert(article.document_id, signature, check_duplication=False)
        met[article.document_id] = article


def _signature(shingles: frozenset[int]) -> MinHash:
    signature = MinHash(num_perm=BANDS * ROWS, seed=SEED, hashfunc=int)
    signature.update_batch(sorted(shingles))
    return signature
