"""The quality page: what it says of runs, checks, rows held back and sources, and that what articles say stays text."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from expectations.model import Check
from expectations.policy import Change, Policy
from flows.reports.quality import FAILURES_SHOWN, quality_facts, script
from flows.reports.quality_plots import ceiling, chart, spark
from flows.reports.quality_samples import SAMPLES_SHOWN
from flows.reports.quality_sources import SOURCES_SHOWN
from flows.reports.words import fingerprint
from tests.unit.flows.reports.made_rows import Structure
from warehouse.database import Connection

FIRST = datetime(2026, 11, 20, 6)
SECOND, THIRD = FIRST + timedelta(days=1), FIRST + timedelta(days=2)
EVIL = "</script><script>alert('x')</script>"
ESCAPED = "&lt;/script&gt;&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;"
UNIQUE = ("claims", "expect_key_to_be_unique", "claim_id", "critical")
OVERLAP = ("sentences", "expect_sentences_not_to_overlap", "document_id,start_char,end_char", "warning")
TITLED = ("documents", "expect_column_values_to_be_mostly_known", "title", "info")
FRESH = ("documents", "expect_source_to_be_fresh", None, "info")
WARNED = (*FRESH[:3], "warning")

Row = dict[str, object]
Load = Callable[..., None]
Page = Callable[[], str]


@pytest.fixture
def page(reports: Callable[[], Path]) -> Page:
    """The quality page as it would be written now."""
    return lambda: (reports() / "quality.html").read_text(encoding="utf-8")


def run(key: str, started_at: datetime, **columns: object) -> Row:
    return {
        "run_id": key, "started_at": started_at, "finished_at": started_at + timedelta(seconds=10), "status": "loaded",
        "pages": 20, "documents": 2, "claims": 3, "quarantined": 0, "code_version": "0.1.0", "model_version": "en 3.8.0",
        **columns,
    }  # fmt: skip


def result(run_id: str, check: tuple[str, str, str | None, str], **columns: object) -> Row:
    table, expectation, column, severity = check
    return {
        "run_id": run_id, "table_name": table, "expectation": expectation, "column_name": column, "severity": severity,
        "success": True, "unexpected_count": 0, "unexpected_percent": 0.0, "checked_at": SECOND, **columns,
    }  # fmt: skip


def failed(run_id: str, check: tuple[str, str, str | None, str], count: int | None = 2, **columns: object) -> Row:
    shares = {"unexpected_count": count, "unexpected_percent": None if count is None else 0.04}
    return result(run_id, check, success=False, **{**shares, **columns})


def document(key: str, **columns: object) -> Row:
    return {
        "document_id": key, "page_id": key, "page_key": f"{key}.html", "source_id": "here", "url": f"https://{key}.example/a",
        "title": f"Story {key}", "authors": [], "published_at": FIRST, "language": "en", "text": "Q5 is fast.",
        "text_chars": 11, "word_count": 3, "content_hash": key, "raw_hash": key, "pipeline_version": "1",
        "fetched_at": FIRST, "first_seen_at": FIRST, "last_seen_at": SECOND, "revision": 1, "is_current": True,
        "outcome": "kept", **columns,
    }  # fmt: skip


def claim(key: str, document_id: str) -> Row:
    return {
        "claim_id": key, "document_id": document_id, "text": "Q5 is fast", "resolved_text": "", "cluster_id": "c",
        "sentence_id": "s", "start_char": 0, "end_char": 10, "attribution": "author", "claim_type": "other",
        "modality": "asserted", "is_negated": False, "checkworthiness": 0.5,
    }  # fmt: skip


def held(key: str, **columns: object) -> Row:
    return {
        "run_id": "r1", "table_name": "sentences", "row_key": key, "reason": f"{key} overlaps",
        "expectation": "expect_sentences_not_to_overlap(document_id, start_char, end_char)",
        "row": '{"text": "It is fast.", "start_char": 7, "document_id": "d"}', "quarantined_at": FIRST, **columns,
    }  # fmt: skip


def source(key: str, **columns: object) -> Row:
    return {"source_id": key, "kind": "feed", "location": f"https://{key}.example/feed", "added_at": FIRST, **columns}


def section(page: str, key: str) -> str:
    start = page.index(f'<section id="{key}"')
    return page[start : page.index("</section>", start)]


def test_a_warehouse_without_a_run_says_what_to_do(page: Page) -> None:
    assert "<h1>No run yet</h1>" in page()
    assert "claimhouse run" in page()


@pytest.mark.parametrize(
    ("status", "results", "words"),
    [
        ("loaded", [result("r2", UNIQUE)], "<h1>Every check holds.</h1>"),
        ("unchanged", [result("r2", UNIQUE)], "<h1>Nothing new, and every check holds.</h1>"),
        ("loaded", [failed("r2", TITLED)], "<h1>The data is in order, with 1 remark.</h1>"),
        (
            "loaded",
            [failed("r2", OVERLAP), failed("r2", TITLED)],
            "<h1>The data is in order; some rows were kept out of it.</h1>",
        ),
        ("audited", [failed("r2", OVERLAP)], "<h1>The data is loaded; part of it needs a look.</h1>"),
        ("loaded", [failed("r2", WARNED, source_id="here")], "<h1>The data is loaded; part of it needs a look.</h1>"),
        ("stopped", [failed("r2", UNIQUE)], "<h1>The gate stopped the last run.</h1>"),
        ("audited", [failed("r2", UNIQUE)], "<h1>Part of what is loaded is not right.</h1>"),
        ("loaded", [], "<h1>Every check holds.</h1>"),
    ],
)
def test_the_page_opens_with_a_verdict_in_words(status: str, results: list[Row], words: str, load: Load, page: Page) -> None:
    load(runs=[run("r1", FIRST), run("r2", SECOND, status=status)], quality_results=results)
    assert words in page()


def test_a_stopped_run_says_since_when_the_data_stands_and_how_often_it_was_stopped(load: Load, page: Page) -> None:
    load(
        runs=[run("r1", FIRST), run("r2", SECOND, status="stopped"), run("r3", THIRD, status="stopped")],
        quality_results=[failed("r2", UNIQUE), failed("r3", UNIQUE)],
    )
    told = page()
    assert "The gate stopped the last 2 runs." in told
    assert 'Readers see the warehouse as the run of <time datetime="2026-11-20T06:00:00Z">' in told
    assert section(told, "runs").count("expect_key_to_be_unique(claim_id)</span> in 2 rows") == 2


def test_what_a_stopped_run_found_is_no_state_of_the_data_once_another_run_followed(con: Connection, load: Load) -> None:
    load(
        runs=[run("r1", FIRST), run("r2", SECOND, status="stopped"), run("r3", THIRD, status="unchanged")],
        quality_results=[result("r1", UNIQUE), failed("r2", UNIQUE)],
    )
    facts = quality_facts(con)
    assert facts["verdict"] == "good"
    assert [check["last_failed_at"] for check in facts["checks"]] == [SECOND]


def test_a_check_that_could_not_be_made_is_as_grave_as_one_that_stops_a_load(con: Connection, load: Load, page: Page) -> None:
    observed = json.dumps({"rows": 5, "error": "no such column"})
    load(runs=[run("r1", FIRST, status="stopped")], quality_results=[failed("r1", TITLED, None, observed_value=observed)])
    assert quality_facts(con)["verdict"] == "stopped"
    told = section(page(), "failed")
    assert "could not be judged" in told and "no such column" in told


def test_what_to_do_first_is_the_gravest_with_its_mend(load: Load, page: Page) -> None:
    load(
        runs=[run("r1", FIRST)], quarantine=[held("k1")],
        quality_results=[failed("r1", TITLED), failed("r1", OVERLAP, observed_value='{"rows": 5000}')],
    )  # fmt: skip
    first = page().split('id="first-title"')[1].split("</ol>")[0]
    assert first.index("Sentences not to overlap") < first.index("to be mostly known") < first.index("Decide on 1 row")
    assert "(2 rows of 5,000, &lt;0.1%)</span>. Look at how" in first


def test_a_failed_check_says_why_it_stands_how_to_mend_it_and_shows_the_rows_held_back(load: Load, page: Page) -> None:
    load(runs=[run("r1", FIRST)], quality_results=[failed("r1", OVERLAP, 7)], quarantine=[held(f"k{at}") for at in range(7)])
    told = section(page(), "failed")
    assert "Words that stand in two sentences would be counted, and claimed, twice. <b>To mend it,</b> look at how" in told
    assert told.count("It is fast.") == SAMPLES_SHOWN and "Rows held back, 5 of 7" in told
    assert "k1 overlaps" in told
    assert "articles/" not in told


def test_a_check_that_only_notes_shows_the_rows_of_the_table_with_the_way_to_the_article(load: Load, page: Page) -> None:
    load(
        runs=[run("r1", FIRST)],
        documents=[document("d", text="Q5 is fast"), document("old", is_current=False)],
        claims=[claim(f"c-{at}", at) for at in ("d", "old")],
        quality_results=[failed("r1", ("claims", "expect_own", "text", "info"), 2,
                                observed_value='{"rows": 2, "failing_keys": ["c-d", "c-old", "gone"]}')],
    )  # fmt: skip
    told = section(page(), "failed")
    assert '<a href="articles/d.html#claim-c-d">c-d</a>' in told
    assert "c-old" in told and "articles/old" not in told
    assert told.count("Q5 is fast") == 2


def test_a_check_of_each_source_is_told_once_with_the_sources_that_fail_it(con: Connection, load: Load, page: Page) -> None:
    load(
        runs=[run("r1", FIRST), run("r2", SECOND)], sources=[source("a", title="Ledger"), source("b"), source("c")],
        quality_results=[
            failed("r1", FRESH, None, source_id="a", observed_value='{"days": 9}'),
            result("r1", FRESH, source_id="b"), result("r2", FRESH, source_id="c"),
        ],
    )  # fmt: skip
    [check] = quality_facts(con)["checks"]
    assert (check["sources"], check["failed_source_count"]) == (3, 1)
    told = page()
    assert "1 of 3 sources" in section(told, "failed")
    assert "Ledger</bdi>" in section(told, "failed") and "days <b" in section(told, "failed")
    sources = section(told, "sources")
    assert sources.index("Ledger") < sources.index("b.example")
    assert sources.count("1 not met") == 1


def test_a_check_is_shown_as_it_was_judged_last_by_whatever_run_made_it(con: Connection, load: Load) -> None:
    load(
        runs=[run("r1", FIRST), run("r2", SECOND, status="audited"), run("r3", THIRD, status="unchanged")],
        quality_results=[
            failed("r1", OVERLAP), result("r1", UNIQUE), failed("r1", ("sources", "expect_old", None, "info")),
            result("r2", OVERLAP), result("r3", ("sources", "expect_new", None, "info")),
        ],
    )  # fmt: skip
    checks = {check["expectation"]: check for check in quality_facts(con)["checks"]}
    assert checks["expect_sentences_not_to_overlap"]["success"] is True
    assert checks["expect_key_to_be_unique"]["started_at"] == FIRST
    assert "expect_old" not in checks and "expect_new" in checks


@pytest.mark.parametrize(
    ("observed", "words"),
    [
        ({"value": 3.25, "median": 21.5, "runs": 8, "articles": 12, "past": 90},
         "3.25 in the 12 articles at hand, where 21.5 was usual in the 8 runs before."),
        ({"last_new_at": "2026-11-01", "days_since": 9.2, "days_allowed": 4.1},
         "Nothing new for 9.2 days, where up to 4.1 are allowed."),
    ],
)  # fmt: skip
def test_a_source_that_is_unlike_its_past_is_told_in_a_sentence(
    observed: dict[str, object], words: str, load: Load, page: Page
) -> None:
    check = ("sources", "expect_source_to_keep_its_rhythm", None, "info")
    load(
        runs=[run("r1", FIRST)], sources=[source("a")],
        quality_results=[failed("r1", check, None, source_id="a", observed_value=json.dumps(observed))],
    )  # fmt: skip
    told = section(page(), "failed")
    assert words in told
    assert "may have moved, or names its news elsewhere" in told


def test_runs_follow_each_other_as_they_were_loaded_whatever_a_clock_said(con: Connection, load: Load) -> None:
    load(
        runs=[run("r1", THIRD), run("r2", SECOND, status="stopped")],
        quality_results=[result("r1", UNIQUE), failed("r2", UNIQUE)],
    )
    facts = quality_facts(con)
    assert (facts["verdict"], facts["stopped_in_a_row"], facts["runs"][0]["run_id"]) == ("stopped", 1, "r2")
    assert [mark["held"] for mark in facts["checks"][0]["marks"]] == [False, True]


def test_a_check_tells_how_its_last_runs_went_and_when_it_failed(con: Connection, load: Load, page: Page) -> None:
    runs = [run(f"r{at}", FIRST + timedelta(days=at)) for at in range(20)]
    load(runs=runs, quality_results=[(failed if at in {3, 18, 19} else result)(f"r{at}", TITLED) for at in range(20)])
    [check] = quality_facts(con)["checks"]
    assert [mark["held"] for mark in check["marks"]] == [False, False] + [True] * 10
    assert (check["streak"], check["last_failed_at"]) == (2, FIRST + timedelta(days=19))
    told = section(page(), "checks")
    assert 'aria-label="Failed 2 of the last 12 times, last on 9 Dec 2026">✓✓✓✓✓✓✓✓✓✓<b>✕</b><b>✕</b></span>' in told


def test_the_owners_own_checks_and_changes_are_told_with_their_reasons(con: Connection, load: Load) -> None:
    own = Check(name="expect_own", columns=("title",), severity="info", why="The desk wants it", mend="ask the desk")
    change = Change(reason="Our pages bear no dates", severity="info")
    policy = Policy(own={"documents": (own,)}, changes={("sentences", "expect_sentences_not_to_overlap"): change})
    load(
        runs=[run("r1", FIRST)],
        quality_results=[failed("r1", ("documents", "expect_own", "title", "info")), failed("r1", (*OVERLAP[:3], "info"))],
    )
    facts = quality_facts(con, policy)
    checks = {check["expectation"]: check for check in facts["checks"]}
    assert (checks["expect_own"]["why"], checks["expect_own"]["mend"]) == ("The desk wants it", "ask the desk")
    assert checks["expect_own"]["is_own"] is True
    assert checks["expect_sentences_not_to_overlap"]["changed"] == "Our pages bear no dates"
    assert [told["reason"] for told in facts["changes"]] == ["Our pages bear no dates"]


def test_rows_held_back_tell_what_became_of_them_and_how_to_decide(con: Connection, load: Load, page: Page) -> None:
    follows = {"expectation": "expect_referred_row_to_pass(sentence_id)", "table_name": "claims",
               "reason": "sentence_id refers to sentences.sentence_id k2, which was held back: it overlaps"}  # fmt: skip
    load(
        runs=[run("r1", FIRST), run("r2", SECOND), run("r3", THIRD, status="stopped")],
        sentences=[{"sentence_id": "k1", "document_id": "d", "position": 0, "start_char": 0, "end_char": 1, "text": "a",
                    "zone": "body"}],
        quarantine=[
            held("k1"), held("k2"), held("k2", run_id="r2", quarantined_at=SECOND), held("c", **follows),
            held("k2", expectation="expect_other"), held("k3", resolution="released", resolved_at=SECOND),
            held("k4", resolution="dropped"), held("k5", run_id="r3"),
        ],
    )  # fmt: skip
    facts = quality_facts(con)["held"]
    states = ("open", "waiting", "following", "stopped", "loaded", "released", "dropped")
    assert [facts[state] for state in states] == [2, 1, 1, 1, 1, 1, 1]
    assert [(row["row_key"], row["times"]) for row in facts["latest"]] == [("k2", 2)]
    told = section(page(), "held-back")
    assert "claimhouse quarantine show sentences/k2</code>" in told
    assert "1 row waits for a decision, and 1 row that refers to them with them." in told
    assert "held back by 2 runs" in told
    assert "k3" not in told


def test_reasons_are_counted_over_time(con: Connection, load: Load) -> None:
    days = [FIRST - timedelta(days=3), FIRST - timedelta(days=3), FIRST]
    load(
        runs=[run("r1", FIRST), run("r0", FIRST - timedelta(days=5))],
        quarantine=[held(f"k{at}", quarantined_at=day) for at, day in enumerate(days)],
    )
    facts = quality_facts(con)["held"]
    assert facts["period"] == "day"
    assert facts["reasons"][0]["held"] == [0] * 10 + [2, 0, 0, 1]


def test_every_page_is_counted_by_its_outcome_with_reasons_that_differ_by_more_than_numbers(load: Load, page: Page) -> None:
    left_out = [document(f"u{at}", outcome="too_short", outcome_reason=f"{at} words") for at in range(5)]
    more = [document(f"v{word}", outcome="too_short", outcome_reason=f"no {word}") for word in ("a", "b", "c")]
    old = document("d0", page_id="d", is_current=False)
    load(documents=[document("d"), old, *left_out, *more], runs=[run("r1", FIRST)])
    outcomes = section(page(), "outcomes")
    assert 'data-label="Pages">1<' in outcomes and 'data-label="Pages">8<' in outcomes
    assert "0 words</span> (5 alike)<br>" in outcomes
    assert "and 1 other reason" in outcomes


def test_a_source_tells_its_rhythm_and_what_it_gave_last_against_before(con: Connection, load: Load, page: Page) -> None:
    load(
        sources=[source("here", title="Articles"), source("idle", location="file:///b")],
        documents=[document(f"d{at}", published_at=FIRST - timedelta(days=2 * at)) for at in range(6)]
        + [document("new", first_seen_at=SECOND, published_at=None)],
        runs=[run("r1", FIRST), run("r2", SECOND)],
        claims=[claim("c1", "new"), claim("c2", "new"), claim("c3", "d0"), claim("c4", "d1"), claim("c5", "d2")],
    )
    here, idle = quality_facts(con)["sources"]
    assert (here["claims_last"], here["claims_before"], idle["claims_last"]) == (2, 0.5, None)
    assert (here["gave_last"], here["gave_before"], here["given"]) == (1, 6, [6, 1])
    assert idle["given"] == [0, 0]
    told = section(page(), "sources")
    assert "one every 2 days" in told and "21 Nov 2026" in told
    assert told.index("Articles") < told.index("file:///b")


def test_runs_are_drawn_oldest_first_with_stopped_ones_marked_and_gaps_where_nothing_was_measured(
    con: Connection, load: Load, page: Page
) -> None:
    load(
        runs=[
            run("r1", FIRST, claims=5, words=1000, reading_seconds=2.0), run("r2", SECOND, claims=7, status="stopped"),
            run("r3", THIRD, status="audited"),
        ]
    )  # fmt: skip
    plots = {plot["column"]: plot for plot in quality_facts(con)["plots"]}
    assert [bar["value"] for bar in plots["claims"]["bars"]] == [5, 7]
    assert [bar["value"] for bar in plots["words_a_second"]["bars"]] == [500, None]
    told = section(page(), "runs")
    drawn = told[told.index("Claims loaded") : told.index("Claims an article")]
    assert drawn.count('class="cross"') == 1 and drawn.count('class="bar stopped"') == 1
    assert "Claims loaded, run by run: 7 last, 5 to 7 over 2 runs." in drawn
    assert told.index('datetime="2026-11-21') < told.index('datetime="2026-11-20')
    assert 'data-label="Words a second">500<' in told


def test_a_run_that_has_not_finished_took_no_time(load: Load, page: Page) -> None:
    load(runs=[run("r1", FIRST, finished_at=None)])
    assert 'data-label="Took">–<' in section(page(), "runs")


def test_plots_stand_on_a_round_scale() -> None:
    assert [ceiling(value) for value in (0, 1.5, 2, 3, 7, 11, 99, 100, 1299)] == [2, 2, 2, 4, 8, 20, 100, 100, 2000]
    drawn = chart([{"n": 4}, {"n": None}, {"n": 1}], "n", "N", "rows")
    one, gap, four = drawn["bars"]
    assert four["height"] == pytest.approx(4 * one["height"]) and gap["value"] is None
    assert (drawn["last"], drawn["least"], drawn["middle"]) == (4, 1, 2.5)
    assert spark([0, 2])["path"].count("M") == 2


def _evil_warehouse() -> dict[str, list[Row]]:
    return {
        "sources": [source("here", title=EVIL, location="javascript:alert(1)"), source("b", title="\u202etxt.exe")],
        "documents": [document("d", title=EVIL), document("e", outcome="unreadable", outcome_reason=EVIL)],
        "runs": [run("r1", FIRST, flow_run_id=EVIL, code_version=EVIL, model_version=EVIL)],
        "quality_results": [
            failed("r1", (EVIL, EVIL, EVIL, "warning"), None, observed_value=EVIL),
            failed("r1", TITLED, observed_value=json.dumps({"failing_keys": ["d"], EVIL: EVIL, "error": EVIL})),
            failed("r1", FRESH, None, source_id="here", observed_value=json.dumps({EVIL: [EVIL]})),
        ],
        "quarantine": [
            {**held(EVIL), "table_name": EVIL, "expectation": EVIL, "reason": EVIL + "x" * 10_000, "row": EVIL},
            held("../../evil", row="{"),
        ],
    }


def test_what_an_article_or_a_source_says_stays_text(load: Load, page: Page) -> None:
    load(**_evil_warehouse())
    told = page()
    structure = Structure(told)
    assert structure.open == []
    assert told.count("<script>") == 1 and told.count("</script>") == 1
    assert told.count(ESCAPED) > 10
    assert [attributes["href"] for attributes in structure.all("a") if str(attributes["href"]).startswith("javascript")] == []
    assert not [attributes for _, attributes in structure.elements if any(name.startswith("on") for name in attributes)]
    assert "x" * 2_100 not in told
    assert "<bdi>\u202etxt.exe</bdi>" in told


def test_the_page_loads_nothing_and_allows_its_own_script_only(load: Load, page: Page) -> None:
    load(runs=[run("r1", FIRST)], quality_results=[result("r1", UNIQUE)])
    told = page()
    structure = Structure(told)
    assert structure.all("img", "iframe", "object", "embed") == []
    assert [attributes["href"] for attributes in structure.all("link")] == ["data:,"]
    assert all("src" not in attributes for attributes in structure.all("script"))
    assert told.split("<script>")[1].split("</script>")[0] == script()
    [policy] = [attributes["content"] for attributes in structure.all("meta") if "http-equiv" in attributes]
    assert policy and "default-src 'none'" in policy and f"script-src '{fingerprint(script())}'" in policy


def test_the_page_is_whole_and_every_part_of_it_has_a_name(load: Load, page: Page) -> None:
    load(**_evil_warehouse())
    structure = Structure(page())
    ids = [attributes["id"] for _, attributes in structure.elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    named = {"aria-labelledby", "aria-label"}
    regions = [attributes for _, attributes in structure.elements if attributes.get("role") in {"region", "img"}]
    assert regions and all(named & set(attributes) for attributes in [*regions, *structure.all("section")])
    assert {attributes["aria-labelledby"] for attributes in structure.all("section")} <= set(ids)
    assert {str(each["href"])[1:] for each in structure.all("a") if str(each["href"]).startswith("#")} <= set(ids)
    assert {attributes["for"] for attributes in structure.all("label")} <= set(ids)
    assert all("scope" in attributes for attributes in structure.all("th"))


def test_lists_are_bounded_and_say_what_was_left_out(con: Connection, load: Load, page: Page) -> None:
    checks = [("documents", f"expect_{at:03}", None, "info") for at in range(FAILURES_SHOWN + 2)]
    load(
        sources=[source(f"s{at:03}") for at in range(SOURCES_SHOWN + 1)], runs=[run("r1", FIRST)],
        quality_results=[failed("r1", check, None) for check in checks], quarantine=[held(f"k{at}") for at in range(40)],
    )  # fmt: skip
    told = page()
    assert f"{FAILURES_SHOWN} of {FAILURES_SHOWN + 2} are shown here" in told
    assert f"{SOURCES_SHOWN} of {SOURCES_SHOWN + 1} sources are shown" in told
    assert "20 are shown; <code>claimhouse quarantine list</code> shows them all" in told
    assert len(quality_facts(con)["held"]["latest"]) == 20
