"""The pages about a warehouse: the quality of its data, and what its articles claim, in a folder that works without a server.

`quality.html` and `claims.html` lead to a page an article, entity, much repeated statement and list; `search/` holds all claims
for the search of `claims.html`. They load nothing from any network, follow the reader's light or dark mode and fit a phone.
The two main pages can be mailed alone. Whatever comes from an article is escaped: a title with a `<script>` in it stays text.
"""

from functools import cache
from importlib import metadata
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from expectations.policy import Policy
from flows.reports.articles import article_fingerprints, articles
from flows.reports.claims import VOICES, claims_facts
from flows.reports.entities import entities, entity_fingerprints
from flows.reports.files import PageFolder, only_writer, version_of
from flows.reports.lists import list_fingerprints, list_pages, statement_fingerprints, statements
from flows.reports.quality import quality_facts
from flows.reports.search import KINDS, search_files, search_fingerprints, search_scripts
from flows.reports.tables import EXACT_OTHERS, tables_of_pages
from flows.reports.words import FILTERS, TYPES

if TYPE_CHECKING:
    from warehouse.database import Connection

_RUNS_THAT_CHANGED = """
    SELECT md5(string_agg(run_id || ' ' || status, ' ' ORDER BY run_id)) FROM runs
    WHERE status NOT IN ('unchanged', 'stopped', 'audited')
"""
_SCRIPTS = ("search.js", "article.js")
_OF_EVERY_ROW = frozenset(dir(dict))
"""Names such as `items` that mean the method, whatever a row has under them."""


def write_pages(con: "Connection", folder: Path, policy: Policy | None = None) -> list[Path]:
    """Write the pages about the warehouse into the folder, which is made; the paths of quality.html and claims.html.

    Only what shows something else than before is written, and what is about a document that is gone is removed. Each page is
    replaced as a whole, so that a browser never sees half of one. The same warehouse gives the same pages.
    """
    with only_writer(folder):
        there = PageFolder(folder, _version(), _state(con))
        return [_write_quality(con, there, policy), _write_claims(con, there)]


def refresh_pages(con: "Connection", folder: Path, policy: Policy | None = None) -> list[Path]:
    """The same; but what shows claims is looked through only where a run has loaded something since, or a page is missing.

    A warehouse that was changed by hand, without a run, needs `write_pages`.
    """
    with only_writer(folder):
        there = PageFolder(folder, _version(), _state(con))
        quality, claims = _write_quality(con, there, policy), folder / "claims.html"
        return [quality, claims if claims.is_file() and there.is_of_state() else _write_claims(con, there)]


def _state(con: "Connection") -> str:
    """The runs that changed what claims pages show, by a hash."""
    [(state,)] = con.execute(_RUNS_THAT_CHANGED).fetchall()
    return str(state)


def _write_quality(con: "Connection", there: PageFolder, policy: Policy | None) -> Path:
    return there.keep("quality.html", environment().get_template("quality.html").render(quality_facts(con, policy)))


def _write_claims(con: "Connection", there: PageFolder) -> Path:
    """The claims page, and all that it leads to."""
    templates = environment()
    with tables_of_pages(con):
        _write_below(con, there, templates)
        facts = {**claims_facts(con), "files": search_files(con), "claim_kinds": KINDS}
        claims = there.keep("claims.html", templates.get_template("claims.html").render(facts))
    there.finish()
    return claims


def _write_below(con: "Connection", there: PageFolder, templates: Environment) -> None:
    """All that claims.html leads to: it comes last, so that its links lead somewhere."""
    for name in _SCRIPTS:
        there.keep(name, _asset(name))
    there.keep("style.css", _style())
    below = {"root": "../"}
    template = templates.get_template("article.html")
    for facts in articles(con, there.changed("articles", article_fingerprints(con))):
        there.write(f"articles/{facts['article']['document_id']}.html", template.render(facts, **below))
    template = templates.get_template("entity.html")
    for facts in entities(con, there.changed("entities", entity_fingerprints(con))):
        there.write(f"entities/{facts['entity']['entity_id']}.html", template.render(facts, **below))
    template = templates.get_template("statement.html")
    for facts in statements(con, there.changed("statements", statement_fingerprints(con))):
        there.write(f"statements/{facts['statement']['cluster_id']}.html", template.render(facts, **below))
    template = templates.get_template("list.html")
    for name, facts in list_pages(con, there.changed("lists", list_fingerprints(con))):
        there.write(f"lists/{name}.html", template.render(facts, **below))
    number = search_files(con)
    changed = there.changed("search", search_fingerprints(con, number), ending=".js")
    for file, script in search_scripts(con, number, changed):
        there.write(f"search/{file}.js", script)


class _OfRows(Environment):
    """Templates whose `claim.text` is looked up in the row at once: Jinja asks for an attribute first, and that raises."""

    def getattr(self, obj: object, attribute: str) -> object:
        """The value of that name in a row, else what Jinja makes of it: an attribute, or what is not defined."""
        if isinstance(obj, dict) and attribute not in _OF_EVERY_ROW and attribute in obj:
            return obj[attribute]
        return super().getattr(obj, attribute)


@cache
def environment() -> Environment:
    """The templates with autoescaping on, and the filters that they use. Made once: to compile them takes half a second."""
    pages = _OfRows(
        loader=PackageLoader("flows.reports"), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True,
        auto_reload=False,
    )  # fmt: skip
    pages.filters |= FILTERS
    pages.globals |= {
        "versions": {name: metadata.version(name) for name in ("great-expectations", "duckdb", "polars")},
        "root": "",
        "voices": VOICES,
        "kinds": TYPES,
        "exact_others": EXACT_OTHERS,
        "style_text": Markup(_style()),  # noqa: S704   # our own
    }
    return pages


@cache
def _style() -> str:
    return _asset("style.css") + _asset("claims.css")


@cache
def _asset(name: str) -> str:
    return files("flows.reports").joinpath("templates", name).read_text(encoding="utf-8")


@cache
def _version() -> str:
    """What pages are made by: the templates, this code, and the libraries that reckon the fingerprints and escape."""
    here = Path(__file__).parent
    made_by = {*here.glob("*.py"), *here.glob("templates/*.*")} - {*here.rglob("*quality*"), *here.glob("data_docs*")}
    libraries = [f"{name} {metadata.version(name)}" for name in ("duckdb", "jinja2", "markupsafe")]
    return version_of(made_by, *libraries)
