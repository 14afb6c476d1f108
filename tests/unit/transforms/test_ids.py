from transforms.ids import content_id


def test_an_id_is_the_same_on_every_machine_and_day():
    assert content_id("claim", "d1", 4, 20) == "610dd43bf17cae96318f"


def test_an_id_is_twenty_hex_digits():
    made = content_id("anything")
    assert len(made) == 20
    assert set(made) <= set("0123456789abcdef")


def test_parts_that_join_to_the_same_letters_stay_two_ids():
    assert content_id("ab", "c") != content_id("a", "bc")


def test_the_order_of_the_parts_counts():
    assert content_id("ferry", "pilot") != content_id("pilot", "ferry")


def test_a_number_and_its_digits_are_one_part():
    assert content_id("row", 7) == content_id("row", "7")


def test_a_lone_surrogate_has_an_id_too():
    assert content_id("\ud83d") != content_id("\ud83e")
