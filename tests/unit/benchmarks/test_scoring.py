import pytest

from benchmarks.scoring import average_precision, f1, f1_of, match_one_to_one, overlaps, shared_share, shingle_overlap, shingles


def test_f1_is_the_harmonic_mean_and_zero_where_nothing_is_right():
    assert f1(0.5, 1.0) == pytest.approx(2 / 3)
    assert f1_of(0, 3, 4) == 0.0
    assert f1_of(2, 4, 2) == pytest.approx(2 / 3)


def test_shingles_are_runs_of_words_in_lower_case_and_count_repeats():
    assert shingles("The cat. The CAT!", 2) == {("the", "cat"): 2, ("cat", "the"): 1}


def test_a_text_shorter_than_a_shingle_is_one_shingle():
    assert shingles("two words", 4) == {("two", "words"): 1}
    assert not shingles(" – ", 4)


def test_precision_falls_with_what_is_extra_and_recall_with_what_is_missing():
    precision, recall = shingle_overlap("a b c d x y", "a b c d", 1)
    assert (precision, recall) == (pytest.approx(4 / 6), 1.0)
    assert shingle_overlap("", "a b", 1) == (0.0, 0.0)
    assert shingle_overlap("", "", 4) == (1.0, 1.0)


def test_a_word_that_is_repeated_is_right_only_as_often_as_the_gold_has_it():
    assert shingle_overlap("a a a", "a b", 1) == (pytest.approx(1 / 3), 0.5)


def test_shared_share_is_the_intersection_over_the_union_in_characters():
    assert shared_share([(0, 10)], [(5, 15)]) == pytest.approx(5 / 15)
    assert shared_share([(0, 10)], [(0, 4), (6, 10)]) == pytest.approx(8 / 10)
    assert shared_share([], []) == 0.0


def test_spans_that_only_touch_do_not_overlap():
    assert not overlaps((0, 5), [(5, 9)])
    assert overlaps((0, 5), [(20, 30), (4, 9)])
    assert not overlaps(None, [(0, 9)])


def test_matching_takes_the_best_pair_first_and_each_span_once():
    matched = match_one_to_one([(0, 10), (0, 8)], [[(0, 8)], [(9, 12)]])
    assert matched == [(1, 0, 1.0), (0, 1, pytest.approx(1 / 12))]


def test_average_precision_of_a_perfect_ranking_is_one():
    assert average_precision([0.9, 0.8, 0.1], [True, True, False]) == 1.0
    assert average_precision([0.9, 0.8, 0.1], [False, True, True]) == pytest.approx(0.5 * 1 / 2 + 0.5 * 2 / 3)


def test_equal_scores_are_one_step_whatever_their_order():
    assert average_precision([0.5, 0.5], [True, False]) == average_precision([0.5, 0.5], [False, True]) == 0.5
