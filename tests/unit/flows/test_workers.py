import subprocess
import sys

LEFT_LOCKED = """
from flows.workers import _Runner
runner = _Runner(max_workers=1)
runner.__enter__()
runner._subprocess_message_queue._wlock.acquire()
runner.__exit__(None, None, None)
"""


def test_a_process_that_was_killed_while_it_told_something_keeps_no_run_from_ending():
    assert subprocess.run([sys.executable, "-c", LEFT_LOCKED], timeout=60, check=False).returncode == 0
