"""Great Expectations' own pages, Data Docs: every suite with its expectations, and what they find in the published warehouse.

They are made by its renderers, and set by templates of ours: its own load styles and scripts from eight hosts of the web, and
its first page stays empty without these. Rows are named by their keys alone: an article's words are not on these pages.
"""

import html
import json
import shutil
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from expectations.audit import Audit
from expectations.model import BY_NAME, Check
from expectations.policy import Policy
from expectations.suites import Judge
from flows.clock import now
from flows.own_checks import policy_of
from flows.settings import Settings
from flows.source_past import freshness_of_all
from warehouse.database import open_readonly
from warehouse.parts import parts
from warehouse.tallies import tallies

if TYPE_CHECKING:
    from great_expectations.core import ExpectationSuite, ExpectationSuiteValidationResult, ExpectationValidationResult
    from great_expectations.data_context import EphemeralDataContext
    from great_expectations.expectations.expectation import Expectation

Result = Mapping[str, object]
"""A row of `quality_results`."""

_RUN = "audit"
_VIEWS = "flows.reports.data_docs_views"


def write_data_docs(settings: Settings) -> Path:
    """Check every row of the published warehouse and write the site under the folder of the reports; its first page.

    A site that is there is replaced as a whole. Raises what `open_readonly` and `policy_of` raise.
    """
    with closing(open_readonly(settings.place)) as con:
        policy = policy_of(settings, con)
        found = Audit(Judge(), now(), policy)
        for part in parts(con):
            found.add(part.frames, part.found)
        found.add_tallies(tallies(con))
        found.add_freshness(freshness_of_all(con, settings))
    results = found.quality_results(_RUN).to_dicts()
    folder = settings.data_dir.absolute() / "reports" / "data_docs"
    unfinished = folder.with_name(".data_docs.part")
    shutil.rmtree(unfinished, ignore_errors=True)
    _build(results, policy, unfinished)
    shutil.rmtree(folder, ignore_errors=True)
    return unfinished.replace(folder) / "index.html"


def _build(results: Sequence[Result], policy: Policy, folder: Path) -> None:
    from great_expectations.core.run_identifier import RunIdentifier  # noqa: PLC0415 (the import takes seconds)
    from great_expectations.data_context.types.resource_identifiers import (  # noqa: PLC0415
        ExpectationSuiteIdentifier,
        ValidationResultIdentifier,
    )

    context = _context(folder)
    run = RunIdentifier(run_name=_RUN)
    for table in BY_NAME:
        of_table = [result for result in results if result["table_name"] == table]
        told = [(check, result) for result in of_table if (check := _check_of(result, policy))]
        suite = _suite(table, told)
        context.suites.add(suite)
        key = ValidationResultIdentifier(ExpectationSuiteIdentifier(table), run, table)
        context.validation_results_store.set(key, _validation(suite, [result for _, result in told], run))
    context.build_data_docs()
    shutil.rmtree(folder / "static")  # pictures and fonts of pages as Great Expectations sets them


def _check_of(result: Result, policy: Policy) -> Check | None:
    column = result["column_name"]
    return policy.find(str(result["table_name"]), str(result["expectation"]), str(column) if column is not None else None)


def _context(folder: Path) -> "EphemeralDataContext":
    """Great Expectations in memory, but for the site. It calls nobody, and shows no progress bar."""
    import great_expectations as gx  # noqa: PLC0415
    from great_expectations.data_context.types.base import (  # noqa: PLC0415
        DataContextConfig,
        InMemoryStoreBackendDefaults,
        ProgressBarsConfig,
    )

    section = {"class_name": "DefaultSiteSectionBuilder", "view": {"module_name": _VIEWS, "class_name": "PageView"}}
    renderers = {"expectations": "ExpectationSuitePageRenderer", "validations": "ValidationResultsPageRenderer"}
    stores = {"expectations": "expectations_store", "validations": "validation_results_store"}
    site = {
        "class_name": "SiteBuilder",
        "show_how_to_buttons": False,
        "store_backend": {"class_name": "TupleFilesystemStoreBackend", "base_directory": str(folder)},
        "site_index_builder": {
            "class_name": "DefaultSiteIndexBuilder",
            "view": {"module_name": _VIEWS, "class_name": "IndexPageView"},
        },
        "site_section_builders": {
            name: {**section, "source_store_name": stores[name], "renderer": {"class_name": renderer}}
            for name, renderer in renderers.items()
        },
    }
    config = DataContextConfig(
        store_backend_defaults=InMemoryStoreBackendDefaults(init_temp_docs_sites=False),
        data_docs_sites={"claimhouse": site},
        analytics_enabled=False,
        progress_bars=ProgressBarsConfig(globally=False, metric_calculations=False),
    )
    return gx.get_context(mode="ephemeral", project_config=config)


