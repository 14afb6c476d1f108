"""A small warehouse, consistent in every table: five pages on Llama 3.1, one of them in two revisions, over three runs.

Spans are looked up in the text, so that no test counts characters by hand.
"""

import shutil
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

import duckdb
import polars as pl
import pytest

from warehouse.database import Connection, building, open_readonly
from warehouse.load import load_tables
from warehouse.tables import READ_ZONES, TABLES

FIRST_RUN = datetime(2024, 7, 24, 6, 0)
SECOND_RUN = datetime(2024, 7, 25, 6, 0)
THIRD_RUN = datetime(2024, 7, 26, 6, 0)

ENTITIES = {
    "llama31": ("Llama 3.1", "PRODUCT", ["Llama 3.1", "Llama"]),
    "meta": ("Meta", "ORG", ["Meta", "Meta Platforms"]),
    "zuckerberg": ("Mark Zuckerberg", "PERSON", ["Mark Zuckerberg", "Zuckerberg"]),
    "biderman": ("Stella Biderman", "PERSON", ["Stella Biderman", "Biderman"]),
    "gpt4o": ("GPT-4o", "PRODUCT", ["GPT-4o"]),
}

# By document_id; sentences are (zone, text), and a heading is the section of what follows. Left out: revision 1, current, kept.
DOCUMENTS: dict[str, dict[str, object]] = {
    "news": {
        "page": "p-news",
        "site": "techpost.example",
        "title": "Meta ships its largest open model",
        "published_at": datetime(2024, 7, 23, 15, 0),
        "first_seen_at": FIRST_RUN,
        "sentences": [
            ("title", "Meta ships its largest open model"),
            ("body", "Meta released Llama 3.1 on Tuesday."),
            ("body", "Llama 3.1 has 405 billion parameters."),
            ("heading", "The path"),
            ("body", '"Open source AI is the path forward," Mark Zuckerberg said.'),
            ("body", "Llama 3.1 is open source, according to Meta."),
            ("boilerplate", "Sign up for our newsletter!"),
        ],
    },
    "interview-1": {
        "page": "p-interview",
        "site": "dailywire.example",
        "title": "Zuckerberg on open models",
        "is_current": False,
        "published_at": datetime(2024, 7, 23, 18, 0),
        "first_seen_at": FIRST_RUN,
        "sentences": [
            ("title", "Zuckerberg on open models"),
            ("body", "Mark Zuckerberg said that running Llama 3.1 costs a third of GPT-4o."),
            ("body", "The model has 405 billion parameters, Meta said."),
        ],
    },
    "interview-2": {
        "page": "p-interview",
        "site": "dailywire.example",
        "title": "Zuckerberg on open models (corrected)",
        "revision": 2,
        "published_at": datetime(2024, 7, 23, 18, 0),
        "modified_at": datetime(2024, 7, 24, 20, 0),
        "first_seen_at": SECOND_RUN,
        "sentences": [
            ("title", "Zuckerberg on open models (corrected)"),
            ("body", "Mark Zuckerberg said that running Llama 3.1 costs about 50 percent of GPT-4o."),
            ("body", "The model has 405 billion parameters, Meta said."),
        ],
    },
    "opinion": {
        "page": "p-opinion",
        "site": "columns.example",
        "title": "Open, with strings attached",
        "published_at": datetime(2024, 7, 24, 9, 0),
        "first_seen_at": SECOND_RUN,
        "sentences": [
            ("title", "Open, with strings attached"),
            ("heading", "The licence"),
            ("body", "Some critics say that Llama 3.1 is not truly open source."),
            ("list", 'Stella Biderman called the release "a real gift to research" but named its limits.'),
            ("body", "Meta will release Llama 4 in 2025."),
            ("caption", "A llama in the Andes."),
        ],
    },
    "copy": {
        "page": "p-copy",
        "site": "wire.example",
        "title": "Meta ships its largest open model",
        "outcome": "duplicate",
        "duplicate_of": "news",
        "outcome_reason": "its article is the same to the word as that of techpost.example",
        "published_at": datetime(2024, 7, 23, 21, 0),
        "first_seen_at": FIRST_RUN,
        "sentences": [
            ("title", "Meta ships its largest open model"),
            ("body", "Meta released Llama 3.1 on Tuesday."),
            ("body", "Llama 3.1 has 405 billion parameters."),
            ("heading", "The path"),
            ("body", '"Open source AI is the path forward," Mark Zuckerberg said.'),
            ("body", "Llama 3.1 is open source, according to Meta."),
        ],
    },
    "index": {
        "page": "p-index",
        "site": None,
        "title": None,
        "outcome": "not_an_article",
        "outcome_reason": "its text is links",
        "published_at": None,
        "first_seen_at": SECOND_RUN,
        "sentences": [("boilerplate", "All stories")],
    },
}

