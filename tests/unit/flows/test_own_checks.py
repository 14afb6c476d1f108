import re
from pathlib import Path

import pytest

from expectations.model import BY_NAME
from expectations.row_checks import row_checks
from flows.doctor import examine
from flows.errors import WrongUse
from flows.own_checks import policy_of
from flows.run import Run
from flows.settings import Gate, Reading, Settings, load_settings

DOCS = Path(__file__).parents[3] / "docs"
EXAMPLES = re.findall(r"^```toml\n(.+?)^```", (DOCS / "checks.md").read_text(encoding="utf-8"), re.M | re.S)

CHECK = {
    "table": '"quantities"',
    "name": '"expect_money_to_name_a_currency"',
    "severity": '"warning"',
    "condition": "\"kind <> 'money' OR unit IS NOT NULL\"",
    "why": '"It can\'t be added up."',
    "mend": '"look at it"',
}
CHANGE = {
    "table": '"documents"',
    "check": '"expect_publication_not_to_lie_ahead"',
    "severity": '"warning"',
    "reason": '"We draw timelines."',
}


def toml(heading: str, lines: dict[str, str]) -> str:
    return f"[[{heading}]]\n" + "".join(f"{name} = {value}\n" for name, value in lines.items() if value)


def check(**lines: str) -> str:
    return toml("check", {**CHECK, **lines})


def change(**lines: str) -> str:
    return toml("change", {**CHANGE, **lines})


@pytest.fixture
def read(tmp_path):
    """Reads a file of checks with this text."""

    def policy(text: str):
        file = tmp_path / "checks.toml"
        file.write_text(text, encoding="utf-8")
        return policy_of(Settings(data_dir=tmp_path / "data", gate=Gate(checks=file)))

    return policy


@pytest.fixture
def refused(read):
    """Says what is told of a file with this text."""

    def words(text: str) -> str:
        with pytest.raises(WrongUse) as error:
            read(text)
        return str(error.value)

    return words


def test_without_a_file_the_checks_are_those_that_come_along():
    policy = policy_of(Settings())
    assert (policy.own, policy.changes) == ({}, {})


def test_a_check_becomes_one_of_its_table(read):
    policy = read(check(columns='["unit"]', mostly="0.95", words='"unit of {text} is missing"'))
    [own] = policy.own["quantities"]
    assert (own.title, own.severity, own.mostly) == ("expect_money_to_name_a_currency(unit)", "warning", 0.95)
    assert own.words == "unit of {text} is missing"
    assert own.holds is not None
    assert policy.checks(BY_NAME["quantities"])[-1] is own
    assert own.notes == "It can't be added up; when it fails, look at it."


def test_without_words_a_row_is_told_by_its_columns_or_by_its_text(read):
    assert read(check(columns='["unit", "kind"]')).own["quantities"][0].words == "unit is {unit}, kind is {kind}"
    assert read(check()).own["quantities"][0].words == "text is {text}"


def test_a_rule_is_given_its_columns_and_arguments(read):
    pair = {"rule": '"ExpectColumnPairValuesToBeEqual"', "columns": '["value", "upper_value"]', "condition": ""}
    [own] = read(check(**pair)).own["quantities"]
    assert (own.rule, own.holds) == ("ExpectColumnPairValuesToBeEqual", None)
    assert own.arguments == {"column_A": "value", "column_B": "upper_value"}


