"""The page of each article: its whole text with every claim marked where it stands, and what is known about each claim."""

import re
from collections.abc import Iterator
from itertools import batched, groupby
from typing import TYPE_CHECKING

from markupsafe import Markup, escape

from flows.reports.files import file_name
from flows.reports.marks import Mark, marked_pieces
from flows.reports.rows import Row, rows

if TYPE_CHECKING:
    from warehouse.database import Connection

_AT_ONCE = 400
"""Articles that are read from the warehouse in one go: their text and rows are in memory together."""
_ID = re.compile(r"[0-9A-Za-z_-]+")
_TAGS = {"title": "p", "heading": "h3", "body": "p", "list": "li", "caption": "p", "boilerplate": "p"}

# All that a page shows goes into its fingerprint. Sums do not depend on the order that rows come in.
_FINGERPRINTS = """
    WITH kept AS (SELECT * FROM documents WHERE is_current AND outcome = 'kept'),
    sentence AS (
        SELECT document_id, sum(hash(position, start_char, end_char, zone)::HUGEINT) AS told FROM sentences GROUP BY ALL
    ),
    claim AS (
        SELECT document_id, sum(hash(claim_id, start_char, end_char, resolved_text, holder, voice, attribution, speaker_id, cue,
            claim_type, modality, is_negated, number)::HUGEINT) AS told
        FROM page_claims GROUP BY ALL
    ),
    figure AS (
        SELECT c.document_id,
            sum(hash(q.claim_id, q.start_char, q.text, q.value, q.upper_value, q.unit, q.is_approximate)::HUGEINT) AS told
        FROM quantities AS q JOIN page_claims AS c USING (claim_id) GROUP BY ALL
    ),
    other AS (
        SELECT c.document_id, sum(hash(o)::HUGEINT) AS told FROM page_others AS o JOIN page_claims AS c USING (claim_id)
        GROUP BY ALL
    ),
    mention AS (
        SELECT m.document_id, sum(hash(m.start_char, m.end_char, e.entity_id, e.name, e.has_page)::HUGEINT) AS told
        FROM mentions AS m JOIN page_entities AS e USING (entity_id) GROUP BY ALL
    )
    SELECT document_id, md5(concat_ws(' ',
        hash(d.title, d.site, d.url, d.authors, d.published_at, d.published_on, d.modified_at, d.language, d.word_count),
        hash(d.text, d.revision), sentence.told, claim.told, figure.told, other.told, mention.told)) AS fingerprint
    FROM kept AS d LEFT JOIN sentence USING (document_id) LEFT JOIN claim USING (document_id)
    LEFT JOIN figure USING (document_id) LEFT JOIN other USING (document_id) LEFT JOIN mention USING (document_id)
    ORDER BY document_id
"""
_ARTICLES = """
    SELECT document_id, title, site, url, authors, coalesce(published_on, published_at::DATE) AS published_on, modified_at,
        language, text, word_count, revision
    FROM documents WHERE document_id IN (SELECT unnest(?::VARCHAR[])) ORDER BY document_id
"""
_SENTENCES = """
    SELECT document_id, start_char, end_char, zone FROM sentences
    WHERE document_id IN (SELECT unnest(?::VARCHAR[])) ORDER BY document_id, start_char, position
"""
_CLAIMS = """
    SELECT document_id, claim_id, number, start_char, end_char, resolved_text, holder, voice, attribution, c.speaker_id, cue,
        claim_type, modality, is_negated, coalesce(e.has_page, false) AS has_page
    FROM page_claims AS c LEFT JOIN page_entities AS e ON e.entity_id = c.speaker_id
    WHERE document_id IN (SELECT unnest(?::VARCHAR[])) ORDER BY document_id, number
"""
_FIGURES = """
    SELECT q.claim_id, q.text, q.value, q.upper_value, q.unit, q.is_approximate
    FROM quantities AS q JOIN page_claims AS c USING (claim_id)
    WHERE c.document_id IN (SELECT unnest(?::VARCHAR[])) ORDER BY q.claim_id, q.start_char, q.quantity_id
"""
_OTHERS = """
    SELECT o.* FROM page_others AS o JOIN page_claims AS c USING (claim_id)
    WHERE c.document_id IN (SELECT unnest(?::VARCHAR[])) ORDER BY o.claim_id, o.kind, o.place
"""
_MENTIONS = """
    SELECT m.document_id, m.start_char, m.end_char, e.entity_id, e.name, e.has_page
    FROM mentions AS m JOIN page_entities AS e USING (entity_id)
    WHERE m.document_id IN (SELECT unnest(?::VARCHAR[])) ORDER BY m.document_id, m.start_char, m.end_char DESC, e.entity_id
"""


