from random import Random

import numpy as np
import pytest

from transforms.shingles import KEY_WINDOW, KEY_WORDS, containment, figures_beside, fold_words, passage_keys, runs_of, shingle

LETTERS = "abcdefghijklmnopqrstuvwxyz"


def words(count: int, seed: int = 1) -> list[str]:
    random = Random(seed)
    return ["".join(random.choices(LETTERS, k=6)) for _ in range(count)]


def test_words_fold_to_what_a_copy_shares():
    assert fold_words("Café’s “OPEN” – source") == ["cafe", "s", "open", "source"]


def test_a_run_has_one_hash_wherever_it_stands_and_another_in_another_order():
    run = words(5)
    assert runs_of([*run, "end"], 5)[0] == runs_of(["start", *run], 5)[1]
    assert runs_of(run, 5)[0] != runs_of(run[::-1], 5)[0]


def test_hashes_are_the_same_on_every_machine():
    assert runs_of("the ferry leaves at nine".split(), 5).tolist() == [194392661297148240]


def test_a_text_shorter_than_a_run_has_none():
    assert len(runs_of(["one", "two"], 5)) == len(passage_keys(["one", "two"])) == 0


def test_the_share_is_that_of_the_smaller_text():
    text = words(104)
    assert containment(shingle(text[:54]), shingle(text)) == 1.0
    assert containment(shingle(text[:54] + words(50, 2)), shingle(text[:54] + words(100, 3))) == pytest.approx(0.5)


def test_nothing_contains_nothing():
    assert containment(shingle([]), shingle(words(60))) == 0.0


@pytest.mark.parametrize("seed", range(20))
def test_texts_that_share_a_passage_share_a_key_wherever_it_stands(seed):
    passage = words(KEY_WORDS + KEY_WINDOW - 1, seed)
    ours, theirs = [*words(300, seed + 100), *passage], [*words(40, seed + 200), *passage, *words(500, seed + 300)]
    assert np.intersect1d(passage_keys(ours), passage_keys(theirs)).size


def test_other_texts_share_no_key_and_keys_are_few():
    assert not np.intersect1d(passage_keys(words(500, 1)), passage_keys(words(500, 2))).size
    assert len(passage_keys(words(900))) < 900 / 6


def test_figures_are_kept_or_replaced_where_the_words_around_them_are_the_same():
    ours = "the wind blows at 13 miles an hour and the high will be 24 degrees while 99 boats lie in port".split()
    theirs = "today the wind blows at 13 miles an hour and the high will be 31 degrees while all is quiet".split()
    assert figures_beside(ours, theirs) == (1, 1)


def test_a_list_that_is_cut_has_no_figures_replaced():
    items = [f"the boat number {number} costs some {10 * number} crowns a day" for number in range(10, 20)]
    assert figures_beside(" ".join(items).split(), " ".join(items[:5]).split()) == (10, 0)