@pytest.mark.parametrize("example", [*EXAMPLES, (DOCS / "checks.toml").read_text(encoding="utf-8")])
def test_every_example_of_the_docs_is_read(read, example):
    policy = read(example)
    assert policy.own or policy.changes
    assert len(EXAMPLES) >= 6


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        ({"table": '"quantity"'}, "no table quantity is checked: did you mean `quantities`?"),
        ({"table": '"runs"'}, "no table runs is checked; there are `sources`"),
        ({"name": '"money"'}, "`name` is 'money'; set a name such as expect_"),
        ({"name": '"expect_range_in_order"'}, "quantities has a check of that name, which comes with Claimhouse"),
        ({"name": '"expect_every_page_to_have_one_outcome"'}, "has a check of that name, which comes with Claimhouse"),
        (
            {"name": '"expect_start_char_end_char_span_to_start_before_it_ends"'},
            "with its columns its name runs into that of expect_span_to_start_before_it_ends(start_char, end_char)",
        ),
        ({"columns": '["unti"]'}, "quantities has no column `unti`: did you mean `unit`?"),
        ({"severity": '"fatal"'}, "`severity` is 'fatal'; set critical, which stops the load"),
        ({"severity": ""}, "`severity` is missing; set critical"),
        ({"why": '""'}, "`why` is ''; set a sentence"),
        ({"mend": ""}, "`mend` is missing"),
        ({"mostly": "95"}, "`mostly` is '95'; set the share of rows that suffices, more than 0 and at most 1"),
        ({"condition": ""}, "it needs either `condition` or `rule`"),
        ({"rule": '"ExpectColumnValuesToBeNull"'}, "it needs either `condition` or `rule`, and not both"),
        ({"arguments": "{ regex = 'a' }"}, "`arguments` belong to a `rule`"),
        ({"condition": '"unti IS NULL"'}, "`condition`: there is no column `unti`: did you mean `unit`?"),
        ({"condition": "", "rule": '"ExpectNothing"'}, "there is no rule ExpectNothing"),
        ({"words": '"{txet} is odd"'}, "`words` names {txet}, which is no column: did you mean `text`?"),
        ({"words": '"{text!r} is odd"'}, "`words` has more than a column between its braces; write {text}"),
        ({"words": '"{text is odd"'}, "`words` has a brace too many or too few"),
        ({"clumns": '["unit"]'}, "`clumns` is nothing that is known there: did you mean `columns`?"),
    ],
)
def test_a_check_that_is_wrong_is_refused_with_the_mend(refused, lines, words):
    told = refused(check(**lines))
    assert words in told
    assert re.search(r"\[\[check\]\] 1(, \w+,)? in .*checks\.toml: ", told)


def test_all_that_is_wrong_is_told_at_once(refused):
    told = refused(check(columns='["unti"]') + check(condition='"value"') + change(check='"expect_nothing"'))
    assert [line.split(", ")[0] for line in told.splitlines()] == ["[[check]] 1", "[[check]] 2", "[[change]] 1"]


def test_two_checks_of_one_name_are_refused(refused):
    assert "two checks of your own by that name" in refused(check() + check())


def test_a_name_that_runs_into_that_of_another_with_its_columns_is_refused(refused):
    first = check(name='"expect_unit_to_be_known"', columns='["kind"]')
    assert "its name runs into that of expect_unit_to_be_known(kind)" in refused(
        first + check(name='"expect_to_be_known"', columns='["kind", "unit"]')
    )


def test_what_is_neither_check_nor_change_is_refused(refused):
    assert "`checks` in " in refused("[[checks]]\n")
    assert refused("check = 3\n").endswith("write [[check]] and [[change]].")


def test_a_file_that_is_no_toml_or_not_there_is_told(refused, tmp_path):
    assert "is not TOML" in refused("[[check]\n")
    with pytest.raises(WrongUse, match="can't be read: No such file"):
        policy_of(Settings(gate=Gate(checks=tmp_path / "none.toml")))


def test_a_change_sets_severity_share_and_reason(read):
    policy = read(change(mostly="0.9"))
    found = {check.name: check for check in policy.checks(BY_NAME["documents"])}["expect_publication_not_to_lie_ahead"]
    assert (found.severity, found.mostly) == ("warning", 0.9)
    assert policy.change_of("documents", found).reason == "We draw timelines."


