"""Claims that say the same, as clusters: connected components of judged pairs, kept from growing by weak chains."""

from collections import Counter
from collections.abc import Iterable, Sequence

import numpy as np
import polars as pl
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from warehouse.tables import CLAIM_CLUSTERS

JOIN_SCORE = 0.7
"""A pair below this score joins nothing: of such pairs of different articles about half speak of the like, not of the same."""
CERTAIN_SCORE = 0.8
"""A pair from this score on always joins its clusters. A weaker one does so only when more than half of the pairs between the
two clusters are judged the same, so that a chain of near misses does not join its ends."""


def cluster_claims(
    claims: pl.DataFrame, relations: pl.DataFrame, document_relations: pl.DataFrame
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """All clusters of all claims: rows of `claim_clusters`, and claim_id with cluster_id for every claim; both sorted by key.

    `claims`: claim_id, document_id, page_id, text, checkworthiness, is_current, site, speaker, speaker_id, published_at and
    the cluster_id so far, null for a new claim. Claims of two revisions of a page join when their words are the same. No
    cluster holds two claims that dispute each other. A cluster keeps its id while it grows; of several that merge the one
    with the oldest member, by publication, then by claim_id, gives the id; a new cluster has the id of its oldest claim.
    """
    claims = claims.sort("claim_id").with_row_index("claim")
    same = _indexed(relations.filter((pl.col("relation") == "same") & (pl.col("score") >= JOIN_SCORE)), claims)
    disputes = _indexed(relations.filter(pl.col("relation") == "disputes"), claims)
    groups = _guarded(claims.height, pl.concat([same, _unchanged(claims)]), disputes)
    grouped = claims.with_columns(group=pl.Series(groups, dtype=pl.Int64))
    named = grouped.drop("cluster_id").join(_cluster_ids(grouped), on="group").sort("claim_id")
    return _summaries(named, same, document_relations), named.select("claim_id", "cluster_id")


def _indexed(relations: pl.DataFrame, claims: pl.DataFrame) -> pl.DataFrame:
    index = claims.select("claim_id", "claim")
    return (
        relations.join(index, on="claim_id")
        .join(index, left_on="other_claim_id", right_on="claim_id", suffix="_other")
        .select("claim", other="claim_other", score=pl.col("score").cast(pl.Float64))
    )


def _unchanged(claims: pl.DataFrame) -> pl.DataFrame:
    """Pairs of claims in the revisions of one page that are held by one speaker in the same words.

    An edit elsewhere leaves them one claim; "the sale", which one supports and another opposes, is two.
    """
    words = pl.col("text").str.to_lowercase().str.replace_all(r"\W+", " ").str.strip_chars()
    holder = pl.col("speaker").fill_null("")
    by_words = ("page_id", "words", "holder")
    ordered = claims.select("claim", "page_id", words=words, holder=holder).sort(*by_words, "claim")
    pairs = ordered.with_columns(other=pl.col("claim").shift(-1).over(by_words)).drop_nulls("other")  # the last has no next
    return pairs.select("claim", "other", score=pl.lit(1.0))


def _guarded(size: int, edges: pl.DataFrame, disputes: pl.DataFrame) -> np.ndarray:
    """The group of each claim. Components that hold a dispute or a weak pair among three are taken apart and joined anew."""
    groups = pl.Series("group", _components(size, edges))
    members = groups.value_counts(name="members")
    inner = edges.with_columns(group=groups.gather(edges["claim"])).join(members, on="group")
    torn = disputes.with_columns(group=groups.gather(disputes["claim"]), other_group=groups.gather(disputes["other"]))
    torn = torn.filter(pl.col("group") == pl.col("other_group"))
    is_weak = (pl.col("score") < CERTAIN_SCORE) & (pl.col("members") > 2)
    doubtful = pl.concat([inner.filter(is_weak)["group"], torn["group"]]).unique()
    loose = inner.filter(pl.col("group").is_in(doubtful.implode()))
    loose = loose.sort("score", "claim", "other", descending=[True, False, False])
    joined = _join_strongest_first(loose.select("claim", "other", "score").rows(), torn.select("claim", "other").rows())
    settled = groups.to_numpy().copy()
    for claim, founder in joined.items():
        settled[claim] = size + founder  # above every component's number
    return settled


def _components(size: int, edges: pl.DataFrame) -> np.ndarray:
    pairs = (edges["claim"].to_numpy(), edges["other"].to_numpy())
    graph = coo_array((np.ones(edges.height, dtype=np.int8), pairs), shape=(size, size))
    return np.asarray(connected_components(graph, directed=False)[1], dtype=np.int64)


def _join_strongest_first(edges: Sequence[tuple[int, int, float]], disputes: Iterable[tuple[int, int]]) -> dict[int, int]:
    """Claim → its group's founder, for every claim of these edges. Edges come strongest first."""
    founder = {claim: claim for claim, _, _ in edges} | {other: other for _, other, _ in edges}
    members = {claim: [claim] for claim in founder}
    links: dict[int, Counter[int]] = {claim: Counter() for claim in founder}
    foes: dict[int, set[int]] = {claim: set() for claim in founder}
    for claim, other, _ in edges:
        links[claim][other] += 1
        links[other][claim] += 1
    for claim, other in disputes:
        foes[claim].add(other)
        foes[other].add(claim)
    for claim, other, score in edges:
        ours, theirs = founder[claim], founder[other]
        pairs = len(members[ours]) * len(members[theirs])
        if ours == theirs or theirs in foes[ours] or (score < CERTAIN_SCORE and 2 * links[ours][theirs] <= pairs):
            continue
        keeper, joiner = (ours, theirs) if len(members[ours]) >= len(members[theirs]) else (theirs, ours)
        for member in members[joiner]:
            founder[member] = keeper
        members[keeper] += members.pop(joiner)
        for third, count in links.pop(joiner).items():
            links[keeper][third] += count
            links[third][keeper] += links[third].pop(joiner)
        for third in foes.pop(joiner):
            foes[third].discard(joiner)
            foes[third].add(keeper)
            foes[keeper].add(third)
        del links[keeper][keeper]
    return founder


def _cluster_ids(claims: pl.DataFrame) -> pl.DataFrame:
    """`group` and its `cluster_id`: a former id where the group has one that no other group has a better right to.

    A former id belongs to the group that holds the claim it is named after, else to the one with its oldest member.
    """
    oldest_first = claims.sort(pl.col("published_at").is_null(), "published_at", "claim_id")
    founders = oldest_first.group_by("group", maintain_order=True).agg(founder=pl.col("claim_id").first())
    claimed = oldest_first.filter(pl.col("cluster_id").is_not_null()).select("group", "cluster_id").with_row_index("age")
    home = claims.select(cluster_id="claim_id", home="group")
    rightful = (
        claimed.join(home, on="cluster_id", how="left")
        .with_columns(heir=pl.col("group").sort_by("age").first().over("cluster_id"))
        .filter(pl.col("group") == pl.coalesce("home", "heir"))
        .sort("age")
        .group_by("group", maintain_order=True)
        .agg(former=pl.col("cluster_id").first())
    )
    return founders.join(rightful, on="group", how="left").select("group", cluster_id=pl.coalesce("former", "founder"))


def _summaries(claims: pl.DataFrame, same: pl.DataFrame, document_relations: pl.DataFrame) -> pl.DataFrame:
    oldest_first = claims.sort(pl.col("published_at").is_null(), "published_at", "claim_id")
    current = oldest_first.filter("is_current").join(_articles(claims, document_relations), on="document_id")
    speaker = pl.coalesce("speaker_id", pl.col("speaker").str.to_lowercase())
    counts = current.group_by("cluster_id").agg(
        claim_count=pl.len(),
        document_count=pl.col("article").n_unique(),
        speaker_count=speaker.drop_nulls().n_unique(),
    )
    # A syndicated article counts once, so only the site that had it first counts.
    sites = current.group_by("cluster_id", "article", maintain_order=True).agg(pl.col("site").first())
    sites = sites.group_by("cluster_id").agg(site_count=pl.col("site").drop_nulls().n_unique())
    published = claims.group_by("cluster_id").agg(
        first_published_at=pl.col("published_at").min(),
        last_published_at=pl.col("published_at").max(),
    )
    clusters = _representatives(oldest_first, same).join(published, on="cluster_id")
    for counted in (counts, sites):
        clusters = clusters.join(counted, on="cluster_id", how="left")
    counted_columns = ("claim_count", "document_count", "site_count", "speaker_count")
    clusters = clusters.with_columns(pl.col(counted_columns).fill_null(0))  # only older revisions make it
    return clusters.select(CLAIM_CLUSTERS.schema.names()).cast(CLAIM_CLUSTERS.schema).sort(CLAIM_CLUSTERS.key)


def _articles(claims: pl.DataFrame, document_relations: pl.DataFrame) -> pl.DataFrame:
    """`document_id` and the `article` it carries, a number that copies and near-copies share.

    A document that prints several articles whole, such as a digest, goes with the one that it is most a copy of: it must not
    make one article of all.
    """
    copies = document_relations.filter(pl.col("relation").is_in(("copy", "near_copy")))
    copies = copies.sort("document_id", "score", "other_document_id", descending=[False, True, False]).unique(
        "document_id", keep="first", maintain_order=True
    )
    documents = pl.concat([claims["document_id"], copies["document_id"], copies["other_document_id"]]).unique().sort()
    index = pl.DataFrame({"document_id": documents}).with_row_index("place")
    others = index.select(other_document_id="document_id", other="place")
    pairs = copies.join(index.rename({"place": "claim"}), on="document_id").join(others, on="other_document_id")
    labels = _components(index.height, pairs)
    return index.select("document_id", article=pl.Series(labels))


def _representatives(oldest_first: pl.DataFrame, same: pl.DataFrame) -> pl.DataFrame:
    """The text of each cluster: of its current claims the one most like the others, most worth checking, oldest."""
    both_ways = pl.concat([same.select("claim", "score"), same.select(claim="other", score="score")])
    likeness = both_ways.group_by("claim").agg(likeness=pl.col("score").sum().round(6))  # sums must not depend on their order
    ranked = oldest_first.join(likeness, on="claim", how="left", maintain_order="left")
    ranked = ranked.with_columns(pl.col("likeness").fill_null(0.0))  # a claim that stands alone is like no other
    ranked = ranked.sort("is_current", "likeness", "checkworthiness", descending=True, nulls_last=True, maintain_order=True)
    return ranked.group_by("cluster_id", maintain_order=True).agg(pl.col("text").first())
