from time import process_time

import polars as pl
import pytest

from transforms.annotate import _in_claims

TEXT = (
    "OpenAI opened an office in Oslo in 1995, and it cost $9 million.\n"
    "“We hired 400 people,” said Anna Lindqvist. “The ferry is late.”\n"
    "She said that 🦜 Piet Olsen would buy the old ferry for $2 million.\n"
)


@pytest.fixture(scope="module")
def tables(tables_of):
    return tables_of(TEXT)


@pytest.mark.parametrize("name", ["sentences", "mentions", "claims", "quantities", "time_expressions"])
def test_every_span_reproduces_its_text(tables, name):
    assert len(tables[name])
    assert all(TEXT[row["start_char"] : row["end_char"]] == row["text"] for row in tables[name].to_dicts())


def test_a_cue_s_span_reproduces_the_cue(tables):
    rows = tables["claims"].filter(pl.col("cue").is_not_null()).to_dicts()
    assert rows
    assert all(TEXT[row["cue_start_char"] : row["cue_end_char"]] == row["cue"] for row in rows)


def test_a_speaker_s_span_holds_the_words_that_name_him(tables):
    rows = tables["claims"].filter(pl.col("speaker").is_not_null()).to_dicts()
    assert {TEXT[row["speaker_start_char"] : row["speaker_end_char"]] for row in rows} == {"Anna Lindqvist", "She"}


@pytest.mark.parametrize("name", ["mentions", "claims", "claim_entities", "quantities", "time_expressions"])
def test_every_table_has_its_declared_schema(tables, name):
    from warehouse.tables import TABLES

    assert tables[name].schema == next(table for table in TABLES if table.name == name).schema


@pytest.mark.parametrize("name", ["mentions", "claims", "quantities", "time_expressions"])
def test_every_row_lies_in_its_sentence(tables, name):
    sentences = {row["sentence_id"]: row for row in tables["sentences"].to_dicts()}
    for row in tables[name].to_dicts():
        assert sentences[row["sentence_id"]]["start_char"] <= row["start_char"] < sentences[row["sentence_id"]]["end_char"]


@pytest.mark.parametrize(("name", "key"), [("mentions", "mention_id"), ("claims", "claim_id"), ("quantities", "quantity_id")])
def test_every_id_is_unique(tables, name, key):
    assert tables[name][key].is_unique().all()


def test_ids_are_the_same_on_a_second_reading(tables, tables_of):
    again = tables_of(TEXT)
    assert all(tables[name].equals(again[name]) for name in tables)


def test_a_pronoun_as_speaker_takes_the_name_it_stands_for(tables):
    row = tables["claims"].filter(pl.col("text").str.contains("Piet Olsen")).row(0, named=True)
    assert (row["speaker"], row["speaker_id"]) == ("Anna Lindqvist", row["speaker_id"])
    assert row["speaker_id"] in tables["mentions"].filter(pl.col("text") == "Anna Lindqvist")["entity_id"].to_list()


def test_a_speaker_without_an_entity_goes_by_the_words_used(claims_of):
    (claim,) = claims_of("Some critics say that the mayor wastes money.")
    assert (claim["speaker"], claim["speaker_id"]) == ("Some critics", None)


def test_an_inherited_speaker_is_the_same_entity(claims_of):
    first, second = claims_of(
        "“The harbour will freeze,” Anna Lindqvist said.\n“The ferries will stop too, and fish will be dear.”"
    )
    assert first["speaker_id"]
    assert (second["speaker"], second["speaker_id"]) == (first["speaker"], first["speaker_id"])


def test_the_subject_and_the_object_are_entities_where_they_are_names(claims_of, tables_of):
    (claim,) = claims_of("OpenAI bought Linux last year.")
    ids = dict(tables_of("OpenAI bought Linux last year.")["mentions"].select("text", "entity_id").rows())
    assert (claim["subject_id"], claim["object_id"]) == (ids["OpenAI"], ids["Linux"])


def test_a_subject_that_merely_mentions_a_name_is_not_that_entity(claims_of):
    (claim,) = claims_of("The owner of OpenAI sold the old ferry.")
    assert claim["subject_id"] is None


def test_every_entity_of_a_claim_has_its_role(tables_of):
    tables = tables_of("Anna Lindqvist said that OpenAI bought Linux from Piet Olsen.")
    (claim,) = tables["claims"].to_dicts()
    names = {row["entity_id"]: row["text"] for row in tables["mentions"].to_dicts()}
    roles = {(names[entity], role) for entity, role in tables["claim_entities"].select("entity_id", "role").rows()}
    assert roles == {("Anna Lindqvist", "speaker"), ("OpenAI", "subject"), ("Linux", "object"), ("Piet Olsen", "mentioned")}
    assert set(tables["claim_entities"]["claim_id"]) == {claim["claim_id"]}


def test_a_figure_belongs_to_the_smallest_claim_that_holds_it(tables_of):
    tables = tables_of("Piet Olsen said that the mayor had told him that the ferry carries 400 people.")
    claims = dict(tables["claims"].select("claim_id", "text").rows())
    assert len(claims) == 2
    assert claims[tables["quantities"]["claim_id"][0]] == "the ferry carries 400 people"


def test_a_figure_in_no_claim_belongs_to_none(tables_of):
    assert tables_of("Would 400 people fit on the ferry?")["quantities"]["claim_id"].to_list() == [None]


def test_a_figure_makes_its_claim_one_of_quantity(claims_of):
    assert claims_of("The ferry carries 400 people.")[0]["claim_type"] == "quantity"


def test_a_figure_beside_a_claim_does_not_make_it_one_of_quantity(claims_of):
    kinds = {
        claim["text"]: claim["claim_type"]
        for claim in claims_of("The river flows past the town, and the ferry carries 400 people.")
    }
    assert kinds == {"The river flows past the town": "other", "the ferry carries 400 people": "quantity"}


def test_a_text_without_names_claims_or_figures_gives_empty_tables(tables_of):
    tables = tables_of("And so on.")
    assert [len(tables[name]) for name in ("mentions", "claims", "claim_entities", "quantities", "time_expressions")] == [0] * 5


def test_each_span_is_in_the_smallest_claim_that_holds_it():
    claims = pl.DataFrame(
        {"claim_id": ["all", "inner", "other", "long"], "start_char": [0, 10, 40, 40], "end_char": [50, 20, 60, 90]}
    )
    places = [(12, 14), (5, 12), (10, 20), (44, 50), (41, 58), (70, 75), (95, 99), (45, 95)]
    spans = pl.DataFrame(places, ["start_char", "end_char"], orient="row").with_columns(claim_id=pl.lit(None, pl.String))
    expected = ["inner", "all", "inner", "other", "other", "long", None, None]
    assert _in_claims(spans, claims)["claim_id"].to_list() == expected


def test_a_claim_for_each_of_thousands_of_figures_is_found_at_once():
    at = list(range(0, 400_000, 10))
    claims = pl.DataFrame({"claim_id": [str(each) for each in at], "start_char": at, "end_char": [each + 9 for each in at]})
    spans = pl.DataFrame({"start_char": at, "end_char": [each + 3 for each in at], "claim_id": [""] * len(at)})
    began = process_time()
    assert _in_claims(spans, claims)["claim_id"].to_list() == claims["claim_id"].to_list()
    assert process_time() - began < 2
