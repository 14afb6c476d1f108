"""Across documents, new against known: revisions, copies, claims that say the same or dispute each other, entities.

Of the warehouse only that is read which the new documents may change or meet, so that a run's cost grows with what is new.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import polars as pl

from flows.models import seeds
from flows.news import CHANGING, Frames, Settled
from flows.settle_claims import Around, settle_claims
from transforms.copies import LEAST_KEYS_SHARE, MOST_MET, article_keys, find_copies, mark_duplicates
from transforms.entities import build_entities
from transforms.revisions import UNREAD, join_pages, met_before, settle_revisions, superseded
from warehouse.database import Connection
from warehouse.known import (
    article_text,
    articles_met,
    articles_without_keys,
    as_it_will_be,
    claims_around,
    claims_of,
    claims_to_cluster,
    copies_around,
    documents_beside,
    entities_in,
    known_mentions,
    pages_read,
    referring_to_entities,
    source_ids,
    staged_mentions,
    that_came_after,
)
from warehouse.tables import DOCUMENT_RELATIONS, DOCUMENTS, TIMESTAMP

_ARTICLE_ZONES = ("body", "list", "heading")
"""Zones that are held against other articles, as in `warehouse.known.article_text`."""


@dataclass(frozen=True, slots=True)
class _Revised:
    """New documents with their revisions, and what they do to known ones: ids of those replaced, those that change.

    `beside` are the ids of the known documents that stay, of those that were asked for; `pages` has document_id and page_id;
    `renamed` gives the new id of those that another version reads under another one.
    """

    documents: pl.DataFrame
    replaced: pl.Series
    changed: pl.DataFrame
    beside: pl.Series
    pages: pl.DataFrame
    renamed: Mapping[str, str]


def settle(read: Mapping[str, pl.DataFrame], con: Connection, started_at: datetime) -> Settled:
    """Settle all that no document tells alone. `read` holds the tables of new documents; `con` the warehouse before them.

    Where `read` has document_relations, these pairs were judged before, and stay as they are.
    """
    if read["documents"].is_empty():
        return Settled({"documents": read["documents"]}, {})
    documents = _with_pages(read["documents"], con)
    known = met_before(documents_beside(con, documents), documents, started_at=started_at)
    revised = _revise(documents, known, started_at)
    gone = _around_replaced(con, revised.replaced)
    touched = [entities_in(con, pl.concat([revised.replaced, revised.changed["document_id"]]))]
    judged = _judged_before(read, revised, con)
    with as_it_will_be(con, revised.replaced, revised.changed):
        frames, met = _with_copies(revised.documents, read, con, judged)
        ends = pl.concat([frames["document_relations"]["other_document_id"], judged["document_id"]])
        moved = pl.concat([revised.beside, ends, gone.documents])
        claims, changes, references = settle_claims(frames, con, gone.with_documents(copies_around(con, moved)))
        frames |= claims
        touched.append(frames["mentions"]["entity_id"].drop_nulls())
        entities = pl.concat(touched).unique().sort()
        frames |= _entities(frames, con, entities, seeds()["entities"])
        references |= referring_to_entities(con, entities)
        references |= {
            "documents.document_id": pl.concat([revised.beside, ends, met, claims["claim_terms"]["document_id"]]).unique(),
            "sources.source_id": source_ids(con),
        }
    changes |= {"superseded": revised.changed, "former_entities": entities.to_frame("entity_id")}
    return Settled(frames, changes, tuple(revised.replaced), revised.pages, references)


def _with_pages(documents: pl.DataFrame, con: Connection) -> pl.DataFrame:
    """The documents; what could not be read this time is a revision of the page that was read there before."""
    unread = documents.filter(pl.col("outcome").is_in(UNREAD))
    return documents if unread.is_empty() else join_pages(documents, pages_read(con, unread))


def _revise(documents: pl.DataFrame, known: pl.DataFrame, started_at: datetime) -> _Revised:
    place = ("url", "raw_hash")
    met = known.select(*place, before="document_id", met_at="fetched_at").unique(place, keep="first", maintain_order=True)
    start = pl.lit(started_at, TIMESTAMP)
    documents = documents.join(met, on=place, how="left").with_columns(
        fetched_at=pl.min_horizontal("fetched_at", "met_at"), first_seen_at=start, last_seen_at=start
    )
    # The same bytes read by another version may give another id: it is the same revision, under its new name.
    renamed = dict(documents.filter(pl.col("before") != pl.col("document_id")).select("before", "document_id").iter_rows())
    before = known.with_columns(pl.col("document_id", "duplicate_of").replace(renamed)).unique(
        "document_id", keep="first", maintain_order=True
    )
    documents = documents.select(DOCUMENTS.schema.names())
    no_longer = superseded(documents, before)["document_id"]
    after = before.join(documents, on="document_id", how="anti").with_columns(
        is_current=pl.col("is_current") & ~pl.col("document_id").is_in(no_longer.implode())
    )
    return _Revised(
        documents=settle_revisions(documents, before),
        replaced=known["document_id"].filter(~known["document_id"].is_in(after["document_id"].implode())),
        changed=_changed(known, after),
        beside=after["document_id"],
        pages=known.select("document_id", "page_id"),
        renamed=renamed,
    )


def _changed(before: pl.DataFrame, after: pl.DataFrame) -> pl.DataFrame:
    """Rows of `after` in which something that may change has changed: the id and what it is now."""
    was = before.select("document_id", *(pl.col(name).alias(f"{name}_was") for name in CHANGING))
    differs = pl.any_horizontal(pl.col(name).ne_missing(pl.col(f"{name}_was")) for name in CHANGING)
    return after.join(was, on="document_id").filter(differs).select("document_id", *CHANGING)


def _judged_before(read: Mapping[str, pl.DataFrame], revised: _Revised, con: Connection) -> pl.DataFrame:
    """Rows of `document_relations` that hold on: those that came along, and those of later documents that stay as they are."""
    asked = pl.concat([revised.documents["document_id"], pl.Series(revised.renamed.keys(), dtype=pl.String)])
    later = that_came_after(con, asked, revised.replaced).with_columns(pl.col("other_document_id").replace(revised.renamed))
    judged = pl.concat([read.get(DOCUMENT_RELATIONS.name, DOCUMENT_RELATIONS.frame()), later])
    return judged.unique(DOCUMENT_RELATIONS.key, keep="first", maintain_order=True)


def _around_replaced(con: Connection, replaced: pl.Series) -> Around:
    """What hangs together with documents that give way: it has to be settled anew without them."""
    claims = claims_around(con, claims_of(con, replaced))
    return Around(copies_around(con, replaced), claims, claims_to_cluster(con, claims)["cluster_id"].unique())


def _with_copies(
    documents: pl.DataFrame, read: Mapping[str, pl.DataFrame], con: Connection, judged: pl.DataFrame
) -> tuple[Frames, pl.Series]:
    """What was found in the documents, with copies marked as duplicates and their claims left out, and the articles met.

    Of two documents that were `judged` before, none becomes the other's copy: each might lose its claims to the other.
    """
    columns = ("document_id", "page_id", "revision", "published_at", "url", "site")
    texts = (
        read["sentences"]
        .filter(pl.col("zone").is_in(_ARTICLE_ZONES))
        .sort("document_id", "position")
        .group_by("document_id", maintain_order=True)
        .agg(pl.col("text").str.join("\n"))
    )
    articles = documents.filter(pl.col("outcome").is_in(("kept", "duplicate"))).join(texts, on="document_id", suffix="_read")
    keys = article_keys(articles.select("document_id", text="text_read"))
    new = articles.filter(pl.col("outcome") == "kept").select(*columns, text="text_read")
    unkeyed = articles_without_keys(con)
    filled = article_keys(article_text(con, unkeyed))
    keyed = articles.select("document_id", "site").join(keys, on="document_id")
    met = articles_met(con, keyed, documents["page_id"], most=MOST_MET, least_share=LEAST_KEYS_SHARE)
    copies = judged.filter(pl.col("relation") == "copy")["document_id"]  # whoever is like them is like their original
    known = article_text(con, met.filter(~met.is_in(copies.implode())))
    found = find_copies(new, known, copies=frozenset(known.filter("is_copy")["document_id"]))
    relations = pl.concat([judged, _without_pairs(found, judged)])
    documents = mark_duplicates(documents, relations)
    frames = {
        **_of_kept(read, documents),
        "documents": documents,
        "sentences": read["sentences"],
        "document_relations": relations,
        "article_keys": pl.concat([keys, filled]),
    }
    return frames, pl.concat([met, filled["document_id"]])


def _without_pairs(relations: pl.DataFrame, judged: pl.DataFrame) -> pl.DataFrame:
    """The relations without those between two documents that were judged before, in whichever order."""
    pairs = judged.select("document_id", "other_document_id")
    turned = judged.select(document_id="other_document_id", other_document_id="document_id")
    return relations.join(pl.concat([pairs, turned]), on=pairs.columns, how="anti", maintain_order="left")


def _of_kept(read: Mapping[str, pl.DataFrame], documents: pl.DataFrame) -> Frames:
    """What was found in kept documents: a duplicate's claims and mentions would count what one article says twice."""
    kept = documents.filter(pl.col("outcome") == "kept").select("document_id")
    tables = {
        name: read[name].join(kept, on="document_id", how="semi", maintain_order="left")
        for name in ("mentions", "claims", "quantities", "time_expressions")
    }
    links = read["claim_entities"].join(tables["claims"].select("claim_id"), on="claim_id", how="semi", maintain_order="left")
    return {**tables, "claim_entities": links}


def _entities(frames: Frames, con: Connection, touched: pl.Series, catalogue: pl.DataFrame) -> Frames:
    forms, counts = (pl.concat(parts) for parts in zip(known_mentions(con, touched), staged_mentions(frames), strict=True))
    entities, aliases = build_entities(forms, counts, catalogue)
    return {"entities": entities, "entity_aliases": aliases}
