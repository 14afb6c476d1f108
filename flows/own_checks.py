"""The checks that people write themselves, and what they change about those that come with Claimhouse: a TOML file, no code.

`[gate] checks` in the settings names the file. All of it is looked at before anything is read, and every wrong thing is told
with its mend.
"""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from string import Formatter
from typing import Annotated

from pydantic import AfterValidator, Field, ValidationError
from pydantic_core import ErrorDetails

from expectations.declared import SHAPE_CHECKS
from expectations.model import BY_NAME, Check, Severity
from expectations.policy import Policy, shipped_checks
from expectations.whole import WHOLE_CHECKS
from flows import check_conditions, check_rules
from flows.changed_checks import CheckChange, changes_of, problems_of_change
from flows.errors import WrongUse
from flows.settings import Section, Settings, nearest
from warehouse.database import Connection
from warehouse.tables import Table

Sentence = Annotated[str, Field(min_length=1), AfterValidator(lambda text: text.strip().rstrip("."))]
"""Words that become part of a sentence."""


class OwnCheck(Section):
    """One [[check]]. A field's description ends the sentence "`severity` is "fatal"; set …" of its error."""

    table: str = Field(description="the name of a table, such as claims")
    name: str = Field(pattern=r"^expect_[a-z0-9_]+$", description="a name such as expect_money_to_have_a_unit")
    columns: tuple[str, ...] = Field(default=(), description='a list of columns, such as ["unit"]')
    severity: Severity = Field(description="critical, which stops the load, warning, which holds rows back, or info")
    condition: str | None = Field(default=None, min_length=1, description="an SQL expression, in quotation marks")
    rule: str | None = Field(default=None, description="the name of an expectation, such as ExpectColumnValuesToMatchRegex")
    arguments: dict[str, object] = Field(default_factory=dict, description="a table, such as { regex = '^Q[0-9]+$' }")
    mostly: float = Field(default=1.0, gt=0, le=1, description="the share of rows that suffices, more than 0 and at most 1")
    why: Sentence = Field(description="a sentence that says why the check stands")
    mend: Sentence = Field(description="a sentence that says what to do when it fails")
    words: str = Field(default="", description="a sentence that says what is wrong with a row, with {column} for its values")

    @property
    def bare(self) -> Check:
        """The check without what it asks of a row."""
        return Check(
            name=self.name,
            columns=self.columns,
            severity=self.severity,
            why=self.why,
            mend=self.mend,
            words=self.words or self._default_words,
            mostly=self.mostly,
        )

    @property
    def _default_words(self) -> str:
        """The values of the columns, else what people know such a row by."""
        known_by = [name for name in ("text", "title", "name", *BY_NAME[self.table].key) if name in BY_NAME[self.table].schema]
        return ", ".join(f"{column} is {{{column}}}" for column in self.columns or known_by[:1])


class ChecksFile(Section):
    """The whole file."""

    check: tuple[OwnCheck, ...] = Field(default=(), description="tables of checks: write each as [[check]]")
    change: tuple[CheckChange, ...] = Field(default=(), description="tables of changes: write each as [[change]]")


def policy_of(settings: Settings, warehouse: Connection | None = None) -> Policy:
    """The checks that the settings ask for; those that come with Claimhouse where they name no file.

    Conditions are asked of the tables of a run or, where a connection to a warehouse is given, of all of that: then each is
    asked once, and the frames that are checked hold rows of it. Raises WrongUse, which names all that is wrong, with the mend.
    """
    file = settings.gate.checks
    if file is None:
        return Policy()
    wanted = read_checks(file)
    own: dict[str, tuple[Check, ...]] = {}
    problems: list[str] = []
    for number, given in enumerate(wanted.check, 1):
        where = f"[[check]] {number}, {given.name}, in {file}"
        found = list(_problems(given, own))
        problems += [_sentence(where, problem) for problem in found]
        if not found:
            own[given.table] = (*own.get(given.table, ()), _check_of(given, where, warehouse))
    for number, change in enumerate(wanted.change, 1):
        where = f"[[change]] {number}, {change.check}, in {file}"
        problems += [_sentence(where, problem) for problem in problems_of_change(change, wanted.change[: number - 1])]
    if problems:
        raise WrongUse("\n".join(problems))
    return Policy(own, changes_of(wanted.change))


