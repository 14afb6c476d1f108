"""The suites of Great Expectations: built from checks, run over pandas, and read back as findings."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest
from typing import TYPE_CHECKING

import polars as pl

from expectations.declared import SHAPE_CHECKS
from expectations.marks import rowwise
from expectations.model import Check, World
from expectations.words import reason, row_keys
from warehouse.tables import Table

if TYPE_CHECKING:
    from great_expectations.core import ExpectationSuite, ExpectationSuiteValidationResult, ExpectationValidationResult

CHUNK_ROWS = 100_000
"""Rows that are held as pandas at a time: 25 expectations on as many take 0.45 s, and larger chunks gain no speed."""

NOT_NULL = "ExpectColumnValuesToNotBeNull"
_ROW = "_row"
_LISTED = {"result_format": "COMPLETE", "unexpected_index_column_names": [_ROW]}
MOST_NAMED = 5
"""Failing rows that are named in `observed_value`; all of them are in `quarantine`."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check found in one table.

    `judged` counts the rows that the check says something about, and `failed` numbers those that fail, from 0; it is None where
    the table is judged as a whole. `example` says what is wrong with the first of them, and `error` why the check could not be
    carried out. `counted` is how many fail where they are counted and not listed; `source_id` names the source that was judged.
    """

    table: str
    check: Check
    success: bool
    observed: Mapping[str, object]
    judged: int = 0
    failed: tuple[int, ...] | None = None
    example: str | None = None
    error: str | None = None
    counted: int | None = None
    source_id: str | None = None

    @property
    def failed_count(self) -> int | None:
        """How many rows fail; None where the table is judged as a whole."""
        return self.counted if self.failed is None else len(self.failed)

    @property
    def failed_percent(self) -> float | None:
        """Share of `failed_count` in `judged`; 0 where nothing was to judge."""
        if self.failed_count is None:
            return None
        return 100 * self.failed_count / self.judged if self.judged else 0.0


NONE_FAILS = Check(
    name="expect_what_was_reckoned_to_hold",
    columns=(),
    severity="critical",
    why="Checks across rows and tables are reckoned for all rows at once, and no row fails them",
    mend="they are judged one by one",
    holds=rowwise(pl.lit(value=True)),
)


class Judge:
    """Great Expectations in memory: it writes no file, calls no network and shows no progress bar.

    Making one imports Great Expectations, which takes 4 to 11 s; judging then costs about 4 ms a check.
    """

    def __init__(self) -> None:
        import great_expectations as gx  # noqa: PLC0415 (the import takes seconds: only who validates pays)
        from great_expectations.data_context.types.base import (  # noqa: PLC0415
            DataContextConfig,
            InMemoryStoreBackendDefaults,
            ProgressBarsConfig,
        )

        context = gx.get_context(
            mode="ephemeral",
            project_config=DataContextConfig(
                store_backend_defaults=InMemoryStoreBackendDefaults(init_temp_docs_sites=False),
                analytics_enabled=False,
                progress_bars=ProgressBarsConfig(globally=False, metric_calculations=False),
            ),
        )
        # One asset takes every frame: Great Expectations writes its whole configuration as YAML each time that one is added.
        asset = context.data_sources.add_pandas("claimhouse").add_dataframe_asset("frame")
        self._rows = asset.add_batch_definition_whole_dataframe("rows")

    def judge(self, table: str, frame: pl.DataFrame, checks: Sequence[Check]) -> list[Finding]:
        """Judge a frame that has every column the checks look at, see `marked`; one finding a check, in their order."""
        findings = [Finding(table, check, success=True, observed={}) for check in checks]
        for chunk in _chunks(frame.with_row_index(_ROW)):
            clear = _clear(chunk, checks)
            if clear and self._none_fails(table, chunk, [checks[number] for number in clear]):
                for number, judged in clear.items():
                    findings[number] = _with_rows(findings[number], judged, ())
            else:
                clear = {}
            rest = [(number, check) for number, check in enumerate(checks) if number not in clear]
            looked_at = {column for _, check in rest for column in _columns(check)}
            needless = {column for number in clear for column in _columns(checks[number])} - looked_at
            for number, result in self._results(table, chunk.drop(needless), rest).items():
                findings[number] = _joined(findings[number], result)
        return findings

    def _none_fails(self, table: str, chunk: pl.DataFrame, checks: Sequence[Check]) -> bool:
        """Whether no row fails any of the checks that were reckoned before: one expectation for all, since each takes 10 ms."""
        marks = chunk.select(_ROW, pl.all_horizontal(map(_passes, checks)).alias(NONE_FAILS.mark))
        [result] = self._results(table, marks, [(0, NONE_FAILS)]).values()
        return bool(result.success)

    def _results(
        self, table: str, chunk: pl.DataFrame, checks: Sequence[tuple[int, Check]]
    ) -> dict[int, "ExpectationValidationResult"]:
        """The results by the numbers of the checks: those that could not be judged come first, whatever their place."""
        if not checks:
            return {}
        batch = self._rows.get_batch({"dataframe": chunk.to_pandas()})
        # Counting takes half as long as listing the rows that fail, so these are asked for only where there are some.
        counted = _by_number(batch.validate(build_suite(table, checks), result_format="BASIC"))
        failing = [(number, check) for number, check in checks if counted[number].result.get("unexpected_count")]
        listed = _by_number(batch.validate(build_suite(table, failing), result_format=_LISTED)) if failing else {}
        return {**counted, **listed}


def build_suite(table: str, checks: Iterable[tuple[int, Check]]) -> "ExpectationSuite":
    """The numbered checks as a suite: `notes` say why each stands and what to do when it fails, `meta` its number and name."""
    import great_expectations as gx  # noqa: PLC0415
    from great_expectations import expectations as rules  # noqa: PLC0415

    suite = gx.ExpectationSuite(name=table)
    suite.expectations = [
        getattr(rules, check.rule)(
            **_arguments(check),
            severity=check.severity,
            notes=check.notes,
            meta={"number": number, "name": check.name, "columns": list(check.columns)},
        )
        for number, check in checks
    ]
    return suite


def marked(frame: pl.DataFrame, checks: Sequence[Check], world: World) -> pl.DataFrame:
    """The columns that the checks look at, and a boolean column for each check that is reckoned with Polars.

    Of a column of which only gaps are looked for it says where they are: Great Expectations hashes all that it is given, and
    texts and lists take more time for that than all checks of them.
    """
    looked_at = {column for check in checks if check.holds is None and check.rule != NOT_NULL for column in check.columns}
    gaps = {column for check in checks if check.holds is None for column in check.columns} - looked_at
    there = frame.select(pl.when(pl.col(column).is_not_null()).then(True).alias(column) for column in sorted(gaps))
    plain = [*(series for series in frame if series.name in looked_at), *there]
    return pl.DataFrame([*plain, *(check.holds(frame, world).alias(check.mark) for check in checks if check.holds)])


def judge_rows(judge: Judge, table: Table, frame: pl.DataFrame, checks: Sequence[Check], world: World) -> list[Finding]:
    """Judge the rows of a table, and name the first ones that fail each check."""
    keys = row_keys(table, frame)
    return [_with_example(finding, frame, keys) for finding in judge.judge(table.name, marked(frame, checks, world), checks)]


def judge_shape(judge: Judge, frames: Mapping[str, pl.DataFrame], tables: Mapping[str, Table]) -> list[Finding]:
    """Whether each frame has the declared columns, in order and of the declared types. No row is looked at."""
    shape = pl.DataFrame(
        [
            (name, *wanted, *found)
            for name, frame in frames.items()
            for wanted, found in zip_longest(_typed(tables[name].schema), _typed(frame.schema), fillvalue=(None, None))
        ],
        schema=["table", "declared_name", "declared_type", "found_name", "found_type"],
        orient="row",
    )
    findings = judge.judge("shape", shape, SHAPE_CHECKS)
    return [_of_table(finding, name, shape) for name in frames for finding in findings]


def _typed(schema: pl.Schema) -> list[tuple[str, str]]:
    return [(name, str(dtype)) for name, dtype in schema.items()]


def _arguments(check: Check) -> dict[str, object]:
    if check.holds is not None:
        return {"column": check.mark, "value_set": [True], "mostly": check.mostly}
    if len(check.columns) == 1:
        return {"column": check.columns[0], **check.arguments}
    return dict(check.arguments)


def _of_table(finding: Finding, table: str, shape: pl.DataFrame) -> Finding:
    """The part of a finding about the shape of all tables that is about this one."""
    columns = [str(finding.check.arguments[side]) for side in ("column_A", "column_B")]
    differing = shape[list(finding.failed or ())].filter(pl.col("table") == table).select(columns)
    words = [f"{found or 'nothing'} where {declared or 'nothing'} is declared" for found, declared in differing.iter_rows()]
    observed = {"differing": words} if words else {}
    return replace(finding, table=table, success=not words and finding.error is None, observed=observed, failed=None)


def _by_number(validation: "ExpectationSuiteValidationResult") -> dict[int, "ExpectationValidationResult"]:
    return {result.expectation_config.meta["number"]: result for result in validation.results}


def _with_example(finding: Finding, frame: pl.DataFrame, keys: pl.Series) -> Finding:
    if not finding.failed:
        return finding
    first = frame.row(finding.failed[0], named=True)
    return replace(
        finding,
        observed={**finding.observed, "failing_keys": keys.gather(list(finding.failed[:MOST_NAMED])).to_list()},
        example=f"row {keys[finding.failed[0]]}: {reason(finding.check, first)}",
    )


def _chunks(frame: pl.DataFrame) -> Iterator[pl.DataFrame]:
    """The frame in parts; one empty part where it has no row, so that every check has its result."""
    yield frame.head(CHUNK_ROWS)
    for offset in range(CHUNK_ROWS, frame.height, CHUNK_ROWS):
        yield frame.slice(offset, CHUNK_ROWS)


def _joined(finding: Finding, result: "ExpectationValidationResult") -> Finding:
    """What was found in the chunks so far and in this one."""
    error = _error(result.exception_info)
    if error:
        return replace(finding, success=False, error=error)
    found = result.result
    if "unexpected_count" not in found:
        return replace(finding, success=result.success, observed={"value": found.get("observed_value")})
    judged = found["element_count"] - found.get("missing_count", 0)
    return _with_rows(finding, judged, [int(row[_ROW]) for row in found.get("unexpected_index_list") or ()])


def _with_rows(finding: Finding, judged: int, failed: Iterable[int]) -> Finding:
    """What was found so far and in so many more rows, of which these fail."""
    judged, failed = finding.judged + judged, (*(finding.failed or ()), *failed)
    passed = judged == 0 or 1 - len(failed) / judged >= finding.check.mostly
    return replace(finding, success=passed and finding.error is None, judged=judged, failed=failed)


def _clear(chunk: pl.DataFrame, checks: Sequence[Check]) -> dict[int, int]:
    """Of the checks whose outcome stands in the rows as marks or gaps those that no row fails, by number: rows judged."""
    # pandas takes NaN for a gap, and Polars does not.
    exact = {name for name, kind in chunk.schema.items() if not kind.is_float()}
    reckoned = {
        number: check
        for number, check in enumerate(checks)
        if check.holds or (check.rule == NOT_NULL and exact.issuperset(check.columns))
    }
    if not reckoned:
        return {}
    passing = chunk.select(_passes(check).all().alias(str(number)) for number, check in reckoned.items()).row(0)
    return {
        number: chunk[check.mark].count() if check.holds else chunk.height
        for (number, check), passes in zip(reckoned.items(), passing, strict=True)
        if passes
    }


def _passes(check: Check) -> pl.Expr:
    """Whether a row does not fail a check that was reckoned before; one that says nothing about it does not."""
    return pl.col(check.mark).fill_null(value=True) if check.holds else pl.col(check.columns[0]).is_not_null()


def _columns(check: Check) -> tuple[str, ...]:
    """The columns of the frame that a check looks at, as far as its declaration tells."""
    return (check.mark,) if check.holds else check.columns


def _error(exception_info: Mapping[str, object]) -> str | None:
    """Why a check could not be carried out: Great Expectations gives one exception, or one for each metric that raised."""
    raised = [exception_info, *(info for info in exception_info.values() if isinstance(info, dict))]
    messages = [str(info["exception_message"]) for info in raised if info.get("raised_exception")]
    return messages[0] if messages else None
