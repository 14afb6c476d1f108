"""`claimhouse schedule` as a person leaves it running: one process, with its own Prefect server, for all tests here."""

import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from socket import socket
from typing import Any

import httpx
import pytest
from filelock import FileLock

from warehouse.database import open_readonly

SCHEDULING = Path(__file__).parents[2] / "docs" / "scheduling.md"
PAGE = (
    "The harbour office said on Monday that the old ferry would sail again in May. The boat carries forty people and two cars. "
    "Anna Lindqvist, who runs the port, said that the repair had cost two million crowns."
)


@dataclass
class Served:
    """The running command, and its Prefect server."""

    process: subprocess.Popen[str]
    folder: Path
    page: str
    environment: dict[str, str]
    said: list[str] = field(default_factory=list)

    def ask(self, path: str, **body: object) -> list[dict]:
        return self._answer("POST", path, json=body)

    def runs_of(self, deployment: str, **state: object) -> list[dict]:
        return self.ask(
            "flow_runs/filter",
            flows={"name": {"any_": [deployment]}}, flow_runs={"state": state} if state else {}, sort="EXPECTED_START_TIME_ASC",
        )  # fmt: skip

    def start(self, deployment: str, **parameters: object) -> str:
        found = self._answer("GET", f"deployments/name/{deployment}/claimhouse")
        return self.ask(f"deployments/{found['id']}/create_flow_run", parameters=parameters)["id"]

    def state_of(self, run_id: str) -> str:
        return self._answer("GET", f"flow_runs/{run_id}")["state_name"]

    def _answer(self, method: str, path: str, **more: object) -> Any:
        """What the server answers. While its database is busy it says 503, and its own clients ask again, too."""
        for _ in range(10):
            answer = httpx.request(method, f"{self.page}/api/{path}", timeout=30, **more)
            if answer.status_code != 503:
                break
            time.sleep(1)
        answer.raise_for_status()
        return answer.json()

    def python(self, code: str) -> None:
        subprocess.run([sys.executable, "-c", code], cwd=self.folder, env=self.environment, check=True, timeout=60)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("served")
    (folder / "articles").mkdir()
    with socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    (folder / "claimhouse.toml").write_text(f'[schedule]\nport = {port}\n[[sources]]\nlocation = "articles"\n')
    page = f"http://127.0.0.1:{port}"
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PREFECT_")}
    process = subprocess.Popen(
        [sys.executable, "-m", "flows.cli", "schedule"],
        cwd=folder, env={**environment, "PREFECT_RUNNER_POLL_FREQUENCY": "1"}, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    known = {"PREFECT_HOME": str(folder / "data" / "prefect"), "PREFECT_API_URL": f"{page}/api"}
    served = Served(process, folder, page, {**environment, **known})
    assert process.stdout
    for line in process.stdout:
        served.said.append(line)
        if "Watched" in line:
            break
    wait_until(lambda: len(served.ask("deployments/filter")) == 3)
    yield served
    process.kill()
    process.wait()


@pytest.fixture(scope="module")
def built(served: Served) -> dict:
    """The run that a file started by its coming."""
    time.sleep(1)  # the runners, and with them the watching, begin when the deployments are there
    (served.folder / "articles" / "ferry.txt").write_text(PAGE, encoding="utf-8")
    wait_until(lambda: ended(served.runs_of("build", type={"any_": ["COMPLETED", "FAILED", "CRASHED"]})))
    return served.runs_of("build", type={"any_": ["COMPLETED", "FAILED", "CRASHED"]})[0]


@pytest.fixture
def webhook() -> Iterator[tuple[str, list[str]]]:
    """An address that takes what is posted to it, and what it was sent."""
    sent: list[str] = []

    class Taking(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            sent.append(json.loads(self.rfile.read(int(self.headers["Content-Length"])))["text"])
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Taking)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/claimhouse", sent
    server.shutdown()


def test_the_page_is_named_and_answers(served: Served):
    assert f"Prefect's page: {served.page}\n" in served.said
    assert "<html" in httpx.get(served.page).text


@pytest.mark.parametrize("deployment", ["collect", "build", "audit"])
def test_each_deployment_has_runs_ahead_as_its_schedule_says(served: Served, deployment: str):
    wait_until(lambda: served.runs_of(deployment, name={"any_": ["Scheduled"]}), seconds=30)
    first = datetime.fromisoformat(served.runs_of(deployment, name={"any_": ["Scheduled"]})[0]["expected_start_time"])
    assert datetime.now(UTC) < first
    assert (first.minute, first.second) == (30 if deployment == "build" else 0, 0)


def test_a_file_that_comes_starts_a_build_that_asks_nothing_of_the_web(served: Served, built: dict):
    assert built["state_name"] == "Completed"
    assert built["parameters"]["fetch"] is False
    assert "files came" in built["tags"]
    assert rows(served, "SELECT count(*) FROM documents WHERE outcome = 'kept'") == [(1,)]


def test_the_audit_checks_all_that_was_loaded_and_writes_the_reports_anew(served: Served, built: dict):
    page = served.folder / "data" / "reports" / "quality.html"
    page.unlink()
    run = served.start("audit")
    wait_until(lambda: served.state_of(run) in ("Completed", "Failed"))
    assert served.state_of(run) == "Completed"
    [(checks, failed)] = rows(
        served,
        "SELECT count(*), count_if(NOT success AND severity = 'critical') FROM runs JOIN quality_results USING (run_id) "
        "WHERE status = 'audited' AND table_name IN ('documents', 'sentences', 'claims')",
    )
    assert checks > 50
    assert failed == 0
    assert page.exists()


def test_a_webhook_hears_of_a_closed_gate_a_silent_source_and_a_run_that_failed(served: Served, webhook):
    address, sent = webhook
    [alerts] = re.findall(r"```python\n# alerts\.py\n(.*?)```", SCHEDULING.read_text(encoding="utf-8"), re.DOTALL)
    served.python(alerts.replace("https://hooks.example.org/claimhouse", address))
    wrong = served.start("build", config="nowhere.toml")
    served.python(
        "from datetime import datetime\nfrom flows import events\n"
        "events.gate_closed('run-7', ['claims: \"two\" rows <have> one key.'])\n"
        "events.source_silent('s1', 'https://paper.example/feed?key=secret', datetime(2026, 3, 4))"
    )
    wait_until(lambda: len(sent) == 3)
    gate, run, source = sorted(sent)
    assert gate == 'claimhouse.gate.closed: claims: "two" rows <have> one key.'
    assert run.startswith("claimhouse.run.failed: There is no settings file nowhere.toml")
    assert served.state_of(wrong) == "Failed"  # and not to be tried again: it would fail again
    assert source.startswith("claimhouse.source.silent: https://paper.example/feed has had no new page since 2026-03-04")
    assert "secret" not in source


def test_a_run_that_a_person_starts_is_run_by_the_process_that_waits_and_another_takes_its_place(served: Served, built: dict):
    address = served.folder / "data" / "prefect" / "standby.json"
    wait_until(address.exists)
    waiting = json.loads(address.read_text(encoding="utf-8"))["pid"]
    (served.folder / "by-hand.txt").write_text(PAGE.replace("forty", "ninety").replace("two million", "six million"))
    environment = {name: value for name, value in served.environment.items() if not name.startswith("PREFECT_")}

    command = [sys.executable, "-m", "flows.cli", "run", "by-hand.txt", "--json"]
    ran = subprocess.run(command, check=False, cwd=served.folder, env=environment, capture_output=True, text=True, timeout=60)

    assert ran.returncode == 0, ran.stderr
    assert json.loads(ran.stdout)["outcomes"] == {"kept": 1}
    log = (served.folder / "data" / "logs" / "claimhouse.log").read_text(encoding="utf-8")
    assert f"| {waiting} | flow run 'by-hand.txt at" in log
    wait_until(lambda: address.exists() and json.loads(address.read_text(encoding="utf-8"))["pid"] != waiting)


def test_a_run_that_meets_another_at_work_is_tried_again(served: Served, built: dict):
    with FileLock(served.folder / "data" / "run.lock"):
        met = served.start("build")
        # The place that a deployment has for one run is lent by Prefect for up to five minutes: another test's run may have it.
        wait_until(lambda: served.state_of(met) == "AwaitingRetry", seconds=400, told=lambda: served.state_of(met))


def test_it_ends_in_order_with_its_server_when_told_to(served: Served):
    served.process.send_signal(signal.SIGTERM)
    said, _ = served.process.communicate(timeout=30)
    assert said.endswith("Stopped.\n")
    assert served.process.returncode == 0
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"{served.page}/api/health")


def ended(runs: list[dict]) -> bool:
    return bool(runs)


def rows(served: Served, sql: str) -> list[tuple]:
    con = open_readonly(served.folder / "data" / "warehouse.duckdb")
    try:
        return con.execute(sql).fetchall()
    finally:
        con.close()


def wait_until(holds, seconds: float = 180, told=lambda: "") -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, f"waited in vain {told()}"
        time.sleep(0.2)
