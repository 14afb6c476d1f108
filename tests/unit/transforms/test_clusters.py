from datetime import datetime
from random import Random

import polars as pl
import pytest

from transforms.clusters import CERTAIN_SCORE, JOIN_SCORE, cluster_claims
from warehouse.tables import CLAIM_CLUSTERS, CLAIM_RELATIONS, CLAIMS, DOCUMENT_RELATIONS, TIMESTAMP

SCHEMA = pl.Schema(
    [
        (name, CLAIMS.schema[name])
        for name in ("claim_id", "document_id", "text", "checkworthiness", "speaker", "speaker_id", "cluster_id")
    ]
    + [("is_current", pl.Boolean), ("site", pl.String), ("page_id", pl.String), ("published_at", TIMESTAMP)]
)


def claim(name: str, day: int | None = 1, **over) -> dict:
    """A current claim of its own document, page and site, published on that day of July."""
    row = {
        "claim_id": name, "document_id": f"d{name}", "page_id": f"p{name}", "site": f"s{name}", "text": f"text of {name}",
        "checkworthiness": 0.5, "is_current": True, "published_at": None if day is None else datetime(2024, 7, day),
    }  # fmt: skip
    return row | over


def claims(*rows: dict) -> pl.DataFrame:
    return pl.DataFrame(list(rows), schema=SCHEMA, orient="row")


def same(*pairs: tuple, relation: str = "same") -> pl.DataFrame:
    rows = [(a, b, relation, score, "") for a, b, score in pairs]
    return pl.DataFrame(rows, schema=CLAIM_RELATIONS.schema, orient="row")


def copies(*pairs: tuple[str, str], relation: str = "copy") -> pl.DataFrame:
    return pl.DataFrame([(a, b, relation, 1.0) for a, b in pairs], schema=DOCUMENT_RELATIONS.schema, orient="row")


def clusters(rows: pl.DataFrame, relations: pl.DataFrame, documents: pl.DataFrame | None = None) -> dict[str, str]:
    """claim_id → cluster_id."""
    return dict(cluster_claims(rows, relations, copies() if documents is None else documents)[1].iter_rows())


def counts(rows: pl.DataFrame, relations: pl.DataFrame, documents: pl.DataFrame | None = None) -> dict:
    """The counts of the only cluster."""
    (row,) = cluster_claims(rows, relations, copies() if documents is None else documents)[0].to_dicts()
    return row


def test_claims_judged_the_same_share_a_cluster_and_the_rest_stand_alone():
    rows = claims(claim("a"), claim("b"), claim("c"), claim("d"))
    assert clusters(rows, same(("a", "b", 0.9), ("b", "c", 0.9))) == {"a": "a", "b": "a", "c": "a", "d": "d"}


def test_a_weak_chain_does_not_join_its_ends():
    rows = claims(claim("a"), claim("b"), claim("c"))
    assert clusters(rows, same(("a", "b", 0.75), ("b", "c", 0.72))) == {"a": "a", "b": "a", "c": "c"}
    assert clusters(rows, same(("a", "b", 0.75), ("b", "c", 0.72), ("a", "c", 0.72))) == {"a": "a", "b": "a", "c": "a"}


def test_claims_that_dispute_each_other_stay_apart_however_strong_the_chain():
    rows = claims(claim("a"), claim("b"), claim("c"))
    relations = pl.concat([same(("a", "b", 0.95), ("b", "c", 0.9)), same(("a", "c", 0.9), relation="disputes")])
    assert clusters(rows, relations) == {"a": "a", "b": "a", "c": "c"}


def test_a_dispute_holds_for_all_that_have_joined():
    rows = claims(claim("a"), claim("b"), claim("c"), claim("d"))
    chain = same(("a", "b", 0.95), ("c", "d", 0.94), ("b", "c", 0.9))
    found = clusters(rows, pl.concat([chain, same(("a", "d", 0.9), relation="disputes")]))
    assert found == {"a": "a", "b": "a", "c": "c", "d": "c"}


def test_a_new_cluster_has_the_id_of_its_oldest_claim():
    rows = claims(claim("a", 9), claim("b", 2), claim("c", None))
    assert set(clusters(rows, same(("a", "b", 0.9), ("b", "c", 0.9))).values()) == {"b"}


def test_a_cluster_keeps_its_id_while_it_grows():
    rows = claims(claim("a", 9, cluster_id="a"), claim("b", 2))
    assert clusters(rows, same(("a", "b", 0.9))) == {"a": "a", "b": "a"}


