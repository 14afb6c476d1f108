"""The command `claimhouse`. Each command imports what it needs when it runs, so that help and queries answer at once."""
# ruff: noqa: PLC0415

import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Annotated

from cyclopts import App, CycloptsError, Parameter

from flows.cli_checks import checks
from flows.cli_data import backup, export, restore
from flows.cli_move import move, tidy
from flows.cli_options import Config, Format, Warehouse
from flows.cli_quarantine import quarantine
from flows.errors import DONE, WrongUse
from flows.failures import exit_code_of

app = App(
    name="claimhouse",
    help="""A warehouse of what articles claim: who is said to hold it, in which words, and who repeats or disputes it.

```
claimhouse run articles/
claimhouse query "SELECT speaker, quote FROM quotes LIMIT 10"
```

Exit codes: 0 done; 1 the gate stopped the load, the old warehouse stands; 2 something is to be mended first; 3 nothing could be
read; 70 an unexpected error, whose traceback is in the log; 130 stopped by Ctrl-C.
""",
    help_format="markdown",
    result_action="return_value",
    suppress_keyboard_interrupt=False,  # `main` has a word to say about it
)
sources = App(name="sources", help="The places that a run without INPUT reads.", help_format="markdown")
app.command(sources)
app.command(quarantine)
app.command(checks)
app.command(backup)
app.command(restore)
app.command(export)
app.command(move)
app.command(tidy)


@app.command
def run(  # noqa: PLR0913   # its options
    *inputs: Annotated[
        str, Parameter(help="Files, folders, addresses, feeds, sitemaps, archives; without any, the sources of the settings.")
    ],
    since: Annotated[date | None, Parameter(help="Of the web only pages that are dated on this day or later.")] = None,
    until: Annotated[date | None, Parameter(help="Of the web only pages that are dated on this day or earlier.")] = None,
    from_archive: Annotated[
        bool, Parameter(negative="", help="Read what was fetched before, all of it without INPUT, and ask nothing of the web.")
    ] = False,
    json: Annotated[bool, Parameter(negative="", help="Print what the run came to as JSON.")] = False,  # the option's name
    warehouse: Warehouse = None,
    config: Config = None,
) -> int:
    """Read articles and publish what they claim.

    What an INPUT is, is found out by looking at it. What is known is neither fetched nor read again: the same command twice
    changes nothing, and one that was interrupted goes on.

    ```
    claimhouse run articles/ more/page.html
    claimhouse run https://example.org/feed.xml
    claimhouse run https://example.org/sitemap.xml --since 2026-01-01 --until 2026-01-31
    claimhouse run articles/ --warehouse topic.duckdb
    claimhouse run --from-archive
    claimhouse run
    ```
    """
    from flows.handover import handed_over
    from flows.settings import load_settings

    code = handed_over(load_settings(config, warehouse=warehouse).data_dir)
    if code is not None:
        return code

    from flows.launch import Wanted, launch
    from flows.progress import show_queries, show_summary

    summary = launch(Wanted(inputs, since, until, from_archive), warehouse, config)
    if json:
        print(summary.as_json())
        return DONE
    show_summary(summary)
    show_queries({"--warehouse": warehouse, "--config": config})
    return DONE


@app.command
def query(  # noqa: PLR0913   # its options
    sql: Annotated[str, Parameter(help="One statement; - reads it from standard input.")],
    *,
    format: Annotated[Format, Parameter(help="How the answer is written.")] = "table",  # the option's name
    output: Annotated[Path | None, Parameter(name=["--output", "-o"], help="File for the answer.")] = None,
    as_of: Annotated[
        str | None, Parameter(help="Ask a lake as it was at the end of this day, or at this time, in UTC.")
    ] = None,
    warehouse: Warehouse = None,
    config: Config = None,
) -> int:
    """Ask the warehouse in SQL. It can only be read.

    ```
    claimhouse query "SELECT speaker, quote FROM quotes LIMIT 10"
    claimhouse query "FROM disputes" --format csv -o disputes.csv
    claimhouse query "SELECT count(*) FROM claims" --as-of 2026-01-31
    claimhouse query "SHOW TABLES"
    ```
    """
    from flows.query import as_it_was, ask, show
    from flows.settings import load_settings

    place = load_settings(config, warehouse=warehouse).place
    place = as_it_was(place, as_of) if as_of else place
    show(ask(place, sys.stdin.read() if sql == "-" else sql, is_short=format == "table"), format, output)
    return DONE


