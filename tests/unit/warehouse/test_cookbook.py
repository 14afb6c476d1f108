import re
from pathlib import Path
from typing import NamedTuple

import pytest

from warehouse.database import Connection
from warehouse.migrate import views

COOKBOOK = (Path(__file__).parents[3] / "docs" / "cookbook.md").read_text(encoding="utf-8")

FINDS_NOTHING = {
    "Which figures differ between sources?",
    "Which articles give different figures for an entity in much the same words?",
    "Which disputes are about a figure?",
    "What sums of money are named?",
    "What do several articles say on one voice's word?",
    "Which claims about a term are hedged here and asserted there?",
    "Which statements did further articles take up?",
    "Which claims were copied, and from where?",
    "Does every span reproduce its text?",
}
"""Queries for which the small warehouse holds nothing; every other one must find rows. The sample articles answer most of them:
tests/flow/test_cookbook_on_samples.py."""


class Recipe(NamedTuple):
    heading: str
    sentence: str
    sql: str


RECIPES = [Recipe(*found) for found in re.findall(r"^### ([^\n]+)\n\n([^\n]+)\n\n```sql\n(.+?)```", COOKBOOK, re.M | re.S)]


def test_every_heading_has_one_sentence_and_one_query() -> None:
    assert [recipe.heading for recipe in RECIPES] == re.findall("^### (.+)", COOKBOOK, re.M)
    assert len({recipe.heading for recipe in RECIPES}) == len(RECIPES) >= 28
    assert all(recipe.sentence.endswith(".") for recipe in RECIPES)


def test_every_query_that_finds_nothing_is_in_the_cookbook() -> None:
    assert {recipe.heading for recipe in RECIPES} >= FINDS_NOTHING


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda recipe: recipe.heading)
def test_a_query_of_the_cookbook_answers(small_warehouse: Connection, recipe: Recipe) -> None:
    answer = small_warehouse.execute(recipe.sql).pl()
    assert answer.columns
    assert (answer.height == 0) == (recipe.heading in FINDS_NOTHING)


@pytest.mark.parametrize("view", [view.name for view in views()])
def test_every_view_has_an_example(view: str) -> None:
    assert any(re.search(rf"\b(FROM|JOIN) {view}\b", recipe.sql) for recipe in RECIPES)