# By claim_id; left out: an assertion in the article's own voice, checkworthiness 0.5.
CLAIMS: dict[str, dict[str, object]] = {
    "c-release": {
        "document": "news",
        "text": "Meta released Llama 3.1 on Tuesday.",
        "cluster": "c-release",
        "claim_type": "event",
        "subject": "Meta",
        "predicate": "released",
        "object": "Llama 3.1",
        "subject_id": "meta",
        "object_id": "llama31",
    },
    "c-size": {
        "document": "news",
        "text": "Llama 3.1 has 405 billion parameters.",
        "cluster": "c-size",
        "claim_type": "quantity",
        "subject": "Llama 3.1",
        "predicate": "has",
        "object": "405 billion parameters",
        "subject_id": "llama31",
        "checkworthiness": 0.9,
    },
    "c-path": {
        "document": "news",
        "text": "Open source AI is the path forward,",
        "cluster": "c-path",
        "claim_type": "opinion",
        "attribution": "direct",
        "speaker": "Mark Zuckerberg",
        "speaker_id": "zuckerberg",
        "speaker_words": "Mark Zuckerberg",
        "cue": "said",
        "subject": "Open source AI",
        "predicate": "is",
    },
    "c-open": {
        "document": "news",
        "text": "Llama 3.1 is open source",
        "cluster": "c-open",
        "claim_type": "definition",
        "attribution": "indirect",
        "speaker": "Meta",
        "speaker_id": "meta",
        "speaker_words": "Meta",
        "cue": "according to",
        "subject": "Llama 3.1",
        "predicate": "is",
        "subject_id": "llama31",
    },
    "c-third": {
        "document": "interview-1",
        "text": "running Llama 3.1 costs a third of GPT-4o",
        "cluster": "c-third",
        "claim_type": "comparison",
        "attribution": "indirect",
        "speaker": "Mark Zuckerberg",
        "speaker_id": "zuckerberg",
        "speaker_words": "Mark Zuckerberg",
        "cue": "said",
        "subject": "running Llama 3.1",
        "predicate": "costs",
    },
    "c-size-1": {
        "document": "interview-1",
        "text": "The model has 405 billion parameters",
        "cluster": "c-size",
        "claim_type": "quantity",
        "attribution": "indirect",
        "speaker": "Meta",
        "speaker_id": "meta",
        "speaker_words": "Meta",
        "cue": "said",
        "subject": "The model",
        "predicate": "has",
        "subject_id": "llama31",
    },
    "c-half": {
        "document": "interview-2",
        "text": "running Llama 3.1 costs about 50 percent of GPT-4o",
        "cluster": "c-half",
        "claim_type": "comparison",
        "attribution": "indirect",
        "speaker": "Mark Zuckerberg",
        "speaker_id": "zuckerberg",
        "speaker_words": "Mark Zuckerberg",
        "cue": "said",
        "subject": "running Llama 3.1",
        "predicate": "costs",
    },
    "c-size-2": {
        "document": "interview-2",
        "text": "The model has 405 billion parameters",
        "cluster": "c-size",
        "claim_type": "quantity",
        "attribution": "indirect",
        "speaker": "Meta",
        "speaker_id": "meta",
        "speaker_words": "Meta",
        "cue": "said",
        "subject": "The model",
        "predicate": "has",
        "subject_id": "llama31",
    },
    "c-closed": {
        "document": "opinion",
        "text": "Llama 3.1 is not truly open source",
        "cluster": "c-closed",
        "claim_type": "definition",
        "attribution": "indirect",
        "speaker": "Some critics",
        "speaker_words": "Some critics",
        "cue": "say",
        "is_negated": True,
        "subject": "Llama 3.1",
        "predicate": "is not",
        "subject_id": "llama31",
    },
    "c-gift": {
        "document": "opinion",
        "text": 'the release "a real gift to research"',
        "cluster": "c-gift",
        "claim_type": "opinion",
        "attribution": "mixed",
        "speaker": "Stella Biderman",
        "speaker_id": "biderman",
        "speaker_words": "Stella Biderman",
        "cue": "called",
        "subject": "the release",
    },
    "c-next": {
        "document": "opinion",
        "text": "Meta will release Llama 4 in 2025.",
        "cluster": "c-next",
        "claim_type": "prediction",
        "modality": "planned",
        "subject": "Meta",
        "predicate": "will release",
        "object": "Llama 4",
        "subject_id": "meta",
    },
}

