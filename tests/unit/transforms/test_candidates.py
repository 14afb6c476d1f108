import polars as pl
import pytest

from transforms import candidates
from transforms.candidates import (
    MEAN_MET,
    MEAN_MET_OF_ONE_ENTITY,
    MOST_ALIKE,
    MOST_MET,
    NEIGHBOURS,
    SURELY_MET,
    TERMED_CLAIMS,
    TERMS_PER_CLAIM,
    find_candidates,
    numbered,
)

IDLE = [(f"idle{at}", f"word{at}") for at in range(MOST_MET // MEAN_MET)]
"""Claims that meet nobody, so that another may meet the most and new ones still not too many on average."""


def claims(*rows: tuple[str, str], weight: float = 2.0, entities: list[str] | None = None, figures: str = "") -> pl.DataFrame:
    """Claims with an id and terms parted by spaces, all of one weight."""
    return weighted(*((name, dict.fromkeys(terms.split(), weight)) for name, terms in rows), entities=entities, figures=figures)


def weighted(*rows: tuple[str, dict[str, float]], entities: list[str] | None = None, figures: str = "") -> pl.DataFrame:
    """Claims with an id and the weight of each term."""
    termed = [(name, *numbered(terms, entities or [], figures)) for name, terms in rows]
    return pl.DataFrame(termed, schema=TERMED_CLAIMS, orient="row")


def pairs(new: pl.DataFrame, known: pl.DataFrame | None = None, least_share: float = 0.0) -> list[tuple[str, str]]:
    found = find_candidates(new, new.clear() if known is None else known, least_share=least_share)
    return found.select("claim_id", "other_claim_id").rows()


def test_two_shared_terms_make_a_pair_and_one_usual_term_does_not():
    assert pairs(claims(("a", "open model"), ("b", "open model safe"), ("c", "open door"))) == [("a", "b")]


def test_one_rare_term_makes_a_pair():
    assert pairs(claims(("a", "renquist rain"), ("b", "renquist snow"), weight=4.0)) == [("a", "b")]


def test_an_entity_and_one_term_make_a_pair():
    assert pairs(claims(("a", "facebook bought"), ("b", "meta bought"), entities=["e1"])) == [("a", "b")]


def test_only_the_first_entities_make_keys():
    many = ["e1", "e2", "e3", "e4"]
    found = pl.concat([claims(("a", "facebook bought"), entities=many), claims(("b", "meta bought"), entities=["e4"])])
    assert pairs(found) == []


def test_a_pair_below_the_least_share_is_dropped():
    found = claims(("a", "open model"), ("b", "open model x1 x2 x3 x4"))
    assert pairs(found, least_share=0.5) == [("a", "b")]
    assert pairs(found, least_share=0.51) == []


def test_the_share_is_twice_the_shared_weight_over_both():
    found = find_candidates(claims(("a", "open model"), ("b", "open model safe cheap")), claims(), least_share=0)
    assert found["share"].to_list() == pytest.approx([2 * 4 / 12])


def test_known_claims_meet_new_ones_only():
    assert pairs(claims(("b", "open model")), claims(("a", "open model"), ("c", "open model"))) == [("a", "b"), ("b", "c")]


def test_a_pair_comes_once_and_in_order_however_many_keys_it_shares():
    assert pairs(claims(("z", "a b c d e"), ("a", "a b c d e"))) == [("a", "z")]


def test_a_crowded_block_is_bounded_and_keeps_equal_claims_together():
    crowd = claims(*((f"c{at:04d}", f"open model kind{at % 20}") for at in range(1000)))
    found = pairs(crowd)
    assert len(found) <= 2 * NEIGHBOURS * 1000
    assert found == sorted(set(found))
    # The claims with one set of terms form one chain, whatever stands between their ids.
    chained = {name for pair in found for name in pair if int(pair[0][1:]) % 20 == int(pair[1][1:]) % 20}
    assert len(chained) == 1000


def test_a_pair_met_in_a_crowd_and_apart_comes_once():
    crowd = claims(*((f"c{at:04d}", "open model zeta" if at < 2 else "open model") for at in range(100)))
    found = pairs(crowd)
    assert found.count(("c0000", "c0001")) == 1
    assert found == sorted(set(found))


def test_a_crowd_is_sorted_by_all_terms():
    heavy = [f"term{at}" for at in range(TERMS_PER_CLAIM)]
    rows = [(f"c{at:04d}", {**dict.fromkeys(heavy, 3.0), f"kind{at % 20}": 1.0}) for at in range(400)]
    found = pairs(weighted(*rows))
    alike = {pair for pair in found if int(pair[0][1:]) % 20 == int(pair[1][1:]) % 20}
    assert {name for pair in alike for name in pair} == {f"c{at:04d}" for at in range(400)}


def test_known_claims_of_a_crowded_block_do_not_meet_again():
    crowd = claims(*((f"c{at:04d}", "open model") for at in range(100)))
    assert {name for pair in pairs(claims(("c0050x", "open model")), crowd) for name in pair if name == "c0050x"} == {"c0050x"}
    assert all("c0050x" in pair for pair in pairs(claims(("c0050x", "open model")), crowd))


def test_equal_figures_stand_together_in_a_crowded_block():
    rows = [claims((f"c{at:04d}", "parameter model"), figures=str(at % 20)) for at in range(400)]
    found = pairs(pl.concat(rows))
    alike = {pair for pair in found if int(pair[0][1:]) % 20 == int(pair[1][1:]) % 20}
    assert {name for pair in alike for name in pair} == {f"c{at:04d}" for at in range(400)}


def test_a_small_block_is_paired_out():
    block = claims(*((f"c{at:02d}", f"open model kind{at}") for at in range(MEAN_MET + 1)))
    assert len(pairs(block)) == (MEAN_MET + 1) * MEAN_MET / 2


def test_of_many_claims_a_new_one_meets_those_that_share_most_with_it():
    half = MOST_MET // 2
    near = claims(*((f"n{at:02d}", f"open model safe kind{at}") for at in range(half)))
    wide = claims(*((f"w{at:02d}", f"cheap phone safe sort{at}") for at in range(half)))
    far = claims(*((f"a{at:02d}", f"open phone kind{at} sort{at} more") for at in range(half - 1)))
    found = pairs(claims(("new", "open model cheap phone safe"), *IDLE), pl.concat([near, wide, far]))
    assert found == sorted((min(name, "new"), max(name, "new")) for name in (*near["claim_id"], *wide["claim_id"]))


def test_a_statement_made_again_and_again_leaves_room_for_others():
    same = claims(*((f"s{at:02d}", "open model safe") for at in range(30)))
    found = pairs(claims(("new", "open model safe"), *IDLE), pl.concat([same, claims(("other", "open model closed"))]))
    assert found == [("new", "other"), *(("new", f"s{at:02d}") for at in range(MOST_ALIKE))]


def test_what_meets_does_not_hang_on_which_claim_is_new():
    rows = claims(*((f"c{at:02d}", f"open model kind{at % 7} sort{at % 5}") for at in range(MEAN_MET + 1)))
    whole = pairs(rows)
    assert sorted([*pairs(rows[:7]), *pairs(rows[7:], rows[:7])]) == whole


def test_what_meets_does_not_hang_on_how_much_is_weighed_at_once(monkeypatch):
    new = claims(*((f"n{at:02d}", f"open model safe kind{at % 4} sort{at % 3}") for at in range(20)), *IDLE)
    known = claims(*((f"k{at:03d}", f"open model safe kind{at % 9} sort{at % 7} more{at}") for at in range(300)))
    monkeypatch.setattr(candidates, "LARGEST_BLOCK", 1_000)  # all meet all: more than count
    whole = pairs(new, known)
    assert 0 < len(whole) < new.height * known.height / 2
    monkeypatch.setattr(candidates, "PAIRS_AT_ONCE", 10)
    assert pairs(new, known) == whole


def test_claims_without_terms_meet_nobody():
    assert pairs(claims(("a", ""), ("b", ""))) == []
    assert pairs(claims()) == []


def test_where_claims_meet_too_many_on_average_each_meets_those_that_share_most():
    topics = range(5)
    new = claims(*((f"new{topic}", f"open model topic{topic}") for topic in topics))
    known = claims(*((f"k{topic}{at:02d}", f"open topic{topic} {'x' * at}") for topic in topics for at in range(35)))
    found = pairs(new, known)
    met = pl.DataFrame(found, schema=["a", "b"], orient="row")["b"].value_counts()["count"]
    assert len(found) == MEAN_MET * len(topics)
    assert met.min() >= SURELY_MET


def test_beyond_that_it_meets_those_that_name_an_entity_of_it():
    near = claims(*((f"n{at:02d}", f"open model safe kind{at}") for at in range(MEAN_MET)))
    of_one = claims(
        *((f"o{at:02d}", f"open model sort{at} more") for at in range(MEAN_MET_OF_ONE_ENTITY + 5)), entities=["Q1", "Q2"]
    )
    of_none = claims(*((f"b{at:02d}", f"open model sort{at} more") for at in range(5)), entities=["Q3"])
    new = claims(("a", "open model safe"), entities=["Q2", "Q4"])
    met = [other for _, other in pairs(new, pl.concat([near, of_one, of_none]))]
    assert met == [*near["claim_id"], *of_one["claim_id"][:MEAN_MET_OF_ONE_ENTITY]]
