"""The pages as a reader's browser has them: they load nothing, fail nowhere, fit a phone, and can be used by everyone."""

import re
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from lxml import html
from playwright.sync_api import expect

from flows.reports.data_docs import write_data_docs
from flows.settings import load_settings
from tests.flow.browser.conftest import DESKTOP, PHONE, opened
from warehouse.tables import TABLES

ARTICLES = Path(__file__).parents[3] / "seeds" / "articles"


def pages_of(reports):
    """A page of each kind: both overviews, an article and an entity, always the same."""
    articles, entities = (sorted((reports / kind).glob("*.html")) for kind in ("articles", "entities"))
    return [reports / "quality.html", reports / "claims.html", articles[0], entities[0]]


@pytest.mark.parametrize(
    ("size", "scheme", "kinds"), [(PHONE, "dark", slice(2)), (DESKTOP, "light", slice(1, 4))], ids=["phone", "desktop"]
)
def test_no_page_fails_a_rule_of_accessibility(browser, reports, size, scheme, kinds):
    axe = Axe()
    without_preload = {"preload": False}  # it would ask for the style sheet again, which the page's own policy forbids
    with opened(browser, viewport=size, color_scheme=scheme) as window:
        for path in pages_of(reports)[kinds]:
            page = window.open(path)
            for folded in page.query_selector_all("details:not([open])"):
                folded.evaluate("fold => fold.open = true")
            found = axe.run(page, options=without_preload).response["violations"]
            assert [(path.name, rule["id"], rule["impact"], rule["nodes"][0]["html"][:200]) for rule in found] == []
        assert window.is_well()


def test_no_page_is_wider_than_a_phone(browser, reports):
    with opened(browser, viewport=PHONE) as window:
        for path in pages_of(reports):
            page = window.open(path)
            assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"], path.name


def test_every_page_opens_without_an_error_and_asks_no_host(window, reports):
    paths = sorted(reports.rglob("*.html"))
    assert len(paths) > 20
    for path in paths:
        assert window.open(path).title().endswith("Claimhouse")


def test_every_link_within_the_reports_leads_to_a_place_that_is_there(reports):
    anchors = {path: set(html.parse(path).xpath("//@id")) for path in reports.rglob("*.html")}
    for path, own in anchors.items():
        for link in html.parse(path).xpath("//@href"):
            parts = urlsplit(link)
            if parts.scheme or link.endswith((".css", ".js")):
                continue
            target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            there = own if target == path else anchors.get(target)
            assert there is not None, f"{path.name} links to {link}"
            is_place = parts.fragment and "=" not in parts.fragment  # #only=new tells the search what to list
            assert not is_place or unquote(parts.fragment) in there, f"{path.name} links to {link}"


def test_a_claim_leads_to_its_sentence_with_its_words_marked(window, reports, samples):
    page = window.open(reports / "claims.html")
    link = page.locator("a[href*='#claim-']").first
    claim_id = link.get_attribute("href").split("#claim-")[1]
    link.click()
    page.wait_for_url("**/articles/**")
    [[text]] = samples.ask(f"SELECT text FROM claims WHERE claim_id = '{claim_id}'").rows()
    marked = page.evaluate("document.querySelector(':target').textContent")
    assert squeezed(text).startswith(squeezed(marked)[:40])
    assert page.locator(":target").is_visible()


def test_every_claim_of_an_article_has_its_place_without_a_script(browser, reports, samples):
    claims = samples.ask("SELECT claim_id, document_id FROM current_claims ORDER BY claim_id").rows()
    with opened(browser, java_script_enabled=False) as window:
        shown = window.open(reports / "articles" / f"{claims[0][1]}.html", f"#claim-{claims[0][0]}")
        assert shown.locator(":target").is_visible()
    anchors = {path.stem: set(html.parse(path).xpath("//@id")) for path in (reports / "articles").glob("*.html")}
    assert [claim_id for claim_id, document_id in claims if f"claim-{claim_id}" not in anchors[document_id]] == []


