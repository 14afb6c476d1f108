from pathlib import Path

import pytest

SENTENCE = "The harbour board said that thirty ferries will cross the strait every day from the first of May onwards. "
GREEDY = "a-" * 31_000
"""One sentence of so many words takes the parser gigabytes."""


@pytest.fixture(scope="module")
def too_big(run_flow, tmp_path_factory):
    """A run with little memory over two good pages and one that takes too much of it."""
    pages = tmp_path_factory.mktemp("too-big") / "pages"
    pages.mkdir()
    for name in ("a", "c"):
        (pages / f"{name}.txt").write_text(f"{SENTENCE} Ship {name} was named on Monday. " * 2)
    (pages / "b.txt").write_text(SENTENCE * 3 + "\n\n" + GREEDY)
    return run_flow(pages.parent / "data", pages, settings="[run]\nworkers = 1\nmax_worker_mb = 1000\n")


def test_a_page_that_takes_too_much_memory_ends_as_unreadable_with_the_setting_to_raise(too_big):
    [(key, reason)] = too_big.ask("SELECT page_key, outcome_reason FROM documents WHERE outcome = 'unreadable'").rows()
    assert key == "b.txt"
    assert reason == (
        "reading it took more memory than max_worker_mb, 1000: raise it under [run] in claimhouse.toml if it is an article"
    )


def test_the_other_pages_of_its_batch_are_read(too_big):
    assert too_big.ask("SELECT page_key FROM documents WHERE outcome = 'kept' ORDER BY 1").rows() == [("a.txt",), ("c.txt",)]


def test_it_is_not_read_again_while_nothing_changes(too_big, run_flow):
    pages = Path(too_big.data.parent / "pages")
    again = run_flow(too_big.data, pages, settings="[run]\nworkers = 1\nmax_worker_mb = 1000\n")
    assert again.summary.status == "unchanged"
