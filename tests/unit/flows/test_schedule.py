from importlib import import_module
from pathlib import Path
from types import SimpleNamespace
from uuid import UUID, uuid4

import pytest
import yaml
from prefect import Flow

from flows import schedule
from flows.audit import audit
from flows.build import build
from flows.collect import collect
from flows.errors import WrongUse
from flows.schedule import _deployment, schedule_of, start_build
from flows.settings import Schedule, Settings

ROOT = Path(__file__).parents[3]
FLOWS = [collect, build, audit]


def declared() -> dict[str, dict]:
    """The deployments of prefect.yaml, each beside the flow that it names by its module."""
    deployments = yaml.safe_load((ROOT / "prefect.yaml").read_text(encoding="utf-8"))["deployments"]
    return {deployment["entrypoint"]: deployment for deployment in deployments}


@pytest.mark.parametrize("flow", ["collect", "build", "audit"])
def test_the_schedule_of_the_settings_is_followed(flow):
    followed = schedule_of(flow, Settings(schedule=Schedule(**{flow: "30 5 * * 1"}, timezone="Europe/Berlin")))
    assert (followed.cron, followed.timezone) == ("30 5 * * 1", "Europe/Berlin")


@pytest.mark.parametrize("wrong", [Schedule(build="61 6 * * *"), Schedule(timezone="Mars/Base")])
def test_a_schedule_that_cannot_be_followed_is_wrong_use_with_the_mend(wrong):
    with pytest.raises(WrongUse, match=r"Mend `build` or `timezone` under \[schedule\]"):
        schedule_of("build", Settings(schedule=wrong))


def test_a_deployment_gets_of_the_paths_those_that_its_flow_knows():
    given = {"config": "/here/claimhouse.toml", "warehouse": "/here/topic.duckdb"}
    assert _deployment(build, Settings(), given).parameters == given
    assert _deployment(collect, Settings(), given).parameters == {"config": "/here/claimhouse.toml"}


@pytest.mark.parametrize("flow", FLOWS, ids=lambda flow: flow.name)
def test_the_deployments_of_the_repository_are_those_that_are_served_on_one_machine(flow: Flow):
    served = _deployment(flow, Settings(), {})
    deployment = declared()[served.entrypoint]
    module, name = deployment["entrypoint"].rsplit(".", 1)
    assert getattr(import_module(module), name) is flow
    assert (deployment["name"], deployment["tags"]) == (served.name, served.tags)
    assert deployment["schedules"] == [{"cron": getattr(Schedule(), flow.name), "timezone": Schedule().timezone}]
    assert deployment["concurrency_limit"] == {"limit": 1, "collision_strategy": "ENQUEUE"}


def test_fetching_has_a_pool_of_its_own_so_that_it_goes_on_beside_a_build():
    pools = {entrypoint: deployment["work_pool"]["name"] for entrypoint, deployment in declared().items()}
    assert pools["flows.build.build"] == pools["flows.audit.audit"] != pools["flows.collect.collect"]


@pytest.mark.parametrize("flow", FLOWS, ids=lambda flow: flow.name)
def test_every_parameter_is_described_on_the_page_where_a_person_changes_it(flow: Flow):
    undescribed = [name for name, shape in flow.parameters.properties.items() if not shape.get("description")]
    assert undescribed == []


class Client:
    """As much of a server as `start_build` asks: whether the schedule is on, which runs wait, and a run that is made."""

    def __init__(self, *, paused: bool = False, active: bool = True, waiting: int = 0) -> None:
        self.deployment = SimpleNamespace(id=uuid4(), paused=paused, schedules=[SimpleNamespace(active=active)])
        self.waiting = waiting
        self.started: list[dict] = []

    def __enter__(self) -> "Client":
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def read_deployment_by_name(self, name: str) -> SimpleNamespace:
        assert name == "build/claimhouse"
        return self.deployment

    def read_flow_runs(self, **_: object) -> list[object]:
        return [object()] * self.waiting

    def create_flow_run_from_deployment(self, deployment_id: UUID, **asked: object) -> None:
        self.started.append(asked)


@pytest.mark.parametrize(
    ("client", "started"),
    [(Client(), 1), (Client(waiting=1), 0), (Client(paused=True), 0), (Client(active=False), 0)],
    ids=["free", "one waits already", "paused", "its schedule is paused"],
)
def test_files_that_come_start_one_build_unless_a_person_has_paused_it(monkeypatch, client, started):
    monkeypatch.setattr(schedule, "get_client", lambda **_: client)
    assert start_build()
    assert [asked["parameters"] for asked in client.started] == [{"fetch": False}] * started


def test_files_that_prefect_could_not_be_told_of_are_told_of_again(monkeypatch):
    def gone(**_: object) -> None:
        raise ConnectionError("no server")

    monkeypatch.setattr(schedule, "get_client", gone)
    assert not start_build()
