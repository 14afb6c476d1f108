import numpy as np
import pytest
from thinc.api import Linear, chain

from flows.weights import load_weights, read_parameters, save_weights, set_parameters


def model(width: int):
    return chain(Linear(width, 2), Linear(3, width)).initialize()


def test_weights_come_back_as_they_were_stored(tmp_path):
    values = [value + 0.1 for value in read_parameters(model(4))]
    save_weights(tmp_path / "w.npz", values, base="en 1")
    loaded = load_weights(tmp_path / "w.npz", base="en 1")
    other = model(4)
    set_parameters(other, loaded)
    for given, read in zip(values, read_parameters(other), strict=True):
        np.testing.assert_array_equal(given.astype(np.float16).astype(np.float32), read)


def test_weights_of_another_model_are_none(tmp_path):
    save_weights(tmp_path / "w.npz", read_parameters(model(4)), base="en 1")
    assert load_weights(tmp_path / "w.npz", base="en 2") is None


def test_the_same_weights_are_the_same_bytes(tmp_path):
    for name in ("a.npz", "b.npz"):
        save_weights(tmp_path / name, [np.ones((2, 3), dtype=np.float32)], base="en 1")
    assert (tmp_path / "a.npz").read_bytes() == (tmp_path / "b.npz").read_bytes()


def test_weights_that_do_not_fit_are_refused_with_the_mend():
    with pytest.raises(ValueError, match=r"python -m training\.names"):
        set_parameters(model(5), read_parameters(model(4)))


def test_parameters_read_are_copies():
    one = model(4)
    read_parameters(one)[0][:] = 9
    assert not (read_parameters(one)[0] == 9).any()
