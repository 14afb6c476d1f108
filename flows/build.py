"""The main flow: from INPUTs to a checked, published warehouse."""

from pathlib import Path

from prefect import flow

from flows import startup, steps
from flows.errors import GateStopped
from flows.run import Run, only_run
from flows.settings import load_settings
from flows.summary import Summary


@flow(name="build", flow_run_name=steps.name_of_run)
def build(inputs: list[str] | None = None, warehouse: str | None = None, config: str | None = None) -> Summary:
    """Read what is new in the INPUTs (else in the sources of the settings) and publish it, if it passes the gate.

    Raises GateStopped when it does not: then the run, what was found and the rows held back are all that is published.
    """
    settings = load_settings(Path(config) if config else None, warehouse=Path(warehouse) if warehouse else None)
    with only_run(settings), startup.workers_ended():
        run = Run.begun(settings)
        startup.import_in_background()
        found = steps.discover_pages(inputs or [], run)
        todo = steps.plan(found, run)
        steps.annotate(todo, run)
        news = steps.gather(todo, run)
        settled = steps.settle(news, run)
        verdict = steps.check(settled, news, found, run)
        steps.load(settled, verdict, news, found, run)
        steps.report(run)
        summary = steps.summarise(run, found, todo, settled, verdict)
    if verdict.stopped_by:
        raise GateStopped(summary)
    return summary
