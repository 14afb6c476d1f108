"""The memory of a process that handles tables."""

import gc
import subprocess
import sys
import weakref

import pytest

from flows.limits import give_back_what_is_free

# Blocks as of tables, freed while small things that were made beside them live on.
_TABLES = """
import psutil, sys
from flows.limits import give_back_memory
if sys.argv[1] == "gives":
    give_back_memory()
b"0" * (30 << 20)
tables, beside = [], []
for _ in range(100):
    tables.append(b"0" * (2 << 20))
    beside.append(b"1" * 100_000)
tables.clear()
print(psutil.Process().memory_info().rss)
"""


def memory_of(process: str) -> int:
    done = subprocess.run([sys.executable, "-c", _TABLES, process], check=True, capture_output=True, text=True)
    return int(done.stdout)


@pytest.mark.skipif(sys.platform != "linux", reason="glibc alone has this setting")
def test_a_process_gives_back_what_large_blocks_took():
    assert memory_of("gives") < memory_of("keeps") - 100_000_000


def test_what_nothing_reaches_goes_at_once_though_the_collector_comes_seldom():
    class Left:
        """Something that refers to itself, as what checks leave behind does."""

        def __init__(self) -> None:
            self.itself = self

    gc.disable()
    try:
        left = weakref.ref(Left())
        assert left() is not None
        give_back_what_is_free()
        assert left() is None
    finally:
        gc.enable()
