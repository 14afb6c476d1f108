import os
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from flows import prefect_server
from flows.errors import WrongUse
from flows.prefect_server import Server, configure, is_up, log_file, running_server
from flows.settings import Settings


@pytest.fixture
def settings(tmp_path, monkeypatch) -> Settings:
    for name in [name for name in os.environ if name.startswith("PREFECT_")]:
        monkeypatch.delenv(name)
    return Settings(data_dir=tmp_path / "data")


@pytest.fixture
def health() -> Iterator[str]:
    """The API address of something that answers as a healthy server does."""

    class Healthy(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200 if self.path == "/api/health" else 404)
            self.end_headers()
            self.wfile.write(b"true")

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Healthy)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/api"
    server.shutdown()


def test_prefect_keeps_its_data_in_the_data_folder_and_its_log_off_the_terminal(settings, monkeypatch):
    monkeypatch.setattr(os, "environ", {})
    configure(settings)
    assert os.environ["PREFECT_HOME"] == str(settings.data_dir / "prefect")
    assert os.environ["PREFECT_LOGGING_HANDLERS_FILE_FILENAME"] == str(log_file(settings))
    assert os.environ["PREFECT_SERVER_ANALYTICS_ENABLED"] == "false"


def test_what_the_environment_sets_stays(settings, monkeypatch):
    monkeypatch.setattr(os, "environ", {"PREFECT_HOME": "/elsewhere"})
    configure(settings)
    assert os.environ["PREFECT_HOME"] == "/elsewhere"


def test_a_log_that_has_grown_large_is_put_aside(settings, monkeypatch):
    monkeypatch.setattr(os, "environ", {})
    monkeypatch.setattr(prefect_server, "_LOG_MAX_BYTES", 10)
    log = log_file(settings)
    log.parent.mkdir(parents=True)
    log.write_text("more than ten bytes")
    configure(settings)
    assert not log.exists()
    assert log.with_name("claimhouse.log.1").exists()


def test_a_server_is_up_when_it_says_so(health):
    assert is_up(health)
    assert not is_up(health.removesuffix("/api"))
    assert not is_up("http://127.0.0.1:9/api")


def test_the_server_that_the_environment_names_is_used(settings, health, monkeypatch):
    monkeypatch.setenv("PREFECT_API_URL", health)
    assert running_server(settings) == health


def test_the_server_of_a_schedule_on_this_data_folder_is_used(settings, health):
    (settings.data_dir / "prefect").mkdir(parents=True)
    (settings.data_dir / "prefect" / "server.url").write_text(health)
    assert running_server(settings) == health


def test_a_server_that_does_not_answer_is_none(settings, monkeypatch):
    monkeypatch.setenv("PREFECT_API_URL", "http://127.0.0.1:9/api")
    assert running_server(settings) is None


def test_a_port_that_is_taken_is_told_with_the_setting(settings, health, monkeypatch):
    log_file(settings).parent.mkdir(parents=True)
    port = int(health.split(":")[2].split("/")[0])
    with pytest.raises(WrongUse, match=rf"Port {port} can't be used.*under \[schedule\]"):
        Server(settings, port).start()


@pytest.mark.parametrize(("size", "stays"), [(5, True), (15, False)])
def test_a_private_server_begins_anew_when_its_memory_has_grown_large(settings, monkeypatch, size, stays):
    monkeypatch.setattr(prefect_server, "_MEMORY_MAX_BYTES", 10)
    home = settings.data_dir / "prefect"
    home.mkdir(parents=True)
    for name in ("prefect.db", "prefect.db-wal"):
        (home / name).write_bytes(b"x" * size)
    prefect_server._forget_runs(home)
    assert [(home / name).exists() for name in ("prefect.db", "prefect.db-wal")] == [stays, stays]


def test_a_server_that_ends_for_want_of_room_tells_of_the_full_disk(settings, monkeypatch):
    configure(settings)
    log_file(settings).parent.mkdir(parents=True, exist_ok=True)
    server = Server(settings)
    server._ready.set()  # as when its process has ended
    monkeypatch.setattr(prefect_server, "_LEAST_ROOM_BYTES", 2**62)
    with pytest.raises(OSError, match="No space left on device"):
        server.wait()
