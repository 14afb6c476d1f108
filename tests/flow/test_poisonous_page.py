from pathlib import Path

SENTENCE = "The harbour board said that thirty ferries will cross the strait every day from the first of May onwards. "


def write(path: Path, text: str) -> None:
    path.write_text(f"<html><body><article><p>{text}</p></article></body></html>", encoding="utf-8")


def test_a_page_that_costs_its_process_its_life_ends_as_unreadable_and_takes_no_other_with_it(run_flow, tmp_path):
    pages = tmp_path / "pages"
    pages.mkdir()
    for name in ("a", "b", "c", "e", "f"):
        write(pages / f"{name}.html", f"{SENTENCE} Ship {name} was named on Monday. " * 2)
    write(pages / "d.txt", SENTENCE * 20_000)  # minutes of work: the process is ended while it is at it
    settings = "[run]\nbatch_pages = 3\nworkers = 1\npage_timeout_seconds = 5\n"
    ran = run_flow(tmp_path / "data", pages, settings=settings)
    assert ran.summary.outcomes["unreadable"] == 1
    assert sum(ran.summary.outcomes.values()) == 6
    [(key, reason)] = ran.ask("SELECT page_key, outcome_reason FROM documents WHERE outcome = 'unreadable'").rows()
    assert key == "d.txt"
    assert reason == (
        "reading it took longer than page_timeout_seconds, 5: raise it under [run] in claimhouse.toml if it is an article"
    )