def test_of_clusters_that_merge_the_one_with_the_oldest_member_gives_the_id():
    rows = claims(claim("a", 9, cluster_id="a"), claim("b", 5, cluster_id="b"), claim("c", 2))
    assert set(clusters(rows, same(("a", "b", 0.9), ("b", "c", 0.9))).values()) == {"b"}


def test_a_cluster_that_falls_apart_leaves_its_id_with_the_claim_it_is_named_after():
    rows = claims(
        claim("a", 9, cluster_id="b"),
        claim("b", 2, cluster_id="b"),
        claim("c", 1, cluster_id="b"),
        claim("d", 3, cluster_id="b"),
    )
    found = clusters(rows, same(("a", "b", 0.9), ("c", "d", 0.9)))
    assert found == {"a": "b", "b": "b", "c": "c", "d": "c"}


def test_an_id_whose_claim_is_gone_stays_with_the_oldest_of_its_members():
    rows = claims(claim("a", 9, cluster_id="x"), claim("b", 2, cluster_id="x"))
    assert clusters(rows, same()) == {"a": "a", "b": "x"}


def test_an_edit_elsewhere_on_the_page_leaves_a_claim_in_its_cluster():
    old = claim("a", page_id="p", document_id="d1", text="It has 405 billion parameters.", is_current=False, cluster_id="a")
    rows = claims(old, claim("b", page_id="p", document_id="d2", text="it has 405 billion  parameters"))
    assert clusters(rows, same()) == {"a": "a", "b": "a"}
    assert counts(rows, same())["claim_count"] == 1


def test_copies_and_near_copies_count_once_and_so_do_their_sites():
    rows = claims(claim("a", 1), claim("b", 2), claim("c", 3), claim("d", 4))
    chain = same(("a", "b", 1.0), ("b", "c", 1.0), ("c", "d", 1.0))
    syndicated = pl.concat([copies(("db", "da")), copies(("dc", "db"), relation="near_copy"), copies(("dd", "dx"))])
    found = counts(rows, chain, syndicated)
    assert (found["claim_count"], found["document_count"], found["site_count"]) == (4, 2, 2)


def test_of_copies_the_site_that_had_the_article_first_counts():
    rows = claims(claim("a", 1, site="s"), claim("b", 2, site="t"), claim("c", 3, site="t"))
    found = counts(rows, same(("a", "b", 1.0), ("b", "c", 1.0)), copies(("db", "da")))
    assert found["site_count"] == 2


def test_copies_meet_through_a_document_that_makes_no_claim():
    rows = claims(claim("a"), claim("b"))
    assert counts(rows, same(("a", "b", 1.0)), copies(("da", "dx"), ("db", "dx")))["document_count"] == 1


def test_a_revision_is_no_copy():
    rows = claims(claim("a"), claim("b"))
    assert counts(rows, same(("a", "b", 1.0)), copies(("da", "db"), relation="revision_of"))["document_count"] == 2


def test_only_current_documents_count():
    rows = claims(claim("a", 1, is_current=False), claim("b", 2, is_current=False))
    found = counts(rows, same(("a", "b", 1.0)))
    assert [found[f"{what}_count"] for what in ("claim", "document", "site", "speaker")] == [0, 0, 0, 0]


def test_unknown_sites_and_voices_do_not_count_and_a_speaker_counts_once():
    rows = claims(
        claim("a", site=None),
        claim("b", site="s", speaker="Mark Zuckerberg", speaker_id="z"),
        claim("c", site="s", speaker="Zuckerberg", speaker_id="z"),
        claim("d", site="t", speaker="Critics"),
        claim("e", site="t", speaker="critics"),
    )
    found = counts(rows, same(("a", "b", 1.0), ("b", "c", 1.0), ("c", "d", 1.0), ("d", "e", 1.0)))
    assert (found["site_count"], found["speaker_count"]) == (2, 2)


def test_a_cluster_spans_its_publications():
    found = counts(claims(claim("a", 3), claim("b", 9), claim("c", None)), same(("a", "b", 0.9), ("b", "c", 0.9)))
    assert (found["first_published_at"], found["last_published_at"]) == (datetime(2024, 7, 3), datetime(2024, 7, 9))


