"""What the search in the browser reads: all claims, in files that a page may load from a folder without a server.

A file calls one function with its number and three strings: a line a document, a line a claim, and a line a claim's words.
Each document always falls into the same file, so that a changed article changes one of them. What is new stands in a file of
its own: the next run changes that for every claim of this one.
"""

import json
import re
from collections.abc import Iterator
from itertools import batched, groupby
from typing import TYPE_CHECKING

from flows.reports.rows import Row, rows

if TYPE_CHECKING:
    from warehouse.database import Connection

CLAIMS_A_FILE = 4_000
"""About as many claims as a file has at most: a few hundred kilobytes, read in some milliseconds."""
_AT_ONCE = 8
"""Files that are read from the warehouse in one go."""
WORDS_CHARS = 600
"""Characters of a statement, a name or a title that are searched: what is longer is no sentence."""
KINDS = ("quantity", "comparison", "superlative", "prediction", "causal", "event", "opinion", "definition", "other")
"""Kinds of claims; a claim's line tells the place in this list."""
_SPACE = re.compile(r"\s+")

# Ids are hashes: their first digits spread documents evenly. `hash` would do so for ids of any form, but not for ever the same.
_FILED = "(('0x' || md5(document_id)[:7])::BIGINT % {})::INTEGER"
_FINGERPRINTS = """
    SELECT {filed} AS file, md5(sum(hash(claim_id, number, text, resolved_text, holder, attribution, claim_type, is_disputed,
        is_repeated, title, site, url, published_on)::HUGEINT)::VARCHAR)
    FROM page_claims GROUP BY file ORDER BY file
"""
_NEW = "SELECT claim_id FROM page_claims WHERE is_new ORDER BY claim_id"
_CLAIMS = """
    SELECT {filed} AS file, document_id, claim_id, text, holder, attribution, claim_type, is_disputed, is_repeated, title, site,
        url, published_on
    FROM page_claims WHERE file IN (SELECT unnest(?::INTEGER[])) ORDER BY file, document_id, number
"""


def search_files(con: "Connection") -> int:
    """How many files the claims are in: a power of two, so that it seldom changes."""
    [(claims,)] = con.execute("SELECT count(*) FROM page_claims").fetchall()
    return int(1 << max(0, (claims - 1) // CLAIMS_A_FILE).bit_length())


def search_fingerprints(con: "Connection", files: int) -> dict[str, str]:
    """Of every file, by its name: one hash of all that it tells. A file without claims is one, too."""
    found = dict(con.execute(_FINGERPRINTS.format(filed=_FILED.format(files))).fetchall())
    [(new,)] = con.execute(f"SELECT md5(string_agg(claim_id, ' ' ORDER BY claim_id)) FROM ({_NEW})").fetchall()  # noqa: S608   # the query above
    return {"new": new or "", **{f"{number}": f"{files} {found.get(number, '')}" for number in range(files)}}


def search_scripts(con: "Connection", files: int, names: list[str]) -> Iterator[tuple[str, str]]:
    """Of each file, by its name: the script that hands its claims, or the ids of those that are new, to the search."""
    if "new" in names:
        ids = [str(claim_id) for (claim_id,) in con.execute(_NEW).fetchall()]
        yield "new", f"claimhouseNew({_literal('\n'.join(ids))});\n"
    for some in batched([int(name) for name in names if name != "new"], _AT_ONCE):
        found = groupby(rows(con, _CLAIMS.format(filed=_FILED.format(files)), list(some)), key=lambda row: row["file"])
        told = {number: list(group) for number, group in found}
        for number in some:
            yield f"{number}", _script(number, told.get(number, []))


def _script(number: int, found: list[Row]) -> str:
    documents, claims, words = [], [], []
    for place, (_, group) in enumerate(groupby(found, key=lambda row: row["document_id"])):
        told = list(group)
        documents.append(_document(told[0]))
        claims += [_claim(row, place) for row in told]
        # Between signs that part words, so that the search finds the first and the last word as it finds the others.
        words += [f",{_line(row['holder'])}\t{_line(row['text'])}," for row in told]
    handed = ", ".join(_literal("\n".join(lines)) for lines in (documents, claims, words))
    return f"claimhouseClaims({number}, {handed});\n"


def _document(row: Row) -> str:
    day = row["published_on"].isoformat() if row["published_on"] else ""
    return "\t".join((row["document_id"], day, _line(row["site"]), _line(row["title"] or row["url"])))


def _claim(row: Row, place: int) -> str:
    flags = row["is_disputed"] + 2 * row["is_repeated"]
    return f"{row['claim_id']}\t{place}\t{row['attribution'][0]}{KINDS.index(row['claim_type'])}{flags}"


def _line(words: str | None) -> str:
    return _SPACE.sub(" ", (words or "")[:WORDS_CHARS]).strip()


def _literal(text: str) -> str:
    """A string literal of ASCII alone: no end of a script, no line separator and no lone surrogate can stand in it."""
    return json.dumps(text).replace("<", "\\u003c")
