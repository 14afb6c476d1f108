"""The flow that goes to the web: sources looked at, what is new fetched and kept. `flows.build` reads it."""

from datetime import date
from pathlib import Path

from prefect import flow

from flows import steps
from flows.errors import NothingRead
from flows.events import tell_of_failure
from flows.fetch.collect import Collected
from flows.inputs import Period, inputs_of
from flows.retries import retried
from flows.settings import load_settings


@flow(name="collect", flow_run_name=steps.name_of_run, on_failure=[tell_of_failure], on_crashed=[tell_of_failure])
def collect(
    inputs: list[str] | None = None, config: str | None = None, since: date | None = None, until: date | None = None
) -> Collected:
    """Fetch what is new in the INPUTs (else in the sources of the settings) into the archive.

    Raises NothingRead where no source answered, WrongUse while another process collects.

    Args:
        inputs: Addresses of feeds, sitemaps and pages, and files that list them; without any, the sources of the settings.
        config: Settings file; without it ./claimhouse.toml, if there is one.
        since: First day, as the sources date pages; inclusive.
        until: Last day, as the sources date pages; inclusive.
    """
    settings = load_settings(Path(config) if config else None)
    asked = inputs_of(inputs or [], settings)
    with retried(NothingRead):
        collected = steps.collect_pages(asked.web, settings, Period.of_days(since, until))
        if asked.web and all(looked.state == "failed" for looked in collected.looked.values()):
            raise NothingRead("\n".join(str(looked.problem) for looked in collected.looked.values()))
    return collected
