import polars as pl

from transforms.entities import build_entities
from transforms.names import entity_id_of
from warehouse.tables import ENTITIES, ENTITY_ALIASES

MENTIONS = {
    "entity_id": pl.String, "name": pl.String, "text": pl.String, "type": pl.String, "document_id": pl.String,
    "is_current": pl.Boolean,
}  # fmt: skip
CATALOGUE = pl.DataFrame(
    [("Meta Platforms", "ORG", "Meta|Facebook", "Q380", "technology company"), ("Anna Lind", "PERSON", None, None, None),
     ("META PLATFORMS", "ORG", "Meta", "Q1", "listed twice"), ("Nobody Met", "ORG", "Nobody", None, None)],
    schema=dict.fromkeys(("name", "type", "aliases", "wikidata_id", "description"), pl.String), orient="row",
)  # fmt: skip
META, TARN = entity_id_of("Meta Platforms", "ORG"), entity_id_of("Tarn Laboratory", "ORG")


def mention(entity_id: str | None, text: str, document: str = "d1", **over) -> dict:
    row = {"entity_id": entity_id, "name": text, "text": text, "type": "ORG", "document_id": document, "is_current": True}
    return row | over


def built(*rows: dict) -> tuple[list[dict], list[tuple]]:
    entities, aliases = build_entities(pl.DataFrame(list(rows), schema=MENTIONS, orient="row"), CATALOGUE)
    return entities.to_dicts(), aliases.rows()


def test_the_catalogue_names_types_and_describes_what_it_holds():
    (entity,), _ = built(mention(META, "Facebook", type="PRODUCT"))
    assert entity == {
        "entity_id": META, "name": "Meta Platforms", "type": "ORG", "wikidata_id": "Q380", "description": "technology company",
        "mention_count": 1, "document_count": 1,
    }  # fmt: skip


def test_elsewhere_the_name_and_type_used_most_often_count():
    rows = [mention(TARN, "Tarn Lab", type="LOC"), mention(TARN, "Tarn Laboratory"), mention(TARN, "Tarn Laboratory")]
    (entity,), _ = built(*rows)
    assert (entity["name"], entity["type"], entity["wikidata_id"]) == ("Tarn Laboratory", "ORG", None)


def test_ties_go_in_alphabetical_order():
    (entity,), _ = built(mention(TARN, "Tarn Laboratory"), mention(TARN, "Tarn Lab", type="LOC"))
    assert (entity["name"], entity["type"]) == ("Tarn Lab", "LOC")


def test_a_mention_without_a_canonical_name_counts_by_its_text():
    (entity,), _ = built(mention(TARN, "Tarn Lab", name=None))
    assert entity["name"] == "Tarn Lab"


def test_counts_are_over_current_documents():
    rows = [
        mention(META, "Meta"),
        mention(META, "Meta"),
        mention(META, "Meta", "d2"),
        mention(META, "Meta", "d3", is_current=False),
    ]
    (entity,), _ = built(*rows)
    assert (entity["mention_count"], entity["document_count"]) == (3, 2)


def test_an_entity_that_only_older_revisions_mention_stays_with_zero():
    (entity,), _ = built(mention(META, "Meta", is_current=False))
    assert (entity["mention_count"], entity["document_count"]) == (0, 0)


def test_aliases_are_the_catalogues_and_those_met():
    _, aliases = built(mention(META, "META"), mention(META, "META"))
    assert aliases == [(META, form) for form in ("Facebook", "META", "Meta", "Meta Platforms")]


def test_an_entity_without_listed_aliases_has_its_name():
    _, aliases = built(mention(entity_id_of("Anna Lind", "PERSON"), "Lind"))
    assert [alias for _, alias in aliases] == ["Anna Lind", "Lind"]


def test_a_mention_without_an_entity_is_passed_over():
    assert built(mention(None, "Zuckerberg")) == ([], [])


def test_tables_are_declared_and_in_order():
    rows = pl.DataFrame([mention(f"e{at}", f"name {9 - at}") for at in range(9)], schema=MENTIONS, orient="row")
    entities, aliases = build_entities(rows, CATALOGUE)
    assert (entities.schema, aliases.schema) == (ENTITIES.schema, ENTITY_ALIASES.schema)
    assert entities["entity_id"].is_sorted() and aliases.equals(aliases.sort(ENTITY_ALIASES.key))
