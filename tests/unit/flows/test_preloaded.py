import os
import subprocess
import sys

import pytest

from flows.language_model import VARIABLE
from flows.settings import Reading

TOLD = """
import os, sys, flows.preloaded, flows.language_model
print(len(os.listdir("/proc/self/task")), "polars" in sys.modules, flows.language_model.load_model.cache_info().currsize)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere nothing is forked")
@pytest.mark.parametrize(("model", "loaded"), [(Reading().model, 1), ("no_such_model", 0), ("", 0)])
def test_what_workers_are_forked_from_has_the_model_if_there_is_one_and_a_single_thread(model, loaded):
    environment = {**os.environ, VARIABLE: model, "OPENBLAS_NUM_THREADS": "1"}
    told = subprocess.run(
        [sys.executable, "-c", TOLD], env=environment, capture_output=True, text=True, check=True, timeout=120
    )
    assert told.stdout.split() == ["1", "False", str(loaded)]
