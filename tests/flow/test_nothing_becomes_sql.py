"""Words of a page never become part of an SQL statement: every statement of a run is written down, and none holds one."""

import duckdb
import pytest

CANARY = "Quixnarble"
"""A word that stands in each field of a page and nowhere else."""
QUOTED = f"{CANARY}'; DROP TABLE claims; --"
PAGE = """<html><head><title>{0} opens</title><meta property="og:site_name" content="{0} News">
<link rel="canonical" href="https://site.example/{0}?a='{0}'"><meta name="author" content="{0} Lindqvist">
<script type="application/ld+json">{{"@type": "Article", "headline": "{0} opens", "author": {{"name": "{0} Olsen"}}}}</script>
</head><body><article><h1>{0} opens</h1><h2>{0}' OR 1=1</h2>
<p>“{0} will hire 400 people in Oslo by 2030,” said {0} Lindqvist, chief of {0} Inc.
{0}'s board denied that it lost $9 million.</p>
<p>{1} said on Monday that thirty {0} ferries will cross the strait every day from May.
{0} "{0}" ''{0}'' `{0}` $${0}$$ {{0}}</p>
<p>The Harbour Board said that {0} is larger than OpenAI, and that {0} was founded in 1995. {2}</p></article></body></html>"""


class Noting:
    """A connection that notes what it is asked as SQL."""

    def __init__(self, con, statements):
        self._con, self._statements = con, statements

    def __getattr__(self, name):
        own = getattr(self._con, name)
        if name == "cursor":
            return lambda: Noting(own(), self._statements)
        if name not in ("execute", "executemany", "sql", "query", "extract_statements", "from_query", "begin"):
            return own

        def asked(*arguments, **options):
            self._statements.append(str(getattr(arguments[0], "query", arguments[0])) if arguments else name)
            return own(*arguments, **options)

        return asked


@pytest.fixture(scope="module")
def ran(run_flow, tmp_path_factory):
    """Two runs over pages full of the word, the second with one changed, and every statement."""
    place = tmp_path_factory.mktemp("canary")
    pages, statements = place / "pages", []
    pages.mkdir()
    connect = duckdb.connect
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(duckdb, "connect", lambda *arguments, **options: Noting(connect(*arguments, **options), statements))
        for end in ("The end.", "The very end."):
            for name in ("a", f"{CANARY}'b"):
                (pages / f"{name}.html").write_text(PAGE.format(CANARY, QUOTED, end if name == "a" else f"{name} ended."))
            last = run_flow(place / "data", pages)
    return last, statements


def test_the_word_is_in_every_table(ran):
    last, _ = ran
    for column in ("documents.title", "documents.page_key", "claims.text", "entities.name", "sentences.text"):
        table, name = column.split(".")
        assert last.ask(f"SELECT count(*) FROM {table} WHERE contains({name}, '{CANARY}')").item() > 0, column


def test_no_statement_holds_it(ran):
    _, statements = ran
    assert any(statement.startswith("INSERT INTO documents") for statement in statements)
    assert [statement for statement in statements if CANARY.lower() in statement.lower()] == []
