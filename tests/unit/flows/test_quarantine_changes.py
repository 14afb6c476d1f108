from datetime import date, datetime

import pytest

from flows.errors import WrongUse
from flows.quarantine_changes import changes_of
from warehouse.tables import CLAIM_RELATIONS, CLAIMS, DOCUMENTS, ENTITIES, QUANTITIES, SENTENCES, TIME_EXPRESSIONS


@pytest.mark.parametrize(
    ("table", "given", "value"),
    [
        (QUANTITIES, "unit=US = D", "US = D"),
        (QUANTITIES, "unit=NULL", None),
        (QUANTITIES, "value=1e3", 1000.0),
        (QUANTITIES, "is_approximate=True", True),
        (CLAIMS, "is_negated=false", False),
        (CLAIMS, "speaker=", ""),
        (DOCUMENTS, "word_count=12", 12),
        (DOCUMENTS, 'authors=["Anna Berg", "Jo Ek"]', ["Anna Berg", "Jo Ek"]),
        (DOCUMENTS, "published_at=2026-01-31T09:30:00", datetime(2026, 1, 31, 9, 30)),
        (TIME_EXPRESSIONS, "latest=2026-01-31", date(2026, 1, 31)),
    ],
)
def test_a_value_is_read_as_its_column_is_declared(table, given, value):
    assert changes_of(table, [given]) == {given.split("=")[0]: value}


@pytest.mark.parametrize(
    ("table", "given", "words"),
    [
        (QUANTITIES, "unit", "names no value: write --set column=value"),
        (QUANTITIES, "units=km", "no column `units`: did you mean `unit`"),
        (QUANTITIES, "value=many", "value can't be many: give a number"),
        (QUANTITIES, "kind=sum", "kind can't be sum: give one of count, money"),
        (QUANTITIES, "kind=NULL", "kind has to be known"),
        (QUANTITIES, "quantity_id=x", "says which row it is"),
        (QUANTITIES, "claim_id=x", "is worked out as the row is released"),
        (CLAIMS, "start_char=3", "says which row it is"),
        (CLAIMS, "cluster_id=x", "is worked out as the row is released"),
        (CLAIMS, "checkworthiness=1.5", "give at least 0 and at most 1"),
        (CLAIMS, "is_negated=maybe", "give true or false"),
        (SENTENCES, "position=1", "says which row it is"),
        (DOCUMENTS, "word_count=many", "give a whole number"),
        (DOCUMENTS, "word_count=-1", "give at least 0"),
        (DOCUMENTS, "published_at=2026-01-31T09:30:00+02:00", "give a moment in UTC"),
        (DOCUMENTS, "authors=Anna Berg", 'give a list such as \\["Anna Berg"\\]'),
        (DOCUMENTS, "revision=2", "is worked out as the row is released"),
        (ENTITIES, "name=Berg", "made from others"),
        (CLAIM_RELATIONS, "score=1", "made from others"),
    ],
)
def test_what_cannot_be_set_is_refused_with_the_mend(table, given, words):
    with pytest.raises(WrongUse, match=words):
        changes_of(table, [given])