CLAIM_ENTITIES = [
    ("c-release", "meta", "subject"),
    ("c-release", "llama31", "object"),
    ("c-size", "llama31", "subject"),
    ("c-path", "zuckerberg", "speaker"),
    ("c-open", "llama31", "subject"),
    ("c-open", "meta", "speaker"),
    ("c-third", "llama31", "mentioned"),
    ("c-third", "gpt4o", "mentioned"),
    ("c-third", "zuckerberg", "speaker"),
    ("c-size-1", "llama31", "subject"),
    ("c-size-1", "meta", "speaker"),
    ("c-half", "llama31", "mentioned"),
    ("c-half", "gpt4o", "mentioned"),
    ("c-half", "zuckerberg", "speaker"),
    ("c-size-2", "llama31", "subject"),
    ("c-size-2", "meta", "speaker"),
    ("c-closed", "llama31", "subject"),
    ("c-gift", "biderman", "speaker"),
    ("c-next", "meta", "subject"),
]

# claim, figure as printed, value, unit, kind, is_approximate
QUANTITIES = [
    ("c-size", "405 billion parameters", 405e9, "parameter", "count", False),
    ("c-size-1", "405 billion parameters", 405e9, "parameter", "count", False),
    ("c-size-2", "405 billion parameters", 405e9, "parameter", "count", False),
    ("c-third", "a third", 1 / 3, None, "ratio", False),
    ("c-half", "about 50 percent", 50.0, "percent", "percent", True),
]

# claim, expression as printed, earliest, latest, is_relative
TIMES = [
    ("c-release", "on Tuesday", date(2024, 7, 23), date(2024, 7, 23), True),
    ("c-next", "in 2025", date(2025, 1, 1), date(2025, 12, 31), False),
]

RUNS = [("run-1", FIRST_RUN, "loaded", 3), ("run-2", SECOND_RUN, "loaded", 3), ("run-3", THIRD_RUN, "unchanged", 0)]


@pytest.fixture
def frames() -> dict[str, pl.DataFrame]:
    """Every table of the small warehouse, in its declared schema."""
    return _small_frames()


