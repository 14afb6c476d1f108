from tests.flow.conftest import ARTICLES
from tests.unit.flows.gated import check
from warehouse.database import open_readonly
from warehouse.load import read_table
from warehouse.tables import TABLES

WHEN = ("added_at", "fetched_at", "first_seen_at", "last_seen_at", "revision")
"""What tells of when a document was met. Revisions are numbered as they come, and a released one comes late."""

HELD_BACK = "\n".join((
    check("documents", "url", "NOT contains(url, '01-news') AND NOT contains(url, '06-business')"),
    check("sentences", "position", "position <> 7"),
    check("mentions", "start_char", "start_char % 5 <> 0"),
    check("entities", "name", "NOT contains(name, 'Llama')"),
    check("claims", "text", "NOT contains(text, 'model')"),
    check("claim_clusters", "text", "NOT contains(text, 'open')"),
    check("claim_relations", "score", "score > 0.9"),
    check("quantities", "unit", "unit IS NOT NULL"),
    check("time_expressions", "is_relative", "NOT is_relative"),
))  # fmt: skip


def contents(warehouse):
    with open_readonly(warehouse) as con:
        return {table.name: read_table(con, table).drop(WHEN, strict=False) for table in TABLES if table.written != "run"}


def test_what_is_released_leaves_the_warehouse_of_a_run_that_held_nothing_back(run_flow, claimhouse, samples, tmp_path):
    data = tmp_path / "data"
    data.mkdir()
    (data / "checks.toml").write_text(HELD_BACK, encoding="utf-8")
    held = run_flow(data, ARTICLES, settings='[gate]\nmax_quarantined_percent = 100\nchecks = "checks.toml"\n')
    own = "SELECT DISTINCT table_name FROM quarantine WHERE starts_with(expectation, 'expect_what_the_owner_wants')"
    assert held.ask(own).height == HELD_BACK.count("[[check]]")
    assert held.ask("SELECT count(*) FROM claims").item() < samples.ask("SELECT count(*) FROM claims").item() / 2

    (data / "checks.toml").write_text("", encoding="utf-8")
    command = claimhouse("quarantine", "release", "--all", "--config", data / "claimhouse.toml")
    out, err = command.communicate(timeout=120)
    assert command.returncode == 0, err
    assert out.startswith("Released 3 rows of documents, ")
    wanted = contents(samples.warehouse)
    for name, frame in contents(held.warehouse).items():
        assert frame.equals(wanted[name]), name
    # A cluster of claims that were left takes another name once the first one of it is there.
    ends = "SELECT DISTINCT table_name, resolution FROM quarantine WHERE resolution IS DISTINCT FROM 'released'"
    assert set(held.ask(ends).rows()) <= {("claim_clusters", "dropped")}

    again = run_flow(data, ARTICLES)
    assert (again.summary.status, again.summary.outcomes) == ("unchanged", {})
