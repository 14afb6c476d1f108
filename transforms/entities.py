"""Entities and their aliases, drawn from mentions and from the catalogue."""

import polars as pl

from transforms.names import entity_id_of
from warehouse.tables import ENTITIES, ENTITY_ALIASES


def build_entities(mentions: pl.DataFrame, catalogue: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The `entities` that the mentions stand for and their `entity_aliases`, each sorted by key.

    `mentions`: entity_id, name (the canonical form, else the text counts), text, type, document_id, is_current; rows without
    an entity are passed over.
    `catalogue`: name, type, aliases (joined by `|`), wikidata_id, description; it names, types and describes the entities it
    holds. Otherwise the name and the type used most often count, ties in alphabetical order. Counts are over current documents;
    an entity that only older revisions mention stays, with 0.
    """
    mentions = mentions.filter(pl.col("entity_id").is_not_null()).with_columns(name=pl.coalesce("name", "text"))
    listed = _listed(catalogue)
    current = mentions.filter("is_current").group_by("entity_id")
    counts = current.agg(mention_count=pl.len(), document_count=pl.col("document_id").n_unique())
    entities = (
        _most_often(mentions, "name")
        .join(_most_often(mentions, "type"), on="entity_id")
        .join(listed, on="entity_id", how="left", suffix="_listed")
        .join(counts, on="entity_id", how="left")
        .with_columns(
            pl.coalesce("name_listed", "name").alias("name"),
            pl.coalesce("type_listed", "type").alias("type"),
            pl.col("mention_count", "document_count").fill_null(0),  # named by older revisions only
        )
    )
    aliases = pl.concat([mentions.select("entity_id", alias="text"), _listed_forms(listed, mentions)]).unique()
    entities = entities.select(ENTITIES.schema.names()).cast(ENTITIES.schema)
    return entities.sort(ENTITIES.key), aliases.sort(ENTITY_ALIASES.key)


def _listed(catalogue: pl.DataFrame) -> pl.DataFrame:
    """The catalogue's rows with their entity ids; of two rows for one entity the first counts."""
    ids = [entity_id_of(name, type_) for name, type_ in catalogue.select("name", "type").iter_rows()]
    columns = ("name", "type", "aliases", "wikidata_id", "description")
    rows = catalogue.select(pl.col(columns).cast(pl.String)).with_columns(entity_id=pl.Series(ids, dtype=pl.String))
    return rows.unique("entity_id", keep="first", maintain_order=True)


def _most_often(mentions: pl.DataFrame, column: str) -> pl.DataFrame:
    counted = mentions.group_by("entity_id", column).len()
    ranked = counted.sort("entity_id", "len", column, descending=[False, True, False])
    return ranked.group_by("entity_id", maintain_order=True).agg(pl.col(column).first())


def _listed_forms(listed: pl.DataFrame, mentions: pl.DataFrame) -> pl.DataFrame:
    named = listed.join(mentions.select("entity_id").unique(), on="entity_id", how="semi")
    forms = named.select("entity_id", alias=pl.concat_list("name", pl.col("aliases").fill_null("").str.split("|")))
    return forms.explode("alias").filter(pl.col("alias") != "")
