import pytest

from benchmarks.speech import Claims, GoldText, Predicted, Said, bare_words, is_right, summarise

TEXT = "Ann said that it rains. Bob thinks so too."
GOLD = GoldText("t", TEXT, [Said([(9, 22)], [(0, 3)], [(4, 8)]), Said([(35, 41)], [(24, 27)], [(28, 34)])])


def _figures(*claims):
    return {figure.measure: figure.value for figure in summarise("d", [GOLD], [Claims(list(claims))]).figures}


def test_a_content_counts_at_each_threshold_that_its_shared_characters_reach():
    figures = _figures(Predicted((14, 22), (0, 3), (4, 8)))  # 8 of 13 characters
    assert figures["attribution, content F1 at 0.3"] == pytest.approx(2 / 3)
    assert figures["attribution, content F1 at 0.8"] == 0.0


def test_an_exact_content_counts_as_exact():
    assert _figures(Predicted((9, 22), (0, 3), (4, 8)))["attribution, content F1 exact"] == pytest.approx(2 / 3)


def test_two_claims_on_one_content_are_right_once():
    both = _figures(Predicted((9, 22), (0, 3), None), Predicted((9, 21), (0, 3), None))
    assert both["attribution, content F1 at 0.3"] == pytest.approx(0.5)


def test_speaker_and_cue_are_judged_on_matched_contents_alone():
    figures = _figures(Predicted((9, 22), (24, 27), (4, 8)), Predicted((0, 3), (0, 3), (4, 8)))
    assert (figures["attribution, speaker"], figures["attribution, cue"]) == (0.0, 1.0)


def test_a_speaker_that_the_gold_does_not_name_is_right_where_none_is_given():
    assert is_right(None, [])
    assert not is_right((0, 3), [])
    assert not is_right(None, [(0, 3)])


def test_errors_name_what_is_extra_missed_and_by_the_wrong_speaker():
    claims = Claims([Predicted((9, 22), (24, 27), None), Predicted((0, 3), None, None)])
    errors = summarise("d", [GOLD], [claims]).errors
    assert [error.split(":")[0] for error in errors] == ["t not in the gold", "t wrong speaker, should be ['Ann']", "t missed"]


def test_marks_at_the_edges_of_a_content_are_set_aside_in_one_figure_only():
    gold = GoldText("t", "“It rains,” Ann said.", [Said([(0, 11)], [(12, 15)], [(16, 20)])])
    claims = Claims([Predicted((1, 9), (12, 15), (16, 20))])
    figures = {figure.measure: figure.value for figure in summarise("d", [gold], [claims]).figures}
    assert figures["attribution, content F1 exact"] == 0.0
    assert figures["attribution by piece, content F1 exact, marks and that aside"] == 1.0


def test_an_opening_that_is_set_aside_with_the_marks():
    assert bare_words("He said that it rains.", (8, 22)) == bare_words("He said that it rains.", (13, 21)) == "it rains"


def test_a_content_in_two_pieces_is_two_where_pieces_count():
    gold = GoldText("t", "“It rains,” Ann said. “It is cold.”", [Said([(0, 11), (22, 35)], [(12, 15)], [(16, 20)])])
    claims = Claims([Predicted((1, 9), (12, 15), (16, 20)), Predicted((23, 34), (12, 15), (16, 20))])
    figures = {figure.measure: figure.value for figure in summarise("d", [gold], [claims]).figures}
    assert figures["attribution, content F1 at 0.3"] < 1.0
    assert figures["attribution by piece, content F1 at 0.3"] == 1.0


def test_a_text_that_is_not_read_has_no_claims_and_leads_the_errors():
    measured = summarise("d", [GOLD], [Claims([], "unreadable: it failed")])
    assert measured.figures[0].value == 0.0
    assert measured.errors[0] == "t is not read, unreadable: it failed"
