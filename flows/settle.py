"""Across documents, new against known: revisions, copies, claims that say the same or dispute each other, entities."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

import polars as pl

from flows.knowledge import Known
from flows.news import CHANGING, Frames, Settled
from transforms.clusters import cluster_claims
from transforms.compare import relate_claims
from transforms.copies import find_copies, mark_duplicates
from transforms.entities import build_entities
from transforms.names import bare_name, entity_id_of
from transforms.revisions import settle_revisions, superseded
from transforms.terms import CompareLexicon
from warehouse.load import staged_claims
from warehouse.tables import CLAIMS, DOCUMENTS, TIMESTAMP

_ARTICLE_ZONES = ("body", "list", "heading")
"""Zones that are held against other articles, as in `warehouse.load.article_text`."""


def settle(read: Mapping[str, pl.DataFrame], known: Known, seeds: Mapping[str, pl.DataFrame], started_at: datetime) -> Settled:
    """Settle all that no document tells alone. `read` holds the tables of new documents; there may be none."""
    if read["documents"].is_empty():
        return Settled({"documents": read["documents"]}, {})
    documents, known, replaced, changed = _with_revisions(read["documents"], known, started_at)
    documents, document_relations = _with_copies(documents, read["sentences"], known)
    frames = {
        **_of_kept(read, documents),
        "documents": documents,
        "sentences": read["sentences"],
        "document_relations": document_relations,
    }
    frames["claim_relations"], frames["claim_clusters"], clusters = _compare(frames, known, seeds)
    clustered = frames["claims"].drop("cluster_id").join(clusters, on="claim_id", how="left")
    frames["claims"] = clustered.select(CLAIMS.schema.names())
    frames["entities"], frames["entity_aliases"] = build_entities(_all_mentions(frames, known), seeds["entities"])
    moves = known.claims.select("claim_id", was="cluster_id").join(clusters, on="claim_id")
    moves = moves.filter(pl.col("was") != pl.col("cluster_id")).select("claim_id", "cluster_id")
    return Settled(frames, {"superseded": changed, "cluster_moves": moves}, tuple(replaced), known)


def _with_revisions(
    documents: pl.DataFrame, known: Known, started_at: datetime
) -> tuple[pl.DataFrame, Known, list[str], pl.DataFrame]:
    """The documents settled, what stays of the known, ids of those replaced, and those of the rest that change."""
    place = ("url", "raw_hash")
    met = known.documents.select(*place, before="document_id", met_at="fetched_at").unique(place, keep="first")
    start = pl.lit(started_at, TIMESTAMP)
    documents = documents.join(met, on=place, how="left").with_columns(
        fetched_at=pl.min_horizontal("fetched_at", "met_at"), first_seen_at=start, last_seen_at=start
    )
    # The same bytes read by another version may give another id: it is the same revision, under its new name.
    renamed = dict(documents.filter(pl.col("before") != pl.col("document_id")).select("before", "document_id").iter_rows())
    before = known.documents.with_columns(pl.col("document_id", "duplicate_of").replace(renamed)).unique(
        "document_id", keep="first", maintain_order=True
    )
    documents = documents.select(DOCUMENTS.schema.names())
    no_longer = superseded(documents, before)["document_id"]
    after = before.join(documents, on="document_id", how="anti").with_columns(
        is_current=pl.col("is_current") & ~pl.col("document_id").is_in(no_longer.implode())
    )
    replaced = known.documents["document_id"].filter(~known.documents["document_id"].is_in(after["document_id"].implode()))
    stays = known.without(replaced)
    is_current = after.select("document_id", "is_current")
    claims = stays.claims.drop("is_current").join(is_current, on="document_id", how="left", maintain_order="left")
    claims = claims.select(stays.claims.columns)
    settled = settle_revisions(documents, before)
    return settled, replace(stays, documents=after, claims=claims), replaced.to_list(), _changed(known.documents, after)


def _changed(before: pl.DataFrame, after: pl.DataFrame) -> pl.DataFrame:
    """Rows of `after` in which something that may change has changed: the id and what it is now."""
    was = before.select("document_id", *(pl.col(name).alias(f"{name}_was") for name in CHANGING))
    differs = pl.any_horizontal(pl.col(name).ne_missing(pl.col(f"{name}_was")) for name in CHANGING)
    return after.join(was, on="document_id").filter(differs).select("document_id", *CHANGING)


def _with_copies(documents: pl.DataFrame, sentences: pl.DataFrame, known: Known) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The documents with copies marked as duplicates, and the relations between documents that are new."""
    columns = ("document_id", "page_id", "revision", "published_at", "url")
    texts = (
        sentences.filter(pl.col("zone").is_in(_ARTICLE_ZONES))
        .sort("document_id", "position")
        .group_by("document_id", maintain_order=True)
        .agg(pl.col("text").str.join("\n"))
    )
    new = documents.filter(pl.col("outcome") == "kept").select(columns).join(texts, on="document_id")
    earlier = known.articles.join(known.documents.select("document_id", "revision"), on="document_id").select(*columns, "text")
    relations = find_copies(new, earlier)
    return mark_duplicates(documents, relations), relations


def _of_kept(read: Mapping[str, pl.DataFrame], documents: pl.DataFrame) -> Frames:
    """What was found in kept documents: a duplicate's claims and mentions would count what one article says twice."""
    kept = documents.filter(pl.col("outcome") == "kept").select("document_id")
    tables = {
        name: read[name].join(kept, on="document_id", how="semi", maintain_order="left")
        for name in ("mentions", "claims", "quantities", "time_expressions")
    }
    links = read["claim_entities"].join(tables["claims"].select("claim_id"), on="claim_id", how="semi", maintain_order="left")
    return {**tables, "claim_entities": links}


def _compare(
    frames: Frames, known: Known, seeds: Mapping[str, pl.DataFrame]
) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """New claim relations, all clusters, and the cluster of every claim."""
    new = staged_claims(frames).cast(known.claims.schema)
    relations = relate_claims(new, known.claims, CompareLexicon.from_frames(seeds))
    clusters, clustered = cluster_claims(
        pl.concat([known.claims, new]),
        pl.concat([known.claim_relations, relations]),
        pl.concat([known.document_relations, frames["document_relations"]]),
    )
    return relations, clusters, clustered


def _all_mentions(frames: Frames, known: Known) -> pl.DataFrame:
    """Mentions of all documents, known and new, with the name of the entity and whether the document is current."""
    documents = pl.concat([frame.select("document_id", "is_current") for frame in (known.documents, frames["documents"])])
    mentions = pl.concat([known.mentions, frames["mentions"]]).join(documents, on="document_id")
    return mentions.join(_names(mentions), on="entity_id", how="left")


def _names(mentions: pl.DataFrame) -> pl.DataFrame:
    """entity_id and name: the most frequent of the forms that the id is a hash of; a surname alone is none of them."""
    forms = mentions.drop_nulls("entity_id").group_by("entity_id", "text", "type").len()
    bare = [bare_name(text) for text in forms["text"]]
    is_own = [entity_id_of(name, kind) == own for name, kind, own in zip(bare, forms["type"], forms["entity_id"], strict=True)]
    named = forms.with_columns(name=pl.Series(bare, dtype=pl.String), is_own=pl.Series(is_own, dtype=pl.Boolean))
    counted = named.group_by("entity_id", "name", "is_own").agg(pl.col("len").sum())
    best = counted.sort("entity_id", "is_own", "len", "name", descending=[False, True, True, False])
    return best.unique("entity_id", keep="first", maintain_order=True).select("entity_id", "name")
