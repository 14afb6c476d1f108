from datetime import date

import pytest

from flows.check_rules import arguments_of, problem_of, rules


def test_rules_judge_row_by_row():
    known = rules()
    assert "ExpectColumnValuesToMatchRegex" in known
    assert not {"ExpectColumnMeanToBeBetween", "ExpectColumnValuesToBeUnique", "UnexpectedRowsExpectation"} & set(known)


@pytest.mark.parametrize(
    ("rule", "columns", "arguments", "problem"),
    [
        ("ExpectColumnValuesToMatchRegx", ["unit"], {}, "did you mean `ExpectColumnValuesToMatchRegex`?"),
        ("ExpectColumnMeanToBeBetween", ["value"], {"min_value": 1}, "judges a whole table, not row by row"),
        ("ExpectColumnValuesToBeUnique", ["value"], {}, "count(*) OVER (PARTITION BY url) = 1"),
        ("ExpectColumnPairValuesToBeEqual", ["value"], {}, "judges two columns, and `columns` names 1"),
        ("ExpectColumnValuesToBeNull", [], {}, "judges one column, and `columns` names 0"),
        ("ExpectMulticolumnValuesToBeEqual", ["value"], {}, "judges two columns or more, and `columns` names 1"),
        ("ExpectColumnValuesToMatchRegex", ["unit"], {"regx": "a"}, "did you mean `regex`?"),
        ("ExpectColumnValuesToBeNull", ["unit"], {"value": "a"}, "has no argument `value`; it takes none"),
        ("ExpectColumnValuesToBeInSet", ["unit"], {"value_set": ["a"], "mostly": 0.9}, "`mostly` is no argument"),
        ("ExpectColumnValuesToBeInSet", ["unit"], {}, "lacks its argument `value_set`"),
        ("ExpectColumnValuesToMatchRegex", ["unit"], {}, "lacks its argument `regex`"),
        ("ExpectColumnValuesToMatchRegex", ["unit"], {"regex": 5}, "`regex` is 5; Great Expectations wants string"),
        ("ExpectColumnValuesToMatchRegex", ["unit"], {"regex": "a("}, "`regex` is no regular expression"),
        ("ExpectColumnValuesToMatchRegexList", ["unit"], {"regex_list": ["a("]}, "`regex_list` is no regular expression"),
        ("ExpectColumnValuesToMatchRegex", ["unit"], {"regex": {"$PARAMETER": "x"}}, "Great Expectations wants string"),
        ("ExpectColumnValuesToBeBetween", ["value"], {"strict_min": True}, "has no bounds"),
        ("ExpectColumnValuesToBeBetween", ["value"], {"min_value": True}, "`min_value` is true"),
    ],
)
def test_a_rule_that_cannot_be_judged_is_refused_with_the_mend(rule, columns, arguments, problem):
    assert problem in (problem_of(rule, columns, arguments) or "")


def test_bounds_may_be_dates():
    assert problem_of("ExpectColumnValuesToBeBetween", ["published_at"], {"min_value": date(2020, 1, 1)}) is None


def test_columns_stand_where_great_expectations_looks_for_them():
    assert arguments_of("ExpectColumnValuesToBeNull", ["a"], {"x": 1}) == {"x": 1}
    assert arguments_of("ExpectColumnPairValuesToBeEqual", ["a", "b"], {}) == {"column_A": "a", "column_B": "b"}
    assert arguments_of("ExpectMulticolumnValuesToBeEqual", ["a", "b"], {}) == {"column_list": ["a", "b"]}
