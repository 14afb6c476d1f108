from benchmarks.compare_scale import MOST_TIMES, MOST_TIMES_A_DAY, Turn, Turns, figures_of
from benchmarks.made_claims import Articles, Maker, Statement


def made(count: int) -> dict:
    articles = Articles()
    articles.add([statement for statement, _ in Maker(1).statements(0, count, list[Statement]())])
    return articles.take()


def test_made_rows_have_spans_that_reproduce_their_words():
    frames = made(60)
    [text] = frames["documents"]["text"]
    for table in ("sentences", "claims", "mentions", "quantities"):
        for start, end, words in frames[table].select("start_char", "end_char", "text").iter_rows():
            assert text[start:end] == words


def test_a_larger_make_begins_as_a_smaller_one():
    few, many = (made(count)["claims"]["text"].to_list() for count in (20, 40))
    assert many[:20] == few


def test_some_statements_are_made_again_in_other_words():
    statements = list(Maker(1).statements(0, 200, list[Statement]()))
    again = [(statement, said) for statement, said in statements if said != statement.number]
    assert again
    assert all(statement.words != statements[said][0].words for statement, said in again)


def test_times_and_memory_have_limits():
    few, many = Turn(2.0, 1.0, 10, 10**9), Turn(5.0, 1.0, 20, 2 * 10**9)
    times, memory, _ = figures_of(Turns(few, many, few, many), 1_000_000)
    assert (times.value, times.limit, memory.value) == (2.5, MOST_TIMES, 2.0)


def test_a_day_is_held_against_the_same_one_on_an_empty_warehouse_with_its_load():
    alone, beside = Turn(8.0, 2.0, 10, 10**9), Turn(11.0, 4.0, 20, 2 * 10**9)
    *_, day = figures_of(Turns(alone, alone, alone, beside), 1_000_000)
    assert (day.value, day.limit) == (1.5, MOST_TIMES_A_DAY)
