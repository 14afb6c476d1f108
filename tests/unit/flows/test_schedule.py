from importlib import import_module
from pathlib import Path

import pytest
import yaml
from prefect import Flow

from flows.errors import WrongUse
from flows.schedule import _schedule
from flows.settings import Schedule, Settings

ROOT = Path(__file__).parents[3]


def test_the_schedule_of_the_settings_is_followed():
    schedule = _schedule(Settings(schedule=Schedule(cron="30 5 * * 1", timezone="Europe/Berlin")))
    assert (schedule.cron, schedule.timezone) == ("30 5 * * 1", "Europe/Berlin")


@pytest.mark.parametrize("wrong", [Schedule(cron="61 6 * * *"), Schedule(timezone="Mars/Base")])
def test_a_schedule_that_cannot_be_followed_is_wrong_use_with_the_mend(wrong):
    with pytest.raises(WrongUse, match=r"Mend `cron` or `timezone` under \[schedule\]"):
        _schedule(Settings(schedule=wrong))


def test_the_deployments_of_the_repository_name_a_flow_by_its_module_and_a_daily_schedule():
    [deployment] = yaml.safe_load((ROOT / "prefect.yaml").read_text(encoding="utf-8"))["deployments"]
    module, name = deployment["entrypoint"].rsplit(".", 1)
    assert isinstance(getattr(import_module(module), name), Flow)
    assert deployment["schedules"] == [{"cron": Schedule().cron, "timezone": Schedule().timezone}]
    assert deployment["concurrency_limit"]["limit"] == 1