def read_checks(file: Path) -> ChecksFile:
    """What the file says, each value of a right kind. Raises WrongUse, which names every other, with the mend."""
    try:
        values = tomllib.loads(file.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise WrongUse(
            f"{file} is not TOML: {error}. Mend that place; docs/checks.toml shows how checks are written."
        ) from None
    except RecursionError:
        raise WrongUse(f"{file} is nested too deeply: no check is a list of lists. Mend that place.") from None
    except OSError as error:
        mend = "Mend that, or `checks` under [gate] in claimhouse.toml."
        raise WrongUse(f"{file}, the file of your own checks, can't be read: {error.strerror}. {mend}") from None
    try:
        return ChecksFile.model_validate(values)
    except ValidationError as error:
        raise WrongUse("\n".join(_mend(detail, values, file) for detail in error.errors())) from None


def _mend(detail: ErrorDetails, values: Mapping[str, object], file: Path) -> str:
    """One value that is of a wrong kind, in words: what it is, what it should be, and where it stands."""
    heading, *place = detail["loc"]
    model = CheckChange if heading == "change" else OwnCheck
    if len(place) < 2 or not isinstance(place[0], int):
        known = " and ".join(f"[[{name}]]" for name in ChecksFile.model_fields)
        return f"`{heading}` in {file} is nothing that is known there; write {known}."
    entry = values[str(heading)][place[0]]  # type: ignore[index]  # pydantic has been there
    called = entry.get("name") or entry.get("check")
    where = f"[[{heading}]] {place[0] + 1}{f', {called},' if called else ''} in {file}"
    name = str(place[1])
    if detail["type"] == "extra_forbidden":
        return _sentence(where, f"`{name}` is nothing that is known there{nearest(name, list(model.model_fields))}")
    wanted = f"set {model.model_fields[name].description}"
    if detail["type"] == "missing":
        return f"{where}: `{name}` is missing; {wanted}."
    return f"{where}: `{name}` is {str(detail['input'])[:60]!r}; {wanted}."


def _problems(given: OwnCheck, own: Mapping[str, Sequence[Check]]) -> Iterator[str]:
    """What is wrong with a check beside the others, with the mend."""
    table = BY_NAME.get(given.table)
    if table not in check_conditions.ASKED:
        yield f"no table {given.table} is checked{nearest(given.table, [asked.name for asked in check_conditions.ASKED])}"
        return
    yield from _name_problems(given, table, own.get(given.table, ()))
    known = table.schema.names()
    for column in given.columns:
        if column not in known:
            yield f"{table.name} has no column `{column}`{nearest(column, known)}"
    yield from _words_problems(given.words, known)
    if (given.condition is None) == (given.rule is None):
        yield "it needs either `condition` or `rule`, and not both; set a condition in SQL, or name an expectation"
    elif given.condition is not None:
        if given.arguments:
            yield "`arguments` belong to a `rule`; write what they say in the condition"
        if problem := check_conditions.problem_of(table, given.condition):
            yield f"`condition`: {problem}"
    elif given.rule is not None and (problem := check_rules.problem_of(given.rule, given.columns, given.arguments)):
        yield problem


def _name_problems(given: OwnCheck, table: Table, own: Sequence[Check]) -> Iterator[str]:
    shipped = shipped_checks(table)
    if any(check.name == given.name for check in (*shipped, *SHAPE_CHECKS, *WHOLE_CHECKS)):
        yield f"{table.name} has a check of that name, which comes with Claimhouse; choose another, or write a [[change]] of it"
    elif any(check.name == given.name for check in own):
        yield f"{table.name} has two checks of your own by that name; choose another for one of them"
    else:
        mark = given.bare.mark
        taken = {check.mark: check.title for check in (*shipped, *own)}
        if mark in taken:
            yield f"with its columns its name runs into that of {taken[mark]}; choose another"


def _words_problems(words: str, known: list[str]) -> Iterator[str]:
    try:
        fields = [(name, spec, conversion) for _, name, spec, conversion in Formatter().parse(words) if name is not None]
    except ValueError as error:
        yield f"`words` has a brace too many or too few ({error}); write {{{{ for a brace itself"
        return
    for name, spec, conversion in fields:
        if name not in known:
            yield f"`words` names {{{name}}}, which is no column{nearest(name, known)}"
        elif spec or conversion:
            yield f"`words` has more than a column between its braces; write {{{name}}}"


def _check_of(given: OwnCheck, where: str, warehouse: Connection | None) -> Check:
    table = BY_NAME[given.table]
    if given.condition is not None:
        asked = partial(check_conditions.of_warehouse, warehouse) if warehouse else check_conditions.of_run
        return replace(given.bare, holds=asked(table, given.condition, where))
    assert given.rule is not None
    return replace(given.bare, rule=given.rule, arguments=check_rules.arguments_of(given.rule, given.columns, given.arguments))


def _sentence(where: str, problem: str) -> str:
    return f"{where}: {problem}{'' if problem.endswith(('?', '.')) else '.'}"
