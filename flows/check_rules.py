"""The expectations of Great Expectations that a check may name, with their arguments, as Great Expectations describes them.

It describes each in a JSON schema beside its code, which is read without importing it: that would take seconds.
"""

import json
import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TypedDict, cast

from jsonschema import Draft7Validator

from flows.settings import nearest

_KINDS = ("Column Map", "Column Pair Map", "Multicolumn Map")
"""Expectations that judge row by row. The others can't say which rows fail, and find one thing in a run's news and another in
the whole warehouse; a condition with a window says as much and has its rows."""

_OF_MANY_ROWS = (
    "ExpectColumnValuesToBeUnique",
    "ExpectCompoundColumnsToBeUnique",
    "ExpectColumnValueZScoresToBeLessThan",
    "ExpectColumnValuesToNotBeOutliers",
    "ExpectColumnValuesToBeOfType",
)
"""Expectations that are listed as judging row by row, but hold a row against all others."""

_OF_EVERY_RULE = frozenset(
    (
        "id", "meta", "notes", "result_format", "description", "catch_exceptions", "rendered_content", "severity", "windows",
        "batch_id", "mostly", "row_condition", "condition_parser", "metadata",
        "column", "column_A", "column_B", "column_list",
    )
)  # fmt: skip
"""What the check itself says, with its columns, severity, mostly, why and mend, or what a condition says better."""


class _Schema(TypedDict):
    properties: dict[str, dict[str, object]]
    required: list[str]
    definitions: dict[str, object]


def rules() -> list[str]:
    """The names that `rule` may have."""
    return [name for name, kind in _all_rules().items() if kind in _KINDS and name not in _OF_MANY_ROWS]


def problem_of(rule: str, columns: Sequence[str], arguments: Mapping[str, object]) -> str | None:
    """What is wrong with the rule, the number of its columns or its arguments, with the mend; None where all is well."""
    if rule not in rules():
        return _unknown(rule)
    wanted = {"Column Map": "one column", "Column Pair Map": "two columns", "Multicolumn Map": "two columns or more"}
    kind = _all_rules()[rule]
    if not {"Column Map": len(columns) == 1, "Column Pair Map": len(columns) == 2}.get(kind, len(columns) > 1):
        return f"{rule} judges {wanted[kind]}, and `columns` names {len(columns)}; set {wanted[kind]}"
    schema = _schema(rule)
    taken = [name for name in schema["properties"] if name not in _OF_EVERY_RULE]
    for name in arguments:
        if name not in taken:
            return _no_argument(rule, name, taken)
    needed = {name for name in (*schema.get("required", ()), "regex") if name in taken}
    if missing := sorted(needed - set(arguments)):
        return f"{rule} lacks its argument {' and '.join(f'`{name}`' for name in missing)}; {_described(schema, missing[0])}"
    if "min_value" in taken and not {"min_value", "max_value"} & set(arguments):
        return f"{rule} has no bounds; set `min_value`, `max_value` or both among its arguments"
    return next((problem for name in arguments if (problem := _value_problem(schema, name, arguments[name]))), None)


def arguments_of(rule: str, columns: Sequence[str], arguments: Mapping[str, object]) -> dict[str, object]:
    """The arguments with the columns in the places where Great Expectations looks for several; one it is given by the judge."""
    match _all_rules()[rule]:
        case "Column Pair Map":
            return {"column_A": columns[0], "column_B": columns[1], **arguments}
        case "Multicolumn Map":
            return {"column_list": list(columns), **arguments}
    return dict(arguments)


def _unknown(rule: str) -> str:
    if rule in _all_rules():
        return (
            f"{rule} judges a whole table, not row by row; write a condition with a window, such as "
            "`avg(checkworthiness) OVER () > 0.2` or `count(*) OVER (PARTITION BY url) = 1`"
        )
    return f"there is no rule {rule}{nearest(rule, rules())}"


def _no_argument(rule: str, name: str, taken: list[str]) -> str:
    if name in _OF_EVERY_RULE:
        return f"`{name}` is no argument here; columns, mostly and severity stand in the check, and a condition says more"
    return f"{rule} has no argument `{name}`" + (nearest(name, taken) if taken else "; it takes none")


def _value_problem(schema: _Schema, name: str, value: object) -> str | None:
    given = value.isoformat() if isinstance(value, datetime | date) else value
    described = {**schema["properties"][name], "definitions": schema["definitions"]}
    if isinstance(value, dict) or not Draft7Validator(described).is_valid(given):
        return f"`{name}` is {json.dumps(given, default=str)}; {_described(schema, name)}"
    for regex in (value if isinstance(value, list) else [value]) if name in ("regex", "regex_list") else ():
        try:
            re.compile(str(regex))
        except re.error as error:
            return f"`{name}` is no regular expression: {error}; in TOML write it between single quotes"
    return None


def _described(schema: _Schema, name: str) -> str:
    said = schema["properties"][name]
    kinds = [kind for kind in _kinds(said) if kind != "object"]
    words = f"Great Expectations wants {' or '.join(dict.fromkeys(kinds))}" if kinds else "see Great Expectations for it"
    return f"{words}: {said['description']}" if "description" in said else words


def _kinds(said: Mapping[str, object]) -> list[str]:
    """The types that a value may have, as JSON Schema names them, and values that it may be."""
    if "enum" in said:
        return [str(one) for one in cast("list[object]", said["enum"])]
    if "type" in said:
        return [str(said.get("format", said["type"]))]
    parts = (*cast("list[dict[str, object]]", said.get("anyOf", [])), *cast("list[dict[str, object]]", said.get("oneOf", [])))
    return [kind for part in parts for kind in _kinds(part)]


@cache
def _all_rules() -> dict[str, str]:
    """Every expectation that works on rows in memory, with what it judges, as Great Expectations calls that."""
    found: dict[str, str] = {}
    for file in sorted(_folder().glob("*xpect*.json")):
        said = cast("dict[str, dict[str, str]]", _schema(file.stem)["properties"]["metadata"]["properties"])
        if "Pandas" in said["supported_data_sources"]["const"]:
            found[file.stem] = said["domain_type"]["description"]
    return found


@cache
def _schema(rule: str) -> _Schema:
    return cast("_Schema", json.loads((_folder() / f"{rule}.json").read_text(encoding="utf-8")))


def _folder() -> Path:
    spec = find_spec("great_expectations")
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent / "expectations" / "core" / "schemas"
