"""What Prefect's page shows of a run: how far it is, what it came to, and the way to the reports."""
# Prefect types these functions as if each call might return a coroutine; called from synchronous code they return the id.
# mypy: disable-error-code="arg-type"

from collections.abc import Callable

from prefect.artifacts import (
    create_link_artifact,
    create_markdown_artifact,
    create_progress_artifact,
    create_table_artifact,
    update_progress_artifact,
)

from flows.summary import OUTCOME_WORDS, Summary


def progress_of(pages: int, read: Callable[[], int]) -> Callable[[], None]:
    """Show how far reading is, of so many pages; the result is to be called whenever it has gone on."""
    artifact = create_progress_artifact(0.0, key="pages-read", description=f"{pages} pages")

    def update() -> None:
        update_progress_artifact(artifact, 100 * read() / pages)

    return update


def show(summary: Summary) -> None:
    """Show what the run came to."""
    lines = [f"- **{label}** {words}" if label else f"  {words}" for label, words in summary.lines()]
    stopped = ["", "Stopped by:", "", *(f"- {reason}" for reason in summary.stopped_by)] if summary.stopped_by else []
    create_markdown_artifact("\n".join([*lines, *stopped]), key="summary", description="What the run came to")
    outcomes = [{"outcome": OUTCOME_WORDS[name], "documents": count} for name, count in sorted(summary.outcomes.items())]
    create_table_artifact(outcomes, key="outcomes", description="What became of the pages that were read")
    for path in summary.reports:
        create_link_artifact(path.absolute().as_uri(), link_text=path.name, key=f"{path.stem.replace('_', '-')}-page")
