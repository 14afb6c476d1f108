"""What worker processes are forked from: its import loads the language model and the identifier of languages, once for all.

The fork server (`multiprocessing.forkserver`) imports this and nothing else of ours. It must have one thread alone: others are
not there any more in a forked process, and what they held stays locked. So Polars, which has threads, is not imported.
"""

import contextlib
import gc
import os

import prefect.task_runners  # noqa: F401  # what workers need beside the model
import trafilatura  # noqa: F401

from flows.errors import WrongUse
from flows.language_model import VARIABLE, load_model
from flows.limits import give_back_memory
from transforms.language import language_of

_TEXT = "The harbour board said on Monday that thirty ferries will cross the strait every day from May."

# What is wrong with the model or the disk is told by the first task. An import that raises would end the fork server.
with contextlib.suppress(WrongUse, OSError, MemoryError):
    if name := os.environ.get(VARIABLE):
        give_back_memory()
        load_model(name)
        language_of(_TEXT)  # which loads 70 MB of tables when it is first asked
        gc.collect()
        gc.freeze()  # else the collector would write to each object of the model, and so copy it into every process
