import polars as pl

from transforms.entities import build_entities
from transforms.names import entity_id_of
from warehouse.tables import ENTITIES, ENTITY_ALIASES

MENTIONS = {
    "entity_id": pl.String, "text": pl.String, "type": pl.String, "document_id": pl.String,
    "is_current": pl.Boolean,
}  # fmt: skip
CATALOGUE = pl.DataFrame(
    [("Meta Platforms", "ORG", "Meta|Facebook", "Q380", "technology company"), ("Anna Lind", "PERSON", None, None, None),
     ("META PLATFORMS", "ORG", "Meta", "Q1", "listed twice"), ("Nobody Met", "ORG", "Nobody", None, None)],
    schema=dict.fromkeys(("name", "type", "aliases", "wikidata_id", "description"), pl.String), orient="row",
)  # fmt: skip
META, TARN = entity_id_of("Meta Platforms", "ORG"), entity_id_of("Tarn Laboratory", "ORG")


def mention(entity_id: str, text: str, document: str = "d1", **over) -> dict:
    row = {"entity_id": entity_id, "text": text, "type": "ORG", "document_id": document, "is_current": True}
    return row | over


def built(*rows: dict) -> tuple[list[dict], list[tuple]]:
    forms, counts = counted(*rows)
    entities, aliases = build_entities(forms, counts, CATALOGUE)
    return entities.to_dicts(), aliases.rows()


def counted(*rows: dict) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Mentions as the warehouse counts them."""
    mentions = pl.DataFrame(list(rows), schema=MENTIONS, orient="row")
    documents = {"mention_count": pl.len(), "document_count": pl.col("document_id").n_unique()}
    return (
        mentions.group_by("entity_id", "text", "type").agg(mentions=pl.len()),
        mentions.filter("is_current").group_by("entity_id").agg(**documents),
    )


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
    (entity,), _ = built(mention(TARN, "Tarn Labs"), mention(TARN, "Tarn Lab", type="LOC"))
    assert (entity["name"], entity["type"]) == ("Tarn Lab", "LOC")


def test_a_form_that_the_id_stands_for_names_the_entity_however_frequent_others_are():
    rows = [mention(TARN, "the Tarn"), mention(TARN, "the Tarn"), mention(TARN, "Tarn Laboratory")]
    (entity,), _ = built(*rows)
    assert entity["name"] == "Tarn Laboratory"


def test_counts_of_known_and_new_documents_add_up():
    known, new = counted(mention(META, "Meta"), mention(META, "Facebook")), counted(mention(META, "Meta", "d2"))
    entities, _ = build_entities(pl.concat([known[0], new[0]]), pl.concat([known[1], new[1]]), CATALOGUE)
    assert entities.select("mention_count", "document_count").rows() == [(3, 2)]


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


def test_tables_are_declared_and_in_order():
    entities, aliases = build_entities(*counted(*(mention(f"e{at}", f"name {9 - at}") for at in range(9))), CATALOGUE)
    assert (entities.schema, aliases.schema) == (ENTITIES.schema, ENTITY_ALIASES.schema)
    assert entities["entity_id"].is_sorted() and aliases.equals(aliases.sort(ENTITY_ALIASES.key))