def test_a_search_finds_a_claim_and_leads_to_it(window, reports, samples):
    [[claim_id, text]] = samples.ask(
        "SELECT claim_id, text FROM current_claims ORDER BY length(text) DESC, claim_id LIMIT 1"
    ).rows()
    words = [word for word in re.findall(r"\w+", text) if len(word) > 4][:4]
    page = window.open(reports / "claims.html")
    page.fill("#search", " ".join(words).upper())
    page.wait_for_selector("#found li a")
    hits = page.eval_on_selector_all("#found li a", "links => links.map(link => link.getAttribute('href'))")
    assert any(claim_id in hit for hit in hits)
    expect(page.locator("#found-status")).to_contain_text(re.compile(r"^\d+ claims?$"))
    page.locator(f"#found li a[href*='{claim_id}']").first.click()
    page.wait_for_url(f"**#claim-{claim_id}")
    assert page.locator(":target").is_visible()


@pytest.mark.parametrize(("only", "claims"), [
    ("new", "SELECT count(*) FROM new_claims"),
    ("repeated", "SELECT count(*) FROM current_claims JOIN claim_clusters USING (cluster_id) WHERE document_count > 1"),
])  # fmt: skip
def test_a_search_finds_all_of_a_kind(window, reports, samples, only, claims):
    page = window.open(reports / "claims.html", f"#only={only}")
    expect(page.locator("#found-status")).to_have_text(f"{samples.ask(claims).item():,} claims")


def test_a_search_for_what_nobody_says_says_so(window, reports):
    page = window.open(reports / "claims.html")
    page.fill("#search", "zzyzx quockerwodger")
    expect(page.locator("#found-status")).to_contain_text("No claim has all these words")
    assert page.locator("#found li").count() == 0


@pytest.fixture(scope="session")
def hostile(run_flow, tmp_path_factory):
    """The reports on an article whose title, words, site and links carry markup and scripts."""
    folder = tmp_path_factory.mktemp("hostile")
    evil = "</title></script><script>alert(1)</script><img src=x onerror=alert(2)>"
    escaped = evil.replace("&", "&amp;").replace("<", "&lt;")
    words = " ".join(
        f"The mayor of Westmark said that {number} ferries {escaped} would cross “{escaped} the strait {number} times” in 2027."
        for number in range(3, 9)
    )
    (folder / "evil.html").write_text(
        f"""<html><head><meta property="og:title" content="{escaped}"><meta property="og:site_name" content="{escaped}">
        <link rel="canonical" href="javascript:alert(3)"></head><body><article><h1>{escaped}</h1><p>{words}</p></article>""",
        encoding="utf-8",
    )
    return run_flow(folder / "data", folder / "evil.html").data / "reports"


def test_markup_and_scripts_of_an_article_stay_text(window, hostile):
    paths = sorted(hostile.rglob("*.html"))
    assert len(paths) > 2
    shown = ""
    for path in paths:
        page = window.open(path)
        page.wait_for_timeout(50)
        assert page.locator("img").count() == 0
        assert page.locator("[href^='javascript']").count() == 0
        shown += page.inner_text("body")
    assert "<script>alert(1)</script>" in shown
    page = window.open(hostile / "claims.html")
    page.fill("#search", "ferries alert")
    page.wait_for_selector("#found li")
    assert "onerror=alert(2)" in page.inner_text("#found") or "ferries" in page.inner_text("#found")


def test_the_pages_of_great_expectations_open_without_an_error_and_ask_no_host(window, copy_of_samples):
    first = write_data_docs(load_settings(copy_of_samples / "claimhouse.toml"))
    assert "claims" in window.open(first).inner_text("body")
    paths = sorted(first.parent.rglob("*.html"))
    assert len(paths) > 2 * len(TABLES)
    for path in paths:
        assert "expect" in window.open(path).content()


def test_pictures_for_the_documents_are_taken(browser, reports, request):
    """Only with --pictures FOLDER: what README and docs show."""
    folder = request.config.getoption("--pictures")
    if folder is None:
        pytest.skip("no --pictures FOLDER given")
    article = max((reports / "articles").glob("*.html"), key=lambda path: path.stat().st_size)
    shots = {"quality": reports / "quality.html", "claims": reports / "claims.html", "article": article}
    for name, path in shots.items():
        with opened(browser, viewport={"width": 1200, "height": 1000}, device_scale_factor=1) as window:
            window.open(path).screenshot(path=Path(folder) / f"{name}.png")


def squeezed(text):
    return " ".join(text.split())
