from benchmarks.robustness import Ended, Input, summarise


def test_every_input_that_did_not_end_well_lowers_the_figure_and_is_named():
    measured = summarise("d", [Input("a", b""), Input("b", b"")], [Ended("kept", "", None), Ended("none", "", "raised X: y")])
    [figure] = measured.figures
    assert (figure.value, figure.detail, figure.slack) == (0.5, "1 kept, 1 none", 0.0)
    assert measured.errors == ["b: raised X: y"]
