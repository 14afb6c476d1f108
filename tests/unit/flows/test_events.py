from datetime import datetime
from types import SimpleNamespace

import pytest
from prefect.states import Crashed, Failed, State

from flows import events
from flows.errors import GateStopped, WrongUse


@pytest.fixture
def sent(monkeypatch) -> list[dict]:
    """What is handed to Prefect, as if a server listened."""
    handed: list[dict] = []
    monkeypatch.setenv("PREFECT_API_URL", "http://127.0.0.1:9/api")
    monkeypatch.setattr(events, "emit_event", lambda **event: handed.append(event))
    return handed


def test_a_silent_source_is_told_with_its_last_new_page_and_what_to_do(sent):
    events.source_silent("s1", "https://example.org/feed", datetime(2026, 3, 4, 5, 6))
    [event] = sent
    assert event["event"] == "claimhouse.source.silent"
    assert event["resource"]["prefect.resource.id"] == "claimhouse.source.s1"
    assert "no new page since 2026-03-04 05:06 UTC" in event["payload"]["problem"]
    assert "claimhouse sources check" in event["payload"]["problem"]


def test_a_source_that_never_had_a_page_is_told_as_such(sent):
    events.source_silent("s1", "https://example.org/feed", None)
    assert "has had no page yet" in sent[0]["payload"]["problem"]


def test_a_closed_gate_is_told_with_the_run_and_all_that_stopped_it(sent):
    events.gate_closed("run-1", ("claims: one thing.", "documents: another."))
    [event] = sent
    assert event["resource"]["prefect.resource.id"] == "claimhouse.warehouse.warehouse"
    assert event["payload"] == {"run_id": "run-1", "problem": "claims: one thing.\ndocuments: another."}


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("https://reader:hunter2@example.org/feed gave 401", "https://example.org/feed gave 401"),
        ("https://example.org/feed?key=hunter2#a timed out", "https://example.org/feed timed out"),
        ("socks5://u:hunter2@proxy:1080 is down", "socks5://proxy:1080 is down"),
        ("no address, but why? Because.", "no address, but why? Because."),
    ],
)
def test_what_is_told_of_an_address_holds_no_secret(sent, said, told):
    events.source_failed("s1", said, said)
    assert sent[0]["payload"] == {"location": told, "problem": told}
    assert "hunter2" not in str(sent)


def test_a_long_story_is_cut_short(sent):
    events.run_failed("run-1", "x" * 100_000)
    assert len(sent[0]["payload"]["problem"]) < 5_000


def test_nothing_is_sent_where_no_server_is_named(sent, monkeypatch):
    monkeypatch.delenv("PREFECT_API_URL")
    events.run_failed("run-1", "it broke")
    assert sent == []


def test_an_event_that_cannot_be_sent_harms_no_run(monkeypatch):
    def refuse(**_):
        raise RuntimeError("no")

    monkeypatch.setenv("PREFECT_API_URL", "http://127.0.0.1:9/api")
    monkeypatch.setattr(events, "emit_event", refuse)
    events.run_failed("run-1", "it broke")


def test_the_resource_is_the_warehouse_that_the_run_builds(sent, monkeypatch):
    monkeypatch.setattr(events.runtime.flow_run, "parameters", {"warehouse": "/there/topic.duckdb"}, raising=False)
    events.gate_closed("run-1", ("x",))
    assert sent[0]["resource"]["prefect.resource.id"] == "claimhouse.warehouse.topic"


def failed_with(error: Exception) -> State:
    return Failed(message=f"Flow run encountered an exception: {error}", data=error)


@pytest.mark.parametrize(
    ("state", "told"),
    [
        (failed_with(WrongUse("Port 80 can't be used.")), ["Port 80 can't be used."]),
        (Crashed(message="The process was killed."), ["The process was killed."]),
        (failed_with(GateStopped(SimpleNamespace(stopped_by=("x",), stands="it stands"))), []),
    ],
    ids=["failed", "crashed", "stopped by the gate, of which another event tells"],
)
def test_a_run_that_fails_is_told_in_the_words_of_its_error(sent, state, told):
    events.tell_of_failure(None, SimpleNamespace(id="run-1"), state)
    assert [event["payload"]["problem"] for event in sent] == told
