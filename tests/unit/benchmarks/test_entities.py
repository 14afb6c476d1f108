from benchmarks.entities import TYPES, Counts, Found, GoldSentence, count_names, summarise

GOLD = GoldSentence("s", "Ann Lee of Graz University uses SVM, a task, in Graz", (
    (0, 7, "researcher"), (11, 26, "university"), (32, 35, "algorithm"), (39, 43, "task"), (48, 52, "location"),
))  # fmt: skip


def test_a_name_is_right_with_exact_span_and_type():
    assert count_names(GOLD, [(0, 7, "PERSON"), (11, 26, "ORG")]) == Counts(2, 2, 4)
    assert count_names(GOLD, [(0, 3, "PERSON"), (11, 26, "PERSON")]) == Counts(0, 2, 4)


def test_a_location_may_be_either_kind_of_place():
    assert count_names(GOLD, [(48, 52, "GPE")]).right == count_names(GOLD, [(48, 52, "LOC")]).right == 1


def test_a_name_on_a_gold_name_of_another_type_is_left_out():
    assert count_names(GOLD, [(37, 43, "PRODUCT")]).given == 0


def test_a_name_on_a_gold_name_of_a_scored_type_too_is_not_left_out():
    gold = GoldSentence("s", "Graz task", ((0, 4, "location"), (5, 9, "task")))
    assert count_names(gold, [(0, 9, "ORG")]).given == 1


def test_a_name_of_a_type_without_a_word_in_the_gold_is_left_out():
    assert count_names(GOLD, [(8, 10, "WORK"), (8, 10, "NORP")]).given == 0


def test_algorithms_count_as_products_only_where_asked():
    without = {type_: ours for type_, ours in TYPES.items() if type_ != "algorithm"}
    assert count_names(GOLD, [(32, 35, "PRODUCT")]) == Counts(1, 1, 4)
    assert count_names(GOLD, [(32, 35, "PRODUCT")], without) == Counts(0, 0, 3)


def test_both_readings_of_algorithms_are_reported_where_the_data_has_them():
    found = [Found(((32, 35, "PRODUCT"),), ())]
    assert [figure.measure for figure in summarise("d", [GOLD], found).figures] == [
        "entities F1",
        "entities F1, algorithms as products",
    ]
    plain = GoldSentence("s", "Ann", ((0, 3, "person"),))
    assert [figure.value for figure in summarise("d", [plain], [Found(((0, 3, "PERSON"),), ())]).figures] == [1.0]


def test_the_stock_model_stands_beside_our_figure():
    plain = GoldSentence("s", "Ann", ((0, 3, "person"),))
    [figure] = summarise("d", [plain], [Found((), ((0, 3, "PERSON"),))]).figures
    assert (figure.value, figure.known) == (0.0, "stock model in this run 1.000")
