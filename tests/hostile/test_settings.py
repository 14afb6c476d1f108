"""Settings of any kind of value, in the file and in the environment: taken, or refused with words; never anything else."""

import json
import os
from datetime import date, datetime, time
from math import isfinite, isnan
from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from flows.errors import WrongUse
from flows.own_checks import policy_of
from flows.settings import ENVIRONMENT_PREFIX, NESTING, Gate, Settings, load_settings

SECTIONS = {
    name: list(field.annotation.model_fields)
    for name, field in Settings.model_fields.items()
    if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel)
}
NAMES = ["data_dir", "warehouse", "sources", *SECTIONS, "nothing"]
CHARACTERS = st.characters(exclude_categories=["Cs"])
TEXT = st.one_of(
    st.text(CHARACTERS, max_size=12),
    st.sampled_from(
        ["", " ", "\0", "a" * 5_000, "../../..", "/dev/null", "~", "%(x)s", "{x}", "* * * * *", "en", "1e400", "inf", "UTC"]
    ),
)
VALUES = st.recursive(
    st.one_of(
        TEXT, st.booleans(), st.integers(), st.integers(-(10**40), 10**40), st.floats(), st.dates(), st.datetimes(), st.times()
    ),
    lambda kids: st.one_of(st.lists(kids, max_size=3), st.dictionaries(TEXT, kids, max_size=3)),
    max_leaves=5,
)


def toml(value):
    """A value as TOML writes it. Strings are escaped as in JSON, but for one character."""
    match value:
        case bool():
            return str(value).lower()
        case str():
            return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
        case float():
            return repr(value) if isfinite(value) else "nan" if isnan(value) else "inf" if value > 0 else "-inf"
        case datetime() | date() | time():
            return value.isoformat()
        case list():
            return f"[{', '.join(map(toml, value))}]"
        case dict():
            return f"{{{', '.join(f'{toml(key)} = {toml(each)}' for key, each in value.items())}}}"
    return str(value)


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    return tmp_path_factory.mktemp("settings")


def taken_or_refused(load, *arguments):
    try:
        load(*arguments)
    except WrongUse as refused:
        assert str(refused).strip()
        assert "Traceback" not in str(refused)


@pytest.mark.parametrize("section", SECTIONS)
@given(data=st.data(), value=VALUES)
def test_any_value_of_any_setting_is_taken_or_refused_in_words(place, section, data, value):
    name = data.draw(st.sampled_from([*SECTIONS[section], "nothing"]))
    (place / "a.toml").write_bytes(f"[{section}]\n{name} = {toml(value)}\n".encode())
    taken_or_refused(load_settings, place / "a.toml")


@given(name=st.sampled_from(NAMES), value=VALUES)
def test_any_value_in_place_of_a_section_is_taken_or_refused_in_words(place, name, value):
    (place / "a.toml").write_bytes(f"{name} = {toml(value)}\n".encode())
    taken_or_refused(load_settings, place / "a.toml")


@given(rows=st.lists(st.dictionaries(st.sampled_from(["kind", "location", "title", "columns", "x"]), VALUES), max_size=2))
def test_sources_of_any_values_are_taken_or_refused_in_words(place, rows):
    tables = ("\n".join(f"{name} = {toml(value)}" for name, value in row.items()) for row in rows)
    (place / "a.toml").write_bytes("\n".join(f"[[sources]]\n{table}" for table in tables).encode())
    taken_or_refused(load_settings, place / "a.toml")


@given(raw=st.one_of(st.binary(max_size=60), st.text(CHARACTERS, max_size=60).map(str.encode), st.just(b"a = " + b"[" * 5_000)))
def test_a_file_of_any_bytes_is_taken_or_refused_in_words(place, raw):
    (place / "a.toml").write_bytes(raw)
    taken_or_refused(load_settings, place / "a.toml")


@given(
    section=st.sampled_from([*SECTIONS, "data_dir", "sources", "warehouse", "nothing"]),
    name=st.sampled_from(sorted({"", "0", "a__b", *(name for names in SECTIONS.values() for name in names)})),
    value=st.one_of(TEXT, VALUES.map(lambda value: json.dumps(value, default=str)), st.just("[" * 5_000)).filter(
        lambda text: "\0" not in text
    ),
)
def test_any_variable_of_the_environment_is_taken_or_refused_in_words(section, name, value):
    variable = f"{ENVIRONMENT_PREFIX}{section}{NESTING if name else ''}{name}".upper()
    with patch.dict(os.environ, {variable: value}):
        taken_or_refused(load_settings)


CHECK = ("table", "name", "columns", "severity", "condition", "rule", "arguments", "mostly", "why", "mend", "words")
PLAUSIBLE = st.sampled_from([
    "claims", "expect_a_b", "critical", "ExpectColumnValuesToMatchRegex", "text", "claim_id", "text = 'a'",
    "1; DROP TABLE claims", "(SELECT content FROM read_text('/etc/passwd')) = 'a'", "{text.__class__}", "{", "{0}", "{text!x}",
])  # fmt: skip


@given(
    checks=st.lists(
        st.dictionaries(st.sampled_from(CHECK), st.one_of(PLAUSIBLE, VALUES, st.lists(PLAUSIBLE, max_size=2))), max_size=2
    ),
    changes=st.lists(
        st.dictionaries(st.sampled_from(("table", "check", "severity", "reason", "columns")), st.one_of(PLAUSIBLE, VALUES)),
        max_size=2,
    ),
)
def test_checks_of_any_values_are_taken_or_refused_in_words(place, checks, changes):
    parts = []
    for heading, tables in (("check", checks), ("change", changes)):
        for table in tables:
            parts += [f"[[{heading}]]", *(f"{name} = {toml(value)}" for name, value in table.items())]
    (place / "checks.toml").write_bytes("\n".join(parts).encode())
    settings = Settings.model_construct(gate=Gate.model_construct(checks=place / "checks.toml"))
    taken_or_refused(policy_of, settings)
