"""New claims against known ones: which say the same, which dispute each other, and the clusters that this touches."""

from dataclasses import dataclass, replace

import polars as pl

from flows.models import compare_lexicon
from flows.news import Frames
from transforms.candidates import find_candidates
from transforms.clusters import cluster_claims
from transforms.compare import CANDIDATE_SHARE, claim_terms, in_parts, judge_pairs
from transforms.terms import CompareLexicon
from warehouse.database import Connection
from warehouse.known import (
    claims_around,
    claims_of,
    claims_to_cluster,
    claims_without_terms,
    copies_around,
    known_claims,
    known_terms,
    relations_of,
    staged_claims,
)
from warehouse.tables import CLAIM_RELATIONS, CLAIM_TERMS, CLAIMS, DOCUMENT_RELATIONS

CLAIMS_AT_ONCE = 50_000
"""Known claims without terms that are read in one step: bounds memory where an older warehouse is filled up."""


@dataclass(frozen=True, slots=True)
class Around:
    """Known rows that have to be settled anew: by documents, by claims, and the clusters that lose claims."""

    documents: pl.Series
    claims: pl.Series
    clusters: pl.Series

    def with_documents(self, document_ids: pl.Series) -> "Around":
        """The same with these documents as well."""
        return replace(self, documents=pl.concat([self.documents, document_ids]))


def settle_claims(frames: Frames, con: Connection, around: Around) -> tuple[Frames, Frames, dict[str, pl.Series]]:
    """The tables of claims and what hangs on them, the changes to loaded rows, and what references may lead to, or do.

    `frames` has the tables of new documents; `con` shows the warehouse as it will be without them.
    """
    lexicon = compare_lexicon()
    new = staged_claims(frames)
    terms, filled = claim_terms(new, lexicon), _missing_terms(con, lexicon)
    known_before = pl.concat([known_terms(con), filled.drop("document_id")])
    relations = _relate(new, terms.drop("document_id"), known_before, con, lexicon)
    known, clusters, clustered = _cluster(new, relations, frames["document_relations"], con, around)
    moves = known.select("claim_id", was="cluster_id").join(clustered, on="claim_id")
    moved = moves.filter(pl.col("was") != pl.col("cluster_id")).select("claim_id", "cluster_id")
    former = pl.concat([known["cluster_id"], around.clusters]).unique().sort()
    claims = frames["claims"].drop("cluster_id").join(clustered, on="claim_id", how="left")
    tables = {
        "claims": claims.select(CLAIMS.schema.names()),
        "claim_terms": pl.concat([terms, filled]),
        "claim_relations": relations,
        "claim_clusters": clusters,
    }
    references = {
        "claims.claim_id": pl.concat([known["claim_id"], _ends(relations), filled["claim_id"]]).unique(),
        "claims.cluster_id": moves["cluster_id"],
    }
    return tables, {"cluster_moves": moved, "former_clusters": former.to_frame("cluster_id")}, references


def _missing_terms(con: Connection, lexicon: CompareLexicon) -> pl.DataFrame:
    """Terms of known claims that an earlier version loaded without them."""
    missing = claims_without_terms(con)
    parts = (missing.slice(start, CLAIMS_AT_ONCE) for start in range(0, len(missing), CLAIMS_AT_ONCE))
    return pl.concat([CLAIM_TERMS.frame(), *(claim_terms(known_claims(con, part), lexicon) for part in parts)])


def _relate(
    new: pl.DataFrame, terms: pl.DataFrame, known: pl.DataFrame, con: Connection, lexicon: CompareLexicon
) -> pl.DataFrame:
    pairs = find_candidates(terms, known, least_share=CANDIDATE_SHARE)
    found = [judge_pairs(part, _claims_in(part, new, con), lexicon) for part in in_parts(pairs)]
    return pl.concat([CLAIM_RELATIONS.frame(), *found]).sort(CLAIM_RELATIONS.key)


def _claims_in(pairs: pl.DataFrame, new: pl.DataFrame, con: Connection) -> pl.DataFrame:
    """The claims of these pairs, new and known, with what comparing needs."""
    met = _ends(pairs).to_frame("claim_id")
    known = known_claims(con, met.join(new, on="claim_id", how="anti").to_series())
    return pl.concat([new.join(met, on="claim_id", how="semi").cast(known.schema), known])


def _cluster(
    new: pl.DataFrame, relations: pl.DataFrame, document_relations: pl.DataFrame, con: Connection, around: Around
) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """The known claims whose clusters are settled anew, these clusters, and the cluster of each of the claims."""
    start = pl.concat([_ends(relations), claims_of(con, around.documents), around.claims])
    known = claims_to_cluster(con, claims_around(con, start))
    claims = pl.concat([known, new.select(known.columns).cast(known.schema)])
    copies = copies_around(con, pl.concat([known["document_id"], document_relations["other_document_id"]]))
    clusters, clustered = cluster_claims(
        claims,
        pl.concat([relations_of(con, CLAIM_RELATIONS, known["claim_id"]), relations]),
        pl.concat([relations_of(con, DOCUMENT_RELATIONS, copies), document_relations]),
    )
    return known, clusters, clustered


def _ends(pairs: pl.DataFrame) -> pl.Series:
    return pl.concat([pairs["claim_id"], pairs["other_claim_id"]]).unique()
