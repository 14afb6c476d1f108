import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from flows import handover
from flows.errors import ClaimhouseError
from flows.handover import ADDRESS, CODE_BYTES, code_stamp, handed_over

HANDS_OVER = (
    "import sys; from pathlib import Path; from flows.handover import handed_over; sys.exit(handed_over(Path(sys.argv[1])))"
)


class Waiting:
    """Somebody who waits in a data folder, takes what is handed over, and answers with these bytes."""

    def __init__(self, folder: Path, *answers: bytes, code: str | None = None) -> None:
        self.request: dict[str, object] = {}
        self.descriptors: list[int] = []
        self.taken = threading.Event()
        self.go_on = threading.Event()
        self._answers = answers
        self._listening = socket.socket(socket.AF_UNIX)
        self._listening.bind(str(folder / "run"))
        self._listening.listen(1)
        told = {"socket": str(folder / "run"), "code": code or code_stamp()}
        (folder / ADDRESS).parent.mkdir(exist_ok=True)
        (folder / ADDRESS).write_text(json.dumps(told), encoding="utf-8")
        threading.Thread(target=self._take, daemon=True).start()

    def _take(self) -> None:
        connection, _ = self._listening.accept()
        with connection:
            size, self.descriptors, _, _ = socket.recv_fds(connection, CODE_BYTES, 3)
            self.request = json.loads(connection.recv(int.from_bytes(size), socket.MSG_WAITALL))
            for answer in self._answers:
                connection.sendall(answer)
                self.taken.set()
                self.go_on.wait(10)


def number(value: int) -> bytes:
    return value.to_bytes(CODE_BYTES)


@pytest.fixture(autouse=True)
def no_prefect(monkeypatch):
    for name in [name for name in os.environ if name.startswith("PREFECT_")]:
        monkeypatch.delenv(name)


def test_a_command_is_run_by_who_waits_with_its_terminal_folder_and_environment(tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "argv", ["claimhouse", "run", "articles"])
    monkeypatch.setenv("CLAIMHOUSE_READING__MIN_WORDS", "7")
    waiting = Waiting(tmp_path, number(os.getpid()), number(3))
    waiting.go_on.set()

    assert handed_over(tmp_path) == 3
    assert waiting.request["arguments"] == ["run", "articles"]
    assert waiting.request["folder"] == str(Path.cwd())
    assert waiting.request["environment"]["CLAIMHOUSE_READING__MIN_WORDS"] == "7"
    assert [os.fstat(one).st_ino for one in waiting.descriptors] == [os.fstat(one).st_ino for one in (0, 1, 2)]


def test_nobody_waits_in_a_folder_without_an_address_or_with_one_that_nobody_answers(tmp_path):
    assert handed_over(tmp_path) is None
    (tmp_path / "prefect").mkdir()
    (tmp_path / ADDRESS).write_text("no json")
    assert handed_over(tmp_path) is None
    (tmp_path / ADDRESS).write_text(json.dumps({"socket": str(tmp_path / "gone"), "code": code_stamp()}))
    assert handed_over(tmp_path) is None


def test_who_waits_with_another_version_of_the_code_is_given_nothing(tmp_path):
    waiting = Waiting(tmp_path, number(1), number(0), code="another")

    assert handed_over(tmp_path) is None
    assert not waiting.request


def test_settings_of_prefect_s_own_are_read_here(tmp_path, monkeypatch):
    Waiting(tmp_path, number(1), number(0))
    monkeypatch.setenv("PREFECT_API_URL", "http://127.0.0.1:1/api")

    assert handed_over(tmp_path) is None


def test_a_run_that_was_handed_over_is_not_handed_on(tmp_path, monkeypatch):
    Waiting(tmp_path, number(1), number(0))
    monkeypatch.setattr(handover, "is_taken", True)

    assert handed_over(tmp_path) is None


def test_one_that_another_command_was_given_to_first_takes_no_second(tmp_path):
    Waiting(tmp_path)

    assert handed_over(tmp_path) is None


def test_a_process_that_is_ended_at_its_work_is_told_of_with_the_mend(tmp_path):
    waiting = Waiting(tmp_path, number(os.getpid()))
    waiting.go_on.set()

    with pytest.raises(ClaimhouseError, match="the same command goes on from there"):
        handed_over(tmp_path)


def test_ctrl_c_goes_to_who_runs_it(tmp_path):
    at_work = subprocess.Popen([sys.executable, "-c", "import time; print(flush=True); time.sleep(60)"], stdout=subprocess.PIPE)
    at_work.stdout.readline()
    waiting = Waiting(tmp_path, number(at_work.pid), number(130))
    sender = subprocess.Popen([sys.executable, "-c", HANDS_OVER, str(tmp_path)], cwd=Path(handover.__file__).parents[1])
    assert waiting.taken.wait(20)
    time.sleep(0.3)

    sender.send_signal(signal.SIGINT)

    assert at_work.wait(10) != 0
    waiting.go_on.set()
    assert sender.wait(10) == 130


def test_the_stamp_of_the_code_is_another_when_a_file_is(tmp_path, monkeypatch):
    for package in ("flows", "seeds"):
        (tmp_path / package).mkdir()
        (tmp_path / package / "one.py").write_text("1")
    monkeypatch.setattr(handover, "__file__", str(tmp_path / "flows" / "handover.py"))
    before = code_stamp()

    (tmp_path / "seeds" / "one.py").write_text("12")

    assert code_stamp() != before
