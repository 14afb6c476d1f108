"""What people do today: a plain script, page by page, that puts names and quotations of articles into a database.

    python -m benchmarks.todays_script PAGES DATABASE

trafilatura, `nlp(text)`, pandas, insert: the way that tutorials teach, in one process, as scripts are. It prints its seconds
from the first page on, so that imports and the model's loading are left out, with pages, words and its peak memory, as JSON.
PAGES is a file that lists the pages, one a line.
"""

import json
import re
import resource
import sys
import time
from pathlib import Path

import duckdb
import pandas as pd
import spacy
import trafilatura

from flows.language_model import model_folder
from flows.settings import Reading

_QUOTED = re.compile(r"[\"“]([^\"“”]+)[\"”]")
_TABLES = """
CREATE TABLE documents (document_id VARCHAR, url VARCHAR, title VARCHAR, author VARCHAR, published_on VARCHAR, text VARCHAR);
CREATE TABLE sentences (document_id VARCHAR, position INTEGER, text VARCHAR, root VARCHAR);
CREATE TABLE entities (document_id VARCHAR, text VARCHAR, type VARCHAR, start_char INTEGER, end_char INTEGER);
CREATE TABLE quotes (document_id VARCHAR, text VARCHAR, start_char INTEGER, end_char INTEGER);
"""


def main(pages: list[Path], database: Path) -> None:
    """Read every page into the database."""
    nlp = spacy.load(model_folder(Reading().model))
    con = duckdb.connect(database)
    con.execute(_TABLES)
    started, words, read = time.perf_counter(), 0, 0
    for path in pages:
        html = path.read_bytes()
        text = trafilatura.extract(html, include_comments=False)
        if not text:
            continue
        about = trafilatura.extract_metadata(html)
        doc = nlp(text)
        rows = {
            "documents": [(path.name, path.as_uri(), about.title, about.author, about.date, text)],
            "sentences": [(path.name, number, one.text, one.root.lemma_) for number, one in enumerate(doc.sents)],
            "entities": [(path.name, name.text, name.label_, name.start_char, name.end_char) for name in doc.ents],
            "quotes": [(path.name, found[1], *found.span(1)) for found in _QUOTED.finditer(text)],
        }
        for table, found in rows.items():
            if found:
                frame = pd.DataFrame(found)  # noqa: F841  # DuckDB finds it by its name
                con.execute(f"INSERT INTO {table} SELECT * FROM frame")  # noqa: S608  # a name from above
        words += len(text.split())
        read += 1
    con.close()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    print(json.dumps({"seconds": time.perf_counter() - started, "pages": read, "words": words, "peak_bytes": peak}))


if __name__ == "__main__":
    listed = Path(sys.argv[1]).read_text(encoding="utf-8").splitlines()
    main([Path(line) for line in listed], Path(sys.argv[2]))