def test_a_change_with_columns_is_of_one_check_among_those_of_its_name(read):
    known = '"expect_column_values_to_be_mostly_known"'
    policy = read(change(check=known, columns='["title"]', severity="", off="true"))
    left = [check.columns for check in policy.checks(BY_NAME["documents"]) if f'"{check.name}"' == known]
    all_of_them = [check.columns for check in row_checks(BY_NAME["documents"]) if f'"{check.name}"' == known]
    assert left == [columns for columns in all_of_them if columns != ("title",)]
    assert len(left) == len(all_of_them) - 1


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        ({"table": '"document"'}, "there is no table document: did you mean `documents`?"),
        ({"check": '"expect_publication_not_to_lie_ahed"'}, "did you mean `expect_publication_not_to_lie_ahead`?"),
        ({"check": '"expect_column_values_to_be_mostly_known"', "columns": '["url"]'}, "no check of that name is on these"),
        ({"severity": ""}, "set `severity`, `mostly` or both, or `off = true` alone"),
        ({"off": "true"}, "set `severity`, `mostly` or both, or `off = true` alone"),
        ({"reason": ""}, "`reason` is missing"),
        ({"table": '"sources"', "check": '"expect_source_not_to_be_silent"', "mostly": "0.5"}, "it judges sources, not rows"),
        ({"check": '"expect_key_to_be_unique"'}, "can be made stricter, but not weaker"),
        ({"check": '"expect_column_values_to_be_in_set"', "severity": '"info"'}, "can be made stricter, but not weaker"),
        ({"check": '"expect_column_values_to_refer_to_a_known_row"', "mostly": "0.5"}, "can be made stricter"),
        ({"check": '"expect_column_values_to_not_be_null"', "severity": "", "off": "true"}, "can be made stricter"),
        ({"check": '"expect_page_to_have_one_current_revision"'}, "keeps a broken table out of the warehouse"),
        ({"check": '"expect_every_page_to_have_one_outcome"'}, "it is a check of the run as a whole"),
        ({"check": '"expect_table_columns_to_match_ordered_list"'}, "it is a check of the run as a whole"),
        ({"check": '"expect_quarantined_share_to_stay_low"'}, "set `max_quarantined_percent` under [gate]"),
    ],
)
def test_a_change_that_is_wrong_or_weakens_what_others_rely_on_is_refused(refused, lines, words):
    told = refused(change(**lines))
    assert words in told
    assert told.startswith("[[change]] 1, ")


def test_what_others_rely_on_can_be_made_stricter(read):
    policy = read(change(check='"expect_column_values_to_be_in_set"', severity='"critical"'))
    found = [check.severity for check in policy.checks(BY_NAME["documents"]) if check.name.endswith("_be_in_set")]
    assert set(found) == {"critical"}


def test_a_check_of_a_source_can_be_turned_off(read):
    policy = read(change(table='"sources"', check='"expect_source_not_to_be_silent"', severity="", off="true"))
    assert policy.find("sources", "expect_source_not_to_be_silent", None) is None


def test_a_check_is_changed_once(refused):
    assert "an earlier [[change]] is of the same check" in refused(change() + change())


def test_the_file_is_found_beside_the_settings_and_a_run_does_not_begin_with_a_wrong_one(tmp_path):
    (tmp_path / "claimhouse.toml").write_text('[gate]\nchecks = "checks.toml"\n', encoding="utf-8")
    (tmp_path / "checks.toml").write_text(check(), encoding="utf-8")
    settings = load_settings(tmp_path / "claimhouse.toml")
    assert list(Run.begun(settings).policy.own) == ["quantities"]
    (tmp_path / "checks.toml").write_text(check(severity='"fatal"'), encoding="utf-8")
    with pytest.raises(WrongUse, match="fatal"):
        Run.begun(settings)


def test_doctor_looks_at_the_file(tmp_path):
    file = tmp_path / "checks.toml"
    settings = Settings(data_dir=tmp_path, gate=Gate(checks=file), reading=Reading(model="en_nowhere"))
    file.write_text(check() + change(), encoding="utf-8")
    found = {diagnosis.thing: diagnosis for diagnosis in examine(settings)}["Own checks"]
    assert (found.found, found.mend) == (f"1 of your own and 1 changed, in {file}", None)
    file.write_text(check(severity='"fatal"'), encoding="utf-8")
    found = {diagnosis.thing: diagnosis for diagnosis in examine(settings)}["Own checks"]
    assert "fatal" in found.found
    assert found.mend