@app.command
def report(
    *,
    open: Annotated[bool, Parameter(negative="", help="Show the pages in the browser.")] = False,  # the option's name
    data_docs: Annotated[
        bool, Parameter(negative="", help="Check all rows, and write Great Expectations' own pages as well.")
    ] = False,
    warehouse: Warehouse = None,
    config: Config = None,
) -> int:
    """Write the pages on the quality of the data and on its claims anew.

    ```
    claimhouse report --open
    claimhouse report --data-docs
    ```
    """
    import webbrowser

    from flows.own_checks import policy_of
    from flows.reports.pages import write_pages
    from flows.settings import load_settings
    from warehouse.upgrade import reading_current

    settings = load_settings(config, warehouse=warehouse)
    with reading_current(settings.place) as con:
        pages = write_pages(con, settings.data_dir / "reports", policy_of(settings))
    if data_docs:
        from flows.reports.data_docs import write_data_docs

        pages.append(write_data_docs(settings))
    for page in pages:
        print(page)
        if open:
            webbrowser.open(page.absolute().as_uri())
    return DONE


@app.command
def schedule(*, warehouse: Warehouse = None, config: Config = None) -> int:
    """Fetch, build and audit by the clock, as [schedule] in the settings says, until Ctrl-C.

    Folders among the sources are watched for new files as well. Prefect's page shows the runs; its address is printed.

    ```
    claimhouse sources add articles/
    claimhouse schedule
    ```
    """
    from flows.launch import serve_schedule

    serve_schedule(warehouse, config)
    return DONE


@sources.command
def add(
    location: Annotated[str, Parameter(help="An address, a file or a folder.")],
    *,
    title: str | None = None,
    config: Config = None,
) -> int:
    """Find out what a place is, show what would be read there, and add it to the settings file.

    That file is made if there is none.

    ```
    claimhouse sources add https://example.org/ --title "The Example"
    claimhouse sources add articles/ --title "Saved articles"
    ```
    """
    from flows.sources import add_source

    print(add_source(location, title, config))
    return DONE


@sources.command(name="list")
def list_(*, config: Config = None) -> int:
    """List the places of the settings: what each is, when it was last asked, how that ended, and how many pages it named."""
    from flows.sources import list_sources

    for line in list_sources(config):
        print(line)
    return DONE


@sources.command
def check(*, config: Config = None) -> int:
    """Ask every place of the settings what it holds now, and say what is wrong with those that can't be read."""
    from flows.sources import check_sources

    return check_sources(config)


@app.command
def entities(
    text: Annotated[str, Parameter(help="Part of a name or alias; without it the most mentioned are listed.")] = "",
    *,
    type: Annotated[str | None, Parameter(help="Only of this type: PERSON, ORG, GPE, …")] = None,  # the option's name
    limit: int = 30,
    warehouse: Warehouse = None,
    config: Config = None,
) -> int:
    """List the entities of the warehouse, or look for some by name.

    ```
    claimhouse entities meta
    claimhouse entities --type PERSON --limit 10
    ```
    """
    from flows.query import ask, show
    from flows.settings import load_settings

    sql = """
        SELECT name, type, mention_count, document_count, wikidata_id, description,
            list_sort(list(alias) FILTER (alias <> name)) AS aliases
        FROM entities LEFT JOIN entity_aliases USING (entity_id)
        WHERE $type IS NULL OR type = upper($type)
        GROUP BY ALL
        HAVING contains(lower(name), lower($text)) OR len(list_filter(aliases, lambda a: contains(lower(a), lower($text)))) > 0
        ORDER BY mention_count DESC, name LIMIT $limit
    """
    settings = load_settings(config, warehouse=warehouse)
    show(ask(settings.place, sql, {"text": text, "type": type, "limit": limit}, is_short=True), "table", None)
    return DONE


@app.command
def doctor(*, warehouse: Warehouse = None, config: Config = None) -> int:
    """Look whether this machine is ready for a run, and say what to mend where it is not."""
    from flows.doctor import examine
    from flows.settings import load_settings

    ill = False
    for diagnosis in examine(load_settings(config, warehouse=warehouse)):
        ill |= diagnosis.mend is not None
        print(f"{'✗' if diagnosis.mend else '✓'} {diagnosis.thing}: {diagnosis.found}", flush=True)
        if diagnosis.mend:
            print(f"    {diagnosis.mend}")
    return WrongUse.exit_code if ill else DONE


@app.command
def evaluate(*, data: Annotated[Path, Parameter(help="Folder with the benchmark data.")]) -> int:
    """Measure how good extraction, claims and comparison are, on annotated data, against the floors of the repository."""
    sys.path.insert(0, str(Path(__file__).parents[1]))  # benchmarks are part of the repository, not of the installation
    try:
        from benchmarks.evaluate import main as measure
    except ModuleNotFoundError as error:
        if not (error.name or "").startswith("benchmarks"):
            raise
        raise WrongUse("The benchmarks are not part of this installation. Run this in a clone of the repository.") from None
    return measure(data)


def main(arguments: Sequence[str] | None = None) -> int:
    """The command: returns the exit code, and lets no traceback reach the terminal."""
    try:
        return app(arguments, exit_on_error=False, print_error=False) or DONE
    except CycloptsError as error:
        print(f"{error}\n`claimhouse --help` shows what there is.", file=sys.stderr)
        return WrongUse.exit_code
    except (Exception, KeyboardInterrupt) as error:
        return exit_code_of(error)


if __name__ == "__main__":
    sys.exit(main())