@pytest.mark.parametrize(
    ("rows", "text"),
    [
        (claims(claim("a", is_current=False), claim("b"), claim("c")), "text of b"),
        (claims(claim("a"), claim("b"), claim("c")), "text of b"),
        (claims(claim("a"), claim("b"), claim("c", checkworthiness=0.9)), "text of b"),
        (claims(claim("a"), claim("b", is_current=False), claim("c", checkworthiness=0.9)), "text of c"),
        (claims(claim("a", 5), claim("b", is_current=False), claim("c", 2)), "text of c"),
    ],
)
def test_a_current_claim_most_like_the_others_speaks_for_the_cluster(rows, text):
    assert counts(rows, same(("a", "b", 0.9), ("b", "c", 0.9)))["text"] == text


def test_clusters_are_declared_rows_whatever_the_order_of_claims():
    rows = claims(*(claim(name, day) for name, day in (("a", 4), ("b", 9), ("c", 5), ("d", 7), ("e", None))))
    relations = same(("b", "d", 0.75), ("b", "e", 0.75), ("d", "e", 0.75))
    found = cluster_claims(rows, relations, copies())
    again = cluster_claims(rows.reverse(), relations.reverse(), copies())
    assert found[0].schema == CLAIM_CLUSTERS.schema
    assert found[0].equals(again[0]) and found[1].equals(again[1])
    assert found[0]["cluster_id"].is_sorted() and found[1]["claim_id"].is_sorted()


def joined_plainly(edges: list[tuple], disputes: set[frozenset]) -> set[frozenset]:
    """The rule said plainly: strongest first, two groups join unless a pair of them disputes or too few are judged the same."""
    edges = [edge for edge in edges if edge[2] >= JOIN_SCORE]
    groups = [{name} for name in sorted({name for edge in edges for name in edge[:2]})]
    linked = {frozenset(edge[:2]) for edge in edges}
    for a, b, score in sorted(edges, key=lambda edge: (-edge[2], *edge[:2])):
        ours, theirs = (next(group for group in groups if name in group) for name in (a, b))
        pairs = {frozenset((x, y)) for x in ours for y in theirs}
        if ours is theirs or pairs & disputes or (score < CERTAIN_SCORE and 2 * len(pairs & linked) <= len(pairs)):
            continue
        groups.remove(theirs)
        groups[groups.index(ours)] = ours | theirs
    return {frozenset(group) for group in groups if len(group) > 1}


@pytest.mark.parametrize("seed", range(20))
def test_clusters_are_joined_by_the_rule_on_any_graph(seed):
    rng = Random(seed)
    names = "abcdefghijkl"
    pairs = [(a, b) for at, a in enumerate(names) for b in names[at + 1 :]]
    drawn = rng.sample(pairs, 26)
    edges = [(*pair, rng.choice((0.6, 0.72, 0.75, 0.85, 0.95))) for pair in drawn[:20]]
    disputed = [(*pair, 0.9) for pair in drawn[20:]]
    relations = pl.concat([same(*edges), same(*disputed, relation="disputes")])
    found: dict[str, set[str]] = {}
    for name, cluster in clusters(claims(*map(claim, names)), relations).items():
        found.setdefault(cluster, set()).add(name)
    expected = joined_plainly(edges, {frozenset(pair) for pair in drawn[20:]})
    assert {frozenset(group) for group in found.values() if len(group) > 1} == expected


def test_no_claims_make_no_clusters():
    found = cluster_claims(claims(), same(), copies())
    assert found[0].equals(CLAIM_CLUSTERS.frame())
    assert found[1].is_empty()


def test_claims_that_are_but_alike_stay_apart():
    assert clusters(claims(claim("a"), claim("b")), same(("a", "b", 0.65))) == {"a": "a", "b": "b"}


def test_a_document_that_prints_two_articles_whole_does_not_make_them_one():
    rows = claims(claim("a", 1), claim("b", 2), claim("c", 3))
    digest = copies(("dc", "da"), ("dc", "db"), relation="near_copy")
    found = counts(rows, same(("a", "b", 1.0), ("b", "c", 1.0)), digest)
    assert (found["claim_count"], found["document_count"], found["site_count"]) == (3, 2, 2)


def test_one_phrase_that_two_speakers_hold_is_two_statements():
    phrase = {"page_id": "p", "document_id": "d", "text": "the sale of the ferry"}
    rows = claims(claim("a", **phrase, speaker="Ann Lee"), claim("b", **phrase, speaker="Bo Lind"))
    assert clusters(rows, same()) == {"a": "a", "b": "b"}
    again = claims(claim("a", **phrase, speaker="Ann Lee"), claim("b", **phrase, speaker="Ann Lee"))
    assert clusters(again, same()) == {"a": "a", "b": "a"}
