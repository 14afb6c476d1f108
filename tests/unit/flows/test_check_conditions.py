from datetime import datetime

import polars as pl
import pytest

from expectations.model import BY_NAME, World
from flows.check_conditions import of_run, of_warehouse, problem_of, tried
from flows.errors import WrongUse
from tests.unit.expectations.conftest import good_frames
from warehouse.database import in_memory
from warehouse.load import load_tables

CLAIMS = BY_NAME["claims"]


@pytest.fixture(scope="module")
def frames():
    return good_frames()


@pytest.fixture(scope="module")
def warehouse(frames):
    con = in_memory()
    load_tables(con, frames, replaced_documents=())
    yield con
    con.close()


def world(frames):
    return World(frames, known={}, loaded_texts=None, checked_at=datetime(2026, 11, 22))


def in_run(frames, condition, table="claims"):
    return of_run(BY_NAME[table], condition, "here")(frames[table], world(frames)).to_list()


def in_warehouse(warehouse, frame, condition):
    return of_warehouse(warehouse, CLAIMS, condition, "here")(frame, world({})).to_list()


def test_a_condition_is_asked_of_every_row_in_order(frames):
    claims = pl.concat([frames["claims"].reverse(), frames["claims"]])
    assert in_run({**frames, "claims": claims}, "claim_id = 'c1'") == [False, True, True, False]


def test_rows_stay_in_order_beside_a_window(frames):
    assert in_run(frames, "row_number() OVER (ORDER BY claim_id DESC) = 1") == [False, True]


def test_a_condition_says_nothing_where_it_gives_null(frames):
    assert in_run(frames, "speaker = 'Ada Byron'") == [True, None]


def test_a_subquery_sees_the_other_tables_of_the_run_and_a_table_that_the_run_lacks_is_empty(frames):
    known = "EXISTS (FROM entities WHERE entities.entity_id = claims.speaker_id)"
    assert in_run(frames, known) == [True, False]
    assert in_run({"claims": frames["claims"]}, known) == [False, False]


def test_in_the_audit_of_a_part_a_condition_sees_the_whole_warehouse(warehouse, frames):
    part = frames["claims"].tail(1)
    assert in_warehouse(warehouse, part, "(SELECT count(*) FROM claims) = 2") == [True]
    assert in_warehouse(warehouse, part, "count(*) OVER () = 2") == [True]
    assert in_warehouse(warehouse, frames["claims"].reverse(), "claim_id = 'c1'") == [False, True]
    assert in_warehouse(warehouse, frames["claims"], "speaker = 'Ada Byron'") == [True, None]


def test_a_condition_is_asked_of_the_warehouse_only_once(frames):
    con = in_memory()
    load_tables(con, frames, replaced_documents=())
    holds = of_warehouse(con, CLAIMS, "claim_id = 'c1'", "here")
    holds(frames["claims"].head(1), world({}))
    con.close()
    assert holds(frames["claims"], world({})).to_list() == [True, False]


def test_a_key_that_stands_thrice_fails_where_one_of_its_rows_fails(frames):
    con = in_memory()
    con.register("thrice", pl.concat([frames["claims"].with_columns(cue=pl.lit(cue)) for cue in ("said", None, "wrote")]))
    con.execute("INSERT INTO claims SELECT * FROM thrice")
    assert in_warehouse(con, frames["claims"], "cue <> 'wrote'") == [False, False]


def test_what_a_condition_comes_to_is_counted_with_the_first_rows_that_fail(warehouse):
    answer = tried(warehouse, CLAIMS, "speaker = 'Somebody'", "here", 5)
    assert (answer.judged, answer.failed, answer.failing["claim_id"].to_list()) == (1, 1, ["c1"])
    assert tried(warehouse, CLAIMS, "false", "here", 1).failing.height == 1


def test_a_value_that_cannot_be_read_is_told_with_the_mend(frames):
    with pytest.raises(WrongUse, match=r"here could not be asked: Could not convert string .* write TRY_CAST"):
        in_run(frames, "CAST(text AS INTEGER) > 3")


@pytest.mark.parametrize(
    ("condition", "problem"),
    [
        ("spaeker IS NOT NULL", "there is no column `spaeker`: did you mean `speaker`?"),
        ("EXISTS (FROM documents d WHERE d.document_id = claims.documentid)", "there is no column `documentid`"),
        ("EXISTS (FROM quotes)", "there is no table `quotes` to ask; a condition may ask sources, documents"),
        ("EXISTS (FROM runs)", "there is no table `runs` to ask"),
        ("text >", "does not read as SQL"),
        ("true; DROP TABLE claims", "does not read as SQL"),
        ("true) AS x FROM claims --", "does not read as SQL"),
        ("text, cue", "more than one expression"),
        ("*", "it gives several columns"),
        ("length(text)", "it gives BIGINT where true or false is wanted"),
        ("count(*) > 3", "it sums up many rows; write a window"),
        ("no_such(text)", "no_such does not exist"),
        ("EXISTS (FROM read_csv('/etc/passwd'))", "it wants a file, the network or a setting"),
        ("EXISTS (FROM 'https://example.org/x.parquet')", "it wants a file, the network or a setting"),
        ("text IN (FROM glob('/*'))", "it wants a file, the network or a setting"),
    ],
)
def test_a_condition_that_cannot_be_asked_is_refused_in_plain_words(condition, problem):
    assert problem in (problem_of(CLAIMS, condition) or "")


@pytest.mark.parametrize("condition", ["text <> '' -- not empty", "start_char < end_char", "COLUMNS('^text$') IS NOT NULL"])
def test_a_condition_that_can_be_asked_is_none_to_mend(condition):
    assert problem_of(CLAIMS, condition) is None
