"""Checks of a run as a whole: outcomes that sum, shares held back, and references once the rows held back are gone."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

import polars as pl

from expectations.marks import refers_to_a_known_row, rowwise
from expectations.model import BY_NAME, PAIR, Check, World, info
from expectations.quarantine import Quarantine, must_follow, references
from expectations.suites import Finding, Judge, judge_rows, marked
from warehouse.tables import DOCUMENTS, Table

_LOST_SHOWN = 5

ONE_OUTCOME = Check(
    name="expect_every_page_to_have_one_outcome",
    columns=(),
    severity="critical",
    why="A page without an outcome has vanished on the way, and nobody would miss it",
    mend="compare the pages that were given to the workers with the documents that they staged",
    rule="ExpectTableRowCountToEqual",
)
FEW_HELD_BACK = Check(
    name="expect_quarantined_share_to_stay_low",
    columns=(),
    severity="critical",
    why="A few odd rows are the world's doing, but a larger share means that a step or a source has changed",
    mend="see in quarantine what the rows have in common, or raise max_quarantined_percent under [gate] in claimhouse.toml",
    rule=PAIR,
    arguments={"column_A": "allowed", "column_B": "held", "or_equal": True},
)
NONE_DANGLING = Check(
    name="expect_references_to_hold_after_quarantine",
    columns=(),
    severity="critical",
    why="What is loaded must be whole, so that every join along a reference finds its row",
    mend="look at how expectations/quarantine.py lets rows follow those that they refer to",
    words="a reference leads to no row",
)
NONE_EMPTIED = info(
    name="expect_optional_references_to_survive",
    columns=(),
    why="Where the row that an optional reference led to was held back, the reference is emptied",
    mend="look in quarantine for why that row was held back",
    words="an optional reference was emptied",
)
STILL_FOUND = Check(
    name="expect_loaded_rows_to_keep_what_they_refer_to",
    columns=(),
    severity="critical",
    why="What a load touches in this table is replaced, and rows that are loaded must not lose what they refer to in it",
    mend="look at why the row is gone: it was held back, or not made from all that the warehouse holds of it",
    words="a loaded row refers to a row that is gone",
)
WHOLE_CHECKS = (ONE_OUTCOME, FEW_HELD_BACK, NONE_DANGLING, NONE_EMPTIED, STILL_FOUND)


def judge_outcomes(judge: Judge, documents: pl.DataFrame, pages: int) -> Finding:
    """Whether every page ended in one document; that its outcome is one of the declared ones is a check of its row."""
    one_each = replace(ONE_OUTCOME, arguments={"value": pages})
    [finding] = judge.judge(DOCUMENTS.name, documents.select("document_id"), [one_each])
    outcomes = dict(documents.group_by("outcome").len().sort("outcome").iter_rows())
    return replace(finding, observed={"pages": pages, "documents": documents.height, "outcomes": outcomes})


def judge_shares(judge: Judge, frames: Mapping[str, pl.DataFrame], held: Mapping[str, int], percent: float) -> list[Finding]:
    """Whether few enough rows of each table failed on their own account; those that follow another are not to be in `held`.

    One row may always fail, whatever its share, so that one odd page in three does not stop a run; at 0 percent none may.
    """
    counts = [(frames[name].height, held[name]) for name in frames]
    shares = pl.DataFrame(counts, schema={"rows": pl.Int64, "held": pl.Int64}, orient="row").with_columns(
        allowed=(pl.col("rows") * percent / 100).floor().clip(1 if percent else 0).cast(pl.Int64)
    )
    [finding] = judge.judge("shares", shares, [FEW_HELD_BACK])
    too_many = set(finding.failed or ())
    return [
        replace(finding, table=name, success=not finding.error and number not in too_many, observed=row, failed=None)
        for number, (name, row) in enumerate(zip(frames, shares.iter_rows(named=True), strict=True))
    ]


def judge_references(judge: Judge, passed: Mapping[str, pl.DataFrame], quarantine: Quarantine, world: World) -> list[Finding]:
    """Whether no row that may be loaded refers to one that was held back, and which optional references were emptied."""
    findings: list[Finding] = []
    for table in (BY_NAME[name] for name in passed):
        if checks := list(_reference_checks(table, quarantine, world)):
            findings.extend(judge_rows(judge, table, passed[table.name], checks, world))
    return findings


def judge_loaded(judge: Judge, passed: Mapping[str, pl.DataFrame], world: World) -> Iterator[Finding]:
    """Whether rows loaded earlier still find what they refer to in the tables of which this load replaces rows."""
    for table, column in references(BY_NAME):
        name, reference = f"{table.name}.{column.name}", column.references or ""
        target = reference.split(".")[0]
        if BY_NAME[target].written != "touched" or target not in passed or name not in world.known:
            continue
        loaded = world.known[name].drop_nulls().unique().sort().alias(name).to_frame()
        still_found = replace(STILL_FOUND, columns=(name,), holds=refers_to_a_known_row(name, reference))
        [finding] = judge.judge(target, marked(loaded, [still_found], world), [still_found])
        lost = loaded[name].gather(list(finding.failed or ())).to_list()
        yield replace(finding, failed=None, observed={"lost": len(lost), "such_as": lost[:_LOST_SHOWN]})


def _reference_checks(table: Table, quarantine: Quarantine, world: World) -> Iterator[Check]:
    referring = [column for _, column in references([table.name])]
    if referring:
        rules = [
            pl.col(column.name).is_null() | pl.col(column.name).is_in(world.keys(column.references or "").implode())
            for column in referring
        ]
        names = tuple(column.name for column in referring)
        yield replace(NONE_DANGLING, columns=names, holds=rowwise(pl.all_horizontal(rules)))
    optional = tuple(column.name for column in referring if not must_follow(table, column))
    if optional:
        yield replace(NONE_EMPTIED, columns=optional, holds=lambda _, __: quarantine.kept_references(table))
