"""Rows of a made warehouse for the tests of the pages, and what a page is made of."""

from datetime import datetime
from html.parser import HTMLParser

FIRST, SECOND = datetime(2026, 11, 20, 6), datetime(2026, 11, 21, 6)
EVIL = "</script><script>alert('x')</script>"
ESCAPED = "&lt;/script&gt;&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;"

Row = dict[str, object]


def document(key: str, text: str, **columns: object) -> Row:
    return {
        "document_id": key, "page_id": key, "page_key": f"{key}.html", "source_id": "here", "url": f"https://{key}.example/a",
        "site": f"{key}.example", "title": f"Story {key}", "authors": [], "published_at": FIRST, "language": "en", "text": text,
        "text_chars": len(text), "word_count": len(text.split()), "content_hash": key, "raw_hash": key, "pipeline_version": "1",
        "fetched_at": FIRST, "first_seen_at": FIRST, "last_seen_at": SECOND, "revision": 1, "is_current": True,
        "outcome": "kept", **columns,
    }  # fmt: skip


def sentence(key: str, document_id: str, start: int, text: str, **columns: object) -> Row:
    place = {"start_char": start, "end_char": start + len(text), "position": start}
    return {"sentence_id": key, "document_id": document_id, "text": text, "zone": "body", **place, **columns}


def claim(key: str, document_id: str, sentence_id: str, start: int, text: str, **columns: object) -> Row:
    return {
        "claim_id": key, "document_id": document_id, "sentence_id": sentence_id, "start_char": start,
        "end_char": start + len(text), "text": text, "resolved_text": text, "attribution": "author", "claim_type": "other",
        "modality": "asserted", "is_negated": False, "checkworthiness": 0.5, "cluster_id": key, **columns,
    }  # fmt: skip


def cluster(key: str, text: str, documents: int) -> Row:
    counts = dict.fromkeys(("claim_count", "document_count", "site_count"), documents)
    return {"cluster_id": key, "text": text, "speaker_count": 0, **counts}


def run(key: str, started_at: datetime, **columns: object) -> Row:
    return {
        "run_id": key, "started_at": started_at, "finished_at": started_at.replace(second=10), "status": "loaded",
        "pages": 20, "documents": 2, "claims": 3, "quarantined": 0, "code_version": "0.1.0",
        "model_version": "en_core_web_md 3.8.0", **columns,
    }  # fmt: skip


def one_claim(text: str, start: int, words: str, **columns: object) -> dict[str, list[Row]]:
    """A document of one sentence with one claim, read by the only run."""
    return {
        "documents": [document("d", text)], "sentences": [sentence("s", "d", 0, text)],
        "claim_clusters": [cluster("c", words, 1)], "claims": [claim("c", "d", "s", start, words, **columns)],
        "runs": [run("r", FIRST)],
    }  # fmt: skip


def two_articles() -> dict[str, list[Row]]:
    """One statement in two articles of two sites, the second of them new, and a speaker who denies it."""
    return {
        "documents": [document("d", "Q5 is fast."), document("e", "Q5 is fast, says Ada. It is not.", first_seen_at=SECOND)],
        "sentences": [
            sentence("s", "d", 0, "Q5 is fast."), sentence("t", "e", 0, "Q5 is fast, says Ada."),
            sentence("u", "e", 22, "It is not."),
        ],
        "claim_clusters": [cluster("c1", "Q5 is fast.", 2), cluster("c3", "It is not.", 1)],
        "claims": [
            claim("c1", "d", "s", 0, "Q5 is fast."),
            claim("c2", "e", "t", 0, "Q5 is fast", cluster_id="c1", attribution="indirect", speaker="Ada", modality="hedged"),
            claim("c3", "e", "u", 22, "It is not.", is_negated=True),
        ],
        "claim_relations": [
            {"claim_id": "c1", "other_claim_id": "c2", "relation": "same", "score": 1.0, "reason": "same words"},
            {"claim_id": "c1", "other_claim_id": "c3", "relation": "disputes", "score": 0.75, "reason": "one denies the other"},
        ],
        "runs": [run("r1", FIRST), run("r2", SECOND)],
    }  # fmt: skip


class Structure(HTMLParser):
    """What a page is made of: its elements with their attributes, and those that are never closed."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in {"meta", "link", "br", "input"}:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def all(self, *tags: str) -> list[dict[str, str | None]]:
        return [attributes for tag, attributes in self.elements if tag in tags]


def entity(key: str, name: str, **columns: object) -> Row:
    return {"entity_id": key, "name": name, "type": "ORG", "mention_count": 1, "document_count": 1, **columns}


def figure(key: str, text: str, value: float, **columns: object) -> Row:
    """A figure of the claim `c` in the document that `one_claim` gives."""
    place = {"document_id": "d", "sentence_id": "s", "claim_id": "c", "start_char": 0, "end_char": len(text)}
    return {"quantity_id": key, "text": text, "value": value, "kind": "count", "is_approximate": False, **place, **columns}
