"""A claim as a node of JSON-LD 1.1: schema.org's `Claim`, with its place as a selector of the Web Annotation Data Model.

docs/export.md says which property holds what, and why. What is not known has no property.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any  # rows and nodes of JSON

CONTEXT_NAME = "claims.context.jsonld"
_AROUND = 64
"""Characters before and after the words that a TextQuoteSelector repeats."""
_TYPES = {
    "PERSON": "Person",
    "ORG": "Organization",
    "GPE": "Place",
    "LOC": "Place",
    "PRODUCT": "Product",
    "EVENT": "Event",
    "WORK": "CreativeWork",
    "LAW": "Legislation",
}
"""What schema.org calls what a mention is; of others only that they are a thing."""
_HOLDERS = ("PERSON", "ORG")
"""Who may be an author there."""
CONTEXT: dict[str, Any] = {
    "@context": {
        "@version": 1.1,
        "@vocab": "https://schema.org/",
        "oa": "http://www.w3.org/ns/oa#",
        "xsd": "http://www.w3.org/2001/XMLSchema#",
        "claim": "urn:claimhouse:claim:",
        "statement": "urn:claimhouse:statement:",
        "document": "urn:claimhouse:document:",
        "entity": "urn:claimhouse:entity:",
        "term": "urn:claimhouse:term:",
        "url": {"@type": "@id"},
        "sameAs": {"@type": "@id"},
        "annotation": {"@reverse": "oa:hasBody"},
        "target": "oa:hasTarget",
        "source": {"@id": "oa:hasSource", "@type": "@id"},
        "selector": "oa:hasSelector",
        "start": {"@id": "oa:start", "@type": "xsd:nonNegativeInteger"},
        "end": {"@id": "oa:end", "@type": "xsd:nonNegativeInteger"},
        "exact": "oa:exact",
        "prefix": "oa:prefix",
        "suffix": "oa:suffix",
        "attribution": "term:attribution",
        "cue": "term:cue",
        "claimType": "term:claimType",
        "modality": "term:modality",
        "isNegated": "term:isNegated",
        "checkworthiness": "term:checkworthiness",
    }
}

Row = Mapping[str, Any]
Node = dict[str, Any]


def claim_node(row: Row) -> Node:
    """The node of one row of `warehouse.export.claims_told`."""
    article = article_node(row)
    return _known({
        "@context": CONTEXT_NAME,
        "@id": f"claim:{row['claim_id']}",
        "@type": "Claim",
        "identifier": row["claim_id"],
        "text": row["text"],
        "description": row["resolved_text"] if row["resolved_text"] != row["text"] else None,
        "inLanguage": row["language"],
        "datePublished": _published(row),
        "author": _author(row, article),
        "about": _entities(row["entities"], ("subject", "object")),
        "mentions": _entities(row["entities"], ("mentioned",)),
        "appearance": article,
        "exampleOfWork": _known({
            "@id": f"statement:{row['cluster_id']}",
            "@type": "Claim",
            "name": row["statement"],
            "datePublished": _moment(row["statement_first_published_at"]),
        }),
        "annotation": _annotation(row),
        "attribution": row["attribution"],
        "cue": row["cue"],
        "claimType": row["claim_type"],
        "modality": row["modality"],
        "isNegated": row["is_negated"],
        "checkworthiness": round(row["checkworthiness"], 4),
    })  # fmt: skip


def article_node(row: Row) -> Node:
    """The article that makes the claim. An address of this machine is nobody else's: of a local file there is none."""
    address = next((url for url in (row["canonical_url"], row["url"]) if url and url.startswith(("http://", "https://"))), None)
    return _known({
        "@id": f"document:{row['document_id']}",
        "@type": "Article",
        "url": address,
        "headline": row["title"],
        "datePublished": _published(row),
        "dateModified": _moment(row["modified_at"]),
        "inLanguage": row["language"],
        "version": row["revision"],
        "author": [{"@type": "Person", "name": name} for name in row["authors"]],
        "publisher": {"@type": "Organization", "name": row["site"]} if row["site"] else None,
    })  # fmt: skip


def _author(row: Row, article: Node) -> object:
    """Who is said to hold it; where the article itself speaks, those who wrote it, else who published it."""
    if row["voice"] == "article":
        return article.get("author") or article.get("publisher")
    if row["voice"] == "unnamed":
        return None
    speaker = next((one for one in row["entities"] if one["entity_id"] == row["speaker_id"] and one["role"] == "speaker"), None)
    if speaker is None:
        return {"name": row["holder"]}
    # A country that speaks is a place where it is mentioned: as an author it goes without a type.
    return _entity(speaker, is_typed=speaker["type"] in _HOLDERS)


def _entities(entities: Sequence[Row], roles: Sequence[str]) -> list[Node]:
    return [_entity(one, is_typed=True) for one in entities if one["role"] in roles]


def _entity(entity: Row, *, is_typed: bool) -> Node:
    wikidata = entity["wikidata_id"]
    return _known({
        "@id": f"entity:{entity['entity_id']}",
        "@type": _TYPES.get(entity["type"], "Thing") if is_typed else None,
        "name": entity["name"],
        "sameAs": f"http://www.wikidata.org/entity/{wikidata}" if wikidata else None,
    })  # fmt: skip


def _annotation(row: Row) -> Node:
    """Where the words stand: in code points of the text that was read, and by the words themselves."""
    quote = _known({
        "@type": "oa:TextQuoteSelector",
        "exact": row["text"],
        "prefix": row["before"][-_AROUND:],
        "suffix": row["after"][:_AROUND],
    })  # fmt: skip
    place = {"@type": "oa:TextPositionSelector", "start": row["start_char"], "end": row["end_char"]}
    source = f"document:{row['document_id']}"
    target = {"@type": "oa:SpecificResource", "source": source, "selector": [place, quote]}
    return {"@type": "oa:Annotation", "target": target}


def _published(row: Row) -> str | None:
    return _moment(row["published_at"]) or _day(row["published_on"])


def _moment(value: datetime | None) -> str | None:
    return f"{value.isoformat()}Z" if value else None


def _day(value: date | None) -> str | None:
    return value.isoformat() if value else None


def _known(node: Node) -> Node:
    return {name: value for name, value in node.items() if value not in (None, "", [])}