@pytest.fixture(scope="session")
def empty_warehouse_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty warehouse as a published file."""
    path = tmp_path_factory.mktemp("empty") / "warehouse.duckdb"
    with building(path):
        pass
    return path


@pytest.fixture
def con(empty_warehouse_file: Path, tmp_path: Path) -> Iterator[Connection]:
    """An empty warehouse, open to changes."""
    with duckdb.connect(shutil.copy(empty_warehouse_file, tmp_path / "empty.duckdb")) as con:
        yield con


@pytest.fixture
def loaded(small_warehouse_file: Path, tmp_path: Path) -> Iterator[Connection]:
    """The small warehouse, open to changes."""
    with duckdb.connect(shutil.copy(small_warehouse_file, tmp_path / "loaded.duckdb")) as con:
        yield con


def _small_frames() -> dict[str, pl.DataFrame]:
    rows: dict[str, list[dict[str, object]]] = {table.name: [] for table in TABLES}
    rows["sources"] = [
        {"source_id": "s-articles", "kind": "file", "location": "file:///articles", "title": "Articles", "added_at": FIRST_RUN}
    ]
    texts = {document_id: _add_document(rows, document_id) for document_id in DOCUMENTS}
    for claim_id in CLAIMS:
        _add_claim(rows, claim_id, texts)
    _add_figures_and_times(rows, texts)
    _add_entities(rows)
    _add_relations(rows)
    _add_keys(rows)
    _add_runs(rows)
    sentences = {row["sentence_id"]: {"sentence": row["text"], "section": row.get("section")} for row in rows["sentences"]}
    rows["claims"] = [{**row, **sentences[row["sentence_id"]]} for row in rows["claims"]]
    return {table.name: table.frame(rows[table.name]) for table in TABLES}


@pytest.fixture(scope="session")
def small_warehouse_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small warehouse as a published file; tests that change it copy it first."""
    path = tmp_path_factory.mktemp("small") / "warehouse.duckdb"
    with building(path) as con:
        load_tables(con, _small_frames(), replaced_documents=[])
    return path


@pytest.fixture
def small_warehouse(small_warehouse_file: Path) -> Iterator[Connection]:
    """The small warehouse, opened as `claimhouse query` opens one."""
    con = open_readonly(small_warehouse_file)
    yield con
    con.close()


def _add_document(rows: dict[str, list[dict[str, object]]], document_id: str) -> str:
    given = DOCUMENTS[document_id]
    pieces: list[tuple[str, str]] = given["sentences"]  # type: ignore[assignment]
    text = "\n".join(piece for _, piece in pieces)
    outcome = given.get("outcome", "kept")
    rows["documents"].append(
        {
            "document_id": document_id,
            "page_id": given["page"],
            "page_key": f"{given['page']}.html",
            "source_id": "s-articles",
            "url": f"file:///articles/{given['page']}.html",
            "site": given["site"],
            "title": given["title"],
            "authors": ["A. Writer"],
            "published_at": given["published_at"],
            "modified_at": given.get("modified_at"),
            "language": "en",
            "text": text,
            "text_chars": len(text),
            "word_count": sum(len(piece.split()) for zone, piece in pieces if zone != "boilerplate"),
            "content_hash": f"hash-{document_id}",
            "raw_hash": f"raw-{document_id}",
            "pipeline_version": "v1",
            "fetched_at": given["first_seen_at"],
            "first_seen_at": given["first_seen_at"],
            "last_seen_at": THIRD_RUN,
            "revision": given.get("revision", 1),
            "is_current": given.get("is_current", True),
            "duplicate_of": given.get("duplicate_of"),
            "outcome": outcome,
            "outcome_reason": given.get("outcome_reason"),
        }
    )
    section, start = None, 0
    for position, (zone, piece) in enumerate(pieces):
        sentence_id = f"{document_id}-{position}"
        rows["sentences"].append(
            {
                "sentence_id": sentence_id,
                "document_id": document_id,
                "position": position,
                "start_char": start,
                "end_char": start + len(piece),
                "text": piece,
                "zone": zone,
                "section": section,
            }
        )
        if outcome == "kept" and zone in READ_ZONES:
            _add_mentions(rows, document_id, sentence_id, piece, start)
        section = piece if zone == "heading" else section
        start += len(piece) + 1
    return text