def _suite(table: str, told: Sequence[tuple[Check, Result]]) -> "ExpectationSuite":
    import great_expectations as gx  # noqa: PLC0415

    suite = gx.ExpectationSuite(name=table)
    suite.expectations = [
        _expectation(table, check, {"number": number, "source": result["source_id"]})
        for number, (check, result) in enumerate(told)
    ]
    return suite


def _expectation(table: str, check: Check, meta: Mapping[str, object]) -> "Expectation":
    """The check as an expectation that is only shown: its words are the check's own, whatever rule judges it."""
    from great_expectations import expectations as rules  # noqa: PLC0415

    rule, arguments = getattr(rules, check.rule), dict(check.arguments)
    in_set = rules.ExpectColumnValuesToBeInSet
    if check.holds is not None or (rule is in_set and "value_set" not in arguments):
        rule, arguments = in_set, {"value_set": [True]}
    if "column" in rule.__fields__:
        arguments["column"] = (*check.columns, *BY_NAME[table].key)[0]
    if "mostly" in rule.__fields__:
        arguments["mostly"] = check.mostly
    of_source = f" of source {meta['source']}" if meta["source"] else ""
    return rule(
        **arguments,
        severity=check.severity,
        description=_plain(f"{check.title}{of_source} · {check.severity}. {check.notes}"),
        meta=dict(meta),
    )


def _validation(suite: "ExpectationSuite", results: Sequence[Result], run: object) -> "ExpectationSuiteValidationResult":
    from great_expectations.core import ExpectationSuiteValidationResult  # noqa: PLC0415

    judged = [_result(expectation, result) for expectation, result in zip(suite.expectations, results, strict=True)]
    passed = sum(bool(one.success) for one in judged)
    return ExpectationSuiteValidationResult(
        success=passed == len(judged),
        results=judged,
        suite_name=suite.name,
        statistics={
            "evaluated_expectations": len(judged),
            "successful_expectations": passed,
            "unsuccessful_expectations": len(judged) - passed,
            "success_percent": 100 * passed / len(judged) if judged else None,
        },
        meta={"run_id": run, "batch_spec": {"data_asset_name": suite.name}},
    )


def _result(expectation: "Expectation", result: Result) -> "ExpectationValidationResult":
    from great_expectations.core import ExpectationValidationResult  # noqa: PLC0415

    observed = json.loads(str(result["observed_value"]))
    failed = result["unexpected_count"]
    found: dict[str, object] = {"observed_value": _plain(json.dumps(observed, ensure_ascii=False))}
    if failed is not None:
        found = {
            "element_count": observed.get("rows", 0),
            "unexpected_count": failed,
            "unexpected_percent": result["unexpected_percent"],
            "missing_count": 0,
            "partial_unexpected_list": [_plain(key) for key in observed.get("failing_keys", ())],
        }
    error = observed.get("error")
    return ExpectationValidationResult(
        success=bool(result["success"]),
        expectation_config=expectation.configuration,
        result=found,
        exception_info={
            "raised_exception": error is not None,
            "exception_message": _plain(error) if error else None,
            "exception_traceback": None,
        },
    )


def _plain(text: str) -> str:
    """Text that stays text: Great Expectations puts it into its pages as it is, and replaces what follows a dollar sign."""
    return html.escape(text).replace("$", "&#36;")