def article_fingerprints(con: "Connection") -> dict[str, str]:
    """Of every current, kept document: one hash of all that its page shows."""
    return dict(con.execute(_FINGERPRINTS).fetchall())


def articles(con: "Connection", document_ids: list[str]) -> Iterator[Row]:
    """What the template of an article asks for, of each of the documents."""
    for some in batched(document_ids, _AT_ONCE):
        wanted = list(some)
        figures, others = _grouped(con, _FIGURES, wanted, "claim_id"), _grouped(con, _OTHERS, wanted, "claim_id")
        sentences = _grouped(con, _SENTENCES, wanted, "document_id")
        claims, mentions = _grouped(con, _CLAIMS, wanted, "document_id"), _grouped(con, _MENTIONS, wanted, "document_id")
        for article in rows(con, _ARTICLES, wanted):
            key = article["document_id"]
            told = [
                {**claim, "figures": figures.get(claim["claim_id"], []), "others": others.get(claim["claim_id"], [])}
                for claim in claims.get(key, [])
            ]
            yield {"article": article, **_body(article["text"] or "", sentences.get(key, []), told, mentions.get(key, []))}


def _grouped(con: "Connection", sql: str, document_ids: list[str], key: str) -> dict[str, list[Row]]:
    found = rows(con, sql, document_ids)
    return {name: list(group) for name, group in groupby(found, key=lambda row: row[key])}


def _body(text: str, sentences: list[Row], claims: list[Row], mentions: list[Row]) -> Row:
    """The text in blocks, each with its markup; the claims; the entities named; and the style of claims in several pieces."""
    cuts = [(row["start_char"], row["end_char"]) for row in sentences]
    marks = [_claim_mark(claim) for claim in claims]
    pieces = marked_pieces(text, cuts, [*marks, *_links(mentions, claims)])
    whole = "".join(pieces)
    opened = _openings(whole)
    for claim in claims:
        claim["words"] = text[claim["start_char"] : claim["end_char"]]
        claim["is_in_text"] = claim["claim_id"] in opened
    names = {row["entity_id"]: row for row in mentions}
    return {
        "blocks": list(_blocks(text, sentences, pieces)),
        "claims": claims,
        "entities": sorted(names.values(), key=lambda row: (row["name"], row["entity_id"])),
        "style": Markup("".join(_rule(key) for key, count in opened.items() if count > 1)),  # noqa: S704   # ids were checked
    }


def _claim_mark(claim: Row) -> Mark:
    key, number = file_name(claim["claim_id"]), claim["number"]
    again = f'<mark class="claim" data-claim="{key}">'
    after = f'<a class="ref" href="#about-{key}" aria-describedby="who-{key}">{number}</a>'
    first = f'<mark class="claim" id="claim-{key}" data-claim="{key}">'
    return Mark(claim["start_char"], claim["end_char"], first, again, "</mark>", after)


def _links(mentions: list[Row], claims: list[Row]) -> Iterator[Mark]:
    """Names as links to the pages of what they name. A link can hold no other, so none stands where a claim begins or ends."""
    borders = sorted({at for claim in claims for at in (claim["start_char"], claim["end_char"])})
    free, nth = 0, 0
    for row in mentions:
        start, end = row["start_char"], row["end_char"]
        while nth < len(borders) and borders[nth] <= start:
            nth += 1
        if start < free or not row["has_page"] or (nth < len(borders) and borders[nth] < end):
            continue
        free = end
        opening = f'<a class="entity" href="../entities/{file_name(row["entity_id"])}.html">'
        yield Mark(start, end, opening, opening, "</a>")


def _openings(whole: str) -> dict[str, int]:
    """How many pieces each claim is in."""
    counts: dict[str, int] = {}
    for key in re.findall(r'data-claim="([^"]+)">', whole):
        counts[key] = counts.get(key, 0) + 1
    return counts


def _rule(key: str) -> str:
    """Only the first piece is the target of the claim's address: this highlights the others with it."""
    return f'body:has([id="claim-{key}"]:target) [data-claim="{key}"]{{background:var(--target);color:var(--target-ink)}}'


def _blocks(text: str, sentences: list[Row], pieces: list[str]) -> Iterator[Row]:
    """Paragraphs, headings and items in order: sentences of one zone with no line between them are one block."""
    inside: list[str] = []
    for at, (row, piece) in enumerate(zip(sentences, pieces, strict=True)):
        inside.append(piece)
        following = sentences[at + 1] if at + 1 < len(sentences) else None
        gap = text[row["end_char"] : following["start_char"]] if following else ""
        if following is None or following["zone"] != row["zone"] or "\n" in gap or row["zone"] not in {"body", "list"}:
            yield {"zone": row["zone"], "tag": _TAGS[row["zone"]], "text": Markup("".join(inside))}  # noqa: S704   # escaped piece by piece
            inside = []
        else:
            inside.append(escape(gap))