def _add_mentions(rows: dict[str, list[dict[str, object]]], document_id: str, sentence_id: str, piece: str, start: int) -> None:
    for entity_id, (name, kind, _) in ENTITIES.items():
        at = piece.find(name)
        if at >= 0:
            rows["mentions"].append(
                {
                    "mention_id": f"{sentence_id}-{entity_id}",
                    "document_id": document_id,
                    "sentence_id": sentence_id,
                    "entity_id": entity_id,
                    "start_char": start + at,
                    "end_char": start + at + len(name),
                    "text": name,
                    "type": kind,
                    "method": "catalogue",
                    "score": None,
                }
            )


def _add_claim(rows: dict[str, list[dict[str, object]]], claim_id: str, texts: dict[str, str]) -> None:
    given = dict(CLAIMS[claim_id])
    document_id, text = str(given.pop("document")), str(given["text"])
    start = texts[document_id].index(text)
    row = {
        "claim_id": claim_id,
        "document_id": document_id,
        "sentence_id": _sentence_at(rows, document_id, start),
        "start_char": start,
        "end_char": start + len(text),
        "resolved_text": text.replace("The model", "Llama 3.1"),
        "attribution": "author",
        "modality": "asserted",
        "is_negated": False,
        "checkworthiness": 0.5,
        "cluster_id": given.pop("cluster"),
    }
    if words := given.pop("speaker_words", None):
        at = texts[document_id].index(str(words))
        row |= {"speaker_start_char": at, "speaker_end_char": at + len(str(words))}
    if cue := given.get("cue"):
        at = texts[document_id].index(str(cue))
        row |= {"cue_start_char": at, "cue_end_char": at + len(str(cue))}
    rows["claims"].append(row | given)


def _add_figures_and_times(rows: dict[str, list[dict[str, object]]], texts: dict[str, str]) -> None:
    for claim_id, words, value, unit, kind, is_approximate in QUANTITIES:
        rows["quantities"].append(
            {
                "quantity_id": f"q-{claim_id}",
                **_place(rows, claim_id, words, texts),
                "value": value,
                "unit": unit,
                "kind": kind,
                "is_approximate": is_approximate,
            }
        )
    for claim_id, words, earliest, latest, is_relative in TIMES:
        rows["time_expressions"].append(
            {
                "time_id": f"t-{claim_id}",
                **_place(rows, claim_id, words, texts),
                "earliest": earliest,
                "latest": latest,
                "is_relative": is_relative,
            }
        )


def _place(rows: dict[str, list[dict[str, object]]], claim_id: str, words: str, texts: dict[str, str]) -> dict[str, object]:
    document_id = str(CLAIMS[claim_id]["document"])
    start = texts[document_id].index(words)
    return {
        "document_id": document_id,
        "sentence_id": _sentence_at(rows, document_id, start),
        "claim_id": claim_id,
        "start_char": start,
        "end_char": start + len(words),
        "text": words,
    }


def _sentence_at(rows: dict[str, list[dict[str, object]]], document_id: str, start: int) -> object:
    return next(
        row["sentence_id"]
        for row in rows["sentences"]
        if row["document_id"] == document_id and row["start_char"] <= start < row["end_char"]  # type: ignore[operator]
    )


def _add_entities(rows: dict[str, list[dict[str, object]]]) -> None:
    current = [m for m in rows["mentions"] if m["document_id"] != "interview-1"]
    for entity_id, (name, kind, aliases) in ENTITIES.items():
        documents = [mention["document_id"] for mention in current if mention["entity_id"] == entity_id]
        rows["entities"].append(
            {
                "entity_id": entity_id,
                "name": name,
                "type": kind,
                "description": None,
                "wikidata_id": "Q36215" if entity_id == "zuckerberg" else None,
                "mention_count": len(documents),
                "document_count": len(set(documents)),
            }
        )
        rows["entity_aliases"].extend({"entity_id": entity_id, "alias": alias} for alias in aliases)
    rows["claim_entities"] = [
        {"claim_id": claim_id, "entity_id": entity_id, "role": role} for claim_id, entity_id, role in CLAIM_ENTITIES
    ]


