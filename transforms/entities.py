"""Entities and their aliases, drawn from mentions and from the catalogue."""

import polars as pl

from transforms.names import bare_name, entity_id_of
from warehouse.tables import ENTITIES, ENTITY_ALIASES


def build_entities(forms: pl.DataFrame, counts: pl.DataFrame, catalogue: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The `entities` that mentions stand for and their `entity_aliases`, each sorted by key.

    `forms`: entity_id, text, type and mentions, how often the entity is so printed and typed in all documents. `counts`:
    entity_id, mention_count and document_count, over current documents. In both an entity may have several rows, each of other
    documents. `catalogue`: name, type, aliases (joined by `|`), wikidata_id, description; it names, types and describes the
    entities it holds. Otherwise the name is the most frequent of the forms that the id is a hash of, since a surname alone is
    none of them, and the type the most frequent; ties in alphabetical order. An entity that only older revisions mention
    stays, with 0.
    """
    listed = _listed(catalogue)
    entities = (
        _most_often(_named(forms), "name")
        .join(_most_often(forms.with_columns(is_own=pl.lit(value=True)), "type"), on="entity_id")
        .join(listed, on="entity_id", how="left", suffix="_listed")
        .join(counts.group_by("entity_id").agg(pl.col("mention_count", "document_count").sum()), on="entity_id", how="left")
        .with_columns(
            pl.coalesce("name_listed", "name").alias("name"),
            pl.coalesce("type_listed", "type").alias("type"),
            pl.col("mention_count", "document_count").fill_null(0),  # named by older revisions only
        )
    )
    aliases = pl.concat([forms.select("entity_id", alias="text"), _listed_forms(listed, forms)]).unique()
    entities = entities.select(ENTITIES.schema.names()).cast(ENTITIES.schema)
    return entities.sort(ENTITIES.key), aliases.sort(ENTITY_ALIASES.key)


def _named(forms: pl.DataFrame) -> pl.DataFrame:
    """The forms with the `name` in each, and whether the entity's id is the hash of that name."""
    bare = [bare_name(text) for text in forms["text"]]
    is_own = [entity_id_of(name, kind) == own for name, kind, own in zip(bare, forms["type"], forms["entity_id"], strict=True)]
    return forms.with_columns(name=pl.Series(bare, dtype=pl.String), is_own=pl.Series(is_own, dtype=pl.Boolean))


def _listed(catalogue: pl.DataFrame) -> pl.DataFrame:
    """The catalogue's rows with their entity ids; of two rows for one entity the first counts."""
    ids = [entity_id_of(name, type_) for name, type_ in catalogue.select("name", "type").iter_rows()]
    columns = ("name", "type", "aliases", "wikidata_id", "description")
    rows = catalogue.select(pl.col(columns).cast(pl.String)).with_columns(entity_id=pl.Series(ids, dtype=pl.String))
    return rows.unique("entity_id", keep="first", maintain_order=True)


def _most_often(forms: pl.DataFrame, column: str) -> pl.DataFrame:
    counted = forms.group_by("entity_id", column, "is_own").agg(pl.col("mentions").sum())
    ranked = counted.sort("entity_id", "is_own", "mentions", column, descending=[False, True, True, False])
    return ranked.group_by("entity_id", maintain_order=True).agg(pl.col(column).first())


def _listed_forms(listed: pl.DataFrame, forms: pl.DataFrame) -> pl.DataFrame:
    named = listed.join(forms.select("entity_id").unique(), on="entity_id", how="semi")
    printed = named.select("entity_id", alias=pl.concat_list("name", pl.col("aliases").fill_null("").str.split("|")))
    return printed.explode("alias").filter(pl.col("alias") != "")
