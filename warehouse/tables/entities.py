"""Who and what the articles speak of."""

import polars as pl

from warehouse.tables.mentions import MENTION_TYPES
from warehouse.tables.model import Column, Table

ENTITIES = Table(
    name="entities",
    grain="one person, organisation, place, product or other named thing",
    key=("entity_id",),
    doc="Named things that current documents mention, from the catalogue or from the articles themselves.",
    written="touched",
    columns=(
        Column("entity_id", pl.String, "Hash of the canonical name, and of whether it is a person."),
        Column("name", pl.String, "Canonical name: the catalogue's, else the form most often used."),
        Column("type", pl.String, "Type: the catalogue's, else the one most often found.", values=MENTION_TYPES),
        Column("wikidata_id", pl.String, "Wikidata item, where the catalogue has it.", nullable=True),
        Column("description", pl.String, "A few words from the catalogue.", nullable=True),
        Column(
            "mention_count", pl.Int32, "Mentions in current documents; 0 where only older revisions name it.", between=(0, None)
        ),
        Column("document_count", pl.Int32, "Current documents that mention it.", between=(0, None)),
    ),
)

ENTITY_ALIASES = Table(
    name="entity_aliases",
    grain="one surface form of one entity",
    key=("entity_id", "alias"),
    doc="Forms under which an entity is found: the catalogue's and those met in articles.",
    written="touched",
    columns=(
        Column("entity_id", pl.String, "Entity.", references="entities.entity_id"),
        Column("alias", pl.String, "Surface form, as printed."),
    ),
)