def _add_relations(rows: dict[str, list[dict[str, object]]]) -> None:
    for cluster_id in sorted({str(claim["cluster"]) for claim in CLAIMS.values()}):
        members = [c for c in CLAIMS.values() if c["cluster"] == cluster_id and c["document"] != "interview-1"]
        documents = {str(member["document"]) for member in members}
        published = sorted(DOCUMENTS[document]["published_at"] for document in documents)  # type: ignore[type-var]
        rows["claim_clusters"].append(
            {
                "cluster_id": cluster_id,
                "text": CLAIMS[cluster_id]["text"],
                "claim_count": len(members),
                "document_count": len(documents),
                "site_count": len({DOCUMENTS[document]["site"] for document in documents}),
                "speaker_count": len({member["speaker"] for member in members if "speaker" in member}),
                "first_published_at": published[0] if published else None,
                "last_published_at": published[-1] if published else None,
            }
        )
    rows["claim_relations"] = [
        {
            "claim_id": "c-closed",
            "other_claim_id": "c-open",
            "relation": "disputes",
            "score": 0.8,
            "reason": "one denies what the other says",
        },
        {"claim_id": "c-size", "other_claim_id": "c-size-1", "relation": "same", "score": 0.9, "reason": "same figure"},
        {"claim_id": "c-size", "other_claim_id": "c-size-2", "relation": "same", "score": 0.9, "reason": "same figure"},
    ]
    rows["document_relations"] = [
        {"document_id": "copy", "other_document_id": "news", "relation": "copy", "score": 1.0},
        {"document_id": "interview-2", "other_document_id": "interview-1", "relation": "revision_of", "score": 0.7},
    ]


def _add_keys(rows: dict[str, list[dict[str, object]]]) -> None:
    rows["claim_terms"] = [
        {
            "claim_id": claim["claim_id"],
            "document_id": claim["document_id"],
            "terms": [at + 1],
            "weights": [1.0],
            "entities": [],
            "place": at,
        }
        for at, claim in enumerate(rows["claims"])
    ]
    rows["article_keys"] = [{"document_id": name, "keys": [2**64 - 1, at]} for at, name in enumerate(DOCUMENTS)]


def _add_runs(rows: dict[str, list[dict[str, object]]]) -> None:
    for run_id, started_at, status, documents in RUNS:
        rows["runs"].append(
            {
                "run_id": run_id,
                "flow_run_id": None,
                "started_at": started_at,
                "finished_at": started_at.replace(minute=2),
                "status": status,
                "pages": 5,
                "documents": documents,
                "claims": 2 * documents,
                "quarantined": 1 if run_id == "run-2" else 0,
                "code_version": "0.1.0",
                "model_version": "en_core_web_md 3.8.0",
            }
        )
        for expectation, column, severity in (
            ("values_unique", "claim_id", "critical"),
            ("values_in_set", "claim_type", "warning"),
            ("row_count", None, "info"),
        ):
            failed = run_id == "run-2" and severity == "warning"
            rows["quality_results"].append(
                {
                    "run_id": run_id,
                    "table_name": "claims",
                    "expectation": expectation,
                    "column_name": column,
                    "severity": severity,
                    "success": not failed,
                    "observed_value": None,
                    "unexpected_count": None if column is None else int(failed),
                    "unexpected_percent": None if column is None else (20.0 if failed else 0.0),
                    "checked_at": started_at,
                }
            )
    rows["quarantine"].append(
        {
            "run_id": "run-2",
            "table_name": "claims",
            "row_key": "c-odd",
            "expectation": "values_in_set claim_type",
            "reason": "claim_type is 'rumour', not one of the allowed values",
            "row": '{"claim_id": "c-odd"}',
            "quarantined_at": SECOND_RUN,
        }
    )
