import errno
from datetime import date, datetime
from time import perf_counter

import polars as pl
import pytest

from transforms.given import Given
from warehouse.tables import BATCH_TABLES, READ_ZONES

NOW = datetime(2024, 1, 2, 3, 4)
ARTICLE = (
    "<p>The old ferry across the river sank in the harbour on Monday, and nobody was hurt.</p>"
    "<h2>Why the old ferry sank</h2>"
    "<p>“The ferry was old and slow,” said Anna Lindqvist. She wants to buy a new one for $9 million.</p>"
    "<p>The council has not said whether the town will pay for it in the next year.</p>"
)


def html(body: str = ARTICLE, head: str = "", footer: str = "") -> str:
    return f"<html><head>{head}</head><body><main><article>{body}</article></main><footer>{footer}</footer></body></html>"


@pytest.fixture(scope="session")
def read(reader):
    from transforms.read import Page, read_pages

    def pages(*raws: str | bytes | None, key: str = "a.html", **more: object) -> dict[str, pl.DataFrame]:
        batch = []
        for i, raw in enumerate(raws):
            name = key if i == 0 else f"{i}-{key}"
            content = raw.encode() if isinstance(raw, str) else raw
            batch.append(Page(name, f"file:///{name}", "s", content, NOW, **more))
        return read_pages(batch, reader)

    return pages


@pytest.fixture(scope="session")
def document(read):
    return lambda raw, **more: read(raw, **more)["documents"].row(0, named=True)


def outcome(row) -> tuple[str, str | None]:
    return row["outcome"], row["outcome_reason"]


def test_an_article_is_kept_with_all_its_tables(read):
    tables = read(html())
    assert tables["documents"]["outcome"].to_list() == ["kept"]
    assert {name for name, frame in tables.items() if len(frame)} == {
        "documents", "sentences", "mentions", "claims", "claim_entities", "quantities", "time_expressions",
    }  # fmt: skip


def test_every_table_has_its_declared_schema(read):

    tables = read(html())
    assert {table.name: table.schema for table in BATCH_TABLES} == {name: frame.schema for name, frame in tables.items()}


def test_an_empty_batch_gives_empty_tables(read):
    assert all(frame.is_empty() for frame in read().values())


def test_every_page_gives_one_document_in_the_batch_s_order(read):
    documents = read(html(), b"", None, "<p>", html("<p>Sold.</p>"), problem="its server did not answer")["documents"]
    assert documents["page_key"].to_list() == ["a.html", "1-a.html", "2-a.html", "3-a.html", "4-a.html"]
    assert documents["outcome"][0] == "kept"
    assert set(documents["outcome"][1:]).isdisjoint({"kept"})


def test_a_page_that_could_not_be_had_says_why(document):
    assert outcome(document(None, problem="its server did not answer")) == ("unreadable", "its server did not answer")


def test_a_page_that_is_no_longer_there_is_gone(document):
    row = document(None, problem="its server answered 410", outcome="gone")
    assert (*outcome(row), row["text"]) == ("gone", "its server answered 410", None)


def test_an_empty_page_is_unreadable(document):
    row = document(b"")
    assert row["outcome"] == "unreadable"
    assert "empty" in row["outcome_reason"]
    assert row["text"] is None


def test_a_binary_page_is_unreadable(document):
    assert "binary" in document(b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20)["outcome_reason"]


def test_what_the_machine_lacks_is_not_held_against_the_page(read, monkeypatch):
    def full(*_, **__):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("transforms.read.read_html", full)
    with pytest.raises(OSError, match="No space left"):
        read(html())


def test_a_page_that_breaks_a_parser_ends_alone(read, monkeypatch):
    def broken(html: str, url: str) -> None:
        raise RecursionError("too deep") if "poison" in html else ValueError("none")

    monkeypatch.setattr("transforms.read.read_html", broken)
    documents = read(html("poison"), "The ferry sank in the harbour.\nNobody was hurt that day.", key="a.txt")["documents"]
    assert outcome(documents.row(0, named=True)) == ("unreadable", "reading it failed: RecursionError: too deep")
    assert documents["outcome"][1] == "kept"


@pytest.mark.parametrize("raw", ["<p>", "<html></html>", "<!-- nothing -->", "<div><img src='a.png'></div>", html("")])
def test_a_page_without_text_holds_no_article(document, raw):
    row = document(raw)
    assert row["outcome"] in ("unreadable", "not_an_article", "too_short")
    assert row["outcome_reason"]


def test_a_short_text_is_too_short_and_says_how_short(document):
    kind, reason = outcome(document("The ferry sank.", key="a.txt"))
    assert kind == "too_short"
    assert reason.startswith("3 words")


def test_a_german_article_is_in_an_unsupported_language(document):
    text = "Die alte Fähre über den Fluss ist am Montag im Hafen gesunken, und niemand wurde dabei verletzt."
    kind, reason = outcome(document(text, key="a.txt"))
    assert kind == "unsupported_language"
    assert "de" in reason


def test_a_text_from_right_to_left_is_kept_as_text(read):
    arabic = "تأخرت العبارة مرة أخرى هذا الصباح ولم يعرف أحد على الرصيف السبب وراء ذلك التأخير الطويل اليوم"
    tables = read(html(f"<p>{arabic}</p><p>{arabic} مرة أخرى</p>"))
    assert tables["documents"]["outcome"].to_list() == ["unsupported_language"]
    assert arabic in tables["sentences"]["text"].to_list()


LOST = html("<h1>Page not found</h1><p>We looked everywhere, but the page that you asked for is not here.</p>")


def test_a_notice_that_there_is_no_page_is_gone_on_the_web_and_no_article_in_a_folder(reader, document):
    from transforms.read import Page, read_pages

    fetched = Page("https://example.org/x", "https://example.org/x", "s", LOST.encode(), NOW)
    assert read_pages([fetched], reader)["documents"]["outcome"].to_list() == ["gone"]
    assert document(LOST)["outcome"] == "not_an_article"


def test_a_page_that_loads_its_text_by_script_says_so(document):
    shell = '<html><body><div id="root"></div><noscript>Please enable JavaScript to run this app.</noscript>'
    assert "script" in str(document(shell + '<script src="/app.js"></script></body></html>')["outcome_reason"])


def test_an_article_below_a_title_about_missing_pages_is_kept(document):
    told = html(ARTICLE * 12, head="<title>Page not found</title>")
    assert document(told)["outcome"] == "kept"


def test_a_link_list_is_not_an_article(document):
    links = "".join(
        f"<li><a href='/{i}'>Why the bridge number {i} over the river fell down last winter</a></li>" for i in range(12)
    )
    kind, reason = outcome(document(html(f"<ul>{links}</ul>")))
    assert kind == "not_an_article"
    assert "links" in reason


def test_a_page_that_is_not_kept_keeps_its_text_and_gives_nothing_else(read):
    tables = read("The ferry sank.", key="a.txt")
    assert tables["sentences"]["text"].to_list() == ["The ferry sank."]
    assert all(tables[name].is_empty() for name in ("mentions", "claims", "claim_entities", "quantities", "time_expressions"))


def test_no_claim_mention_or_figure_comes_from_boilerplate(read):
    page = html(footer="<p>Piet Olsen said that OpenAI sold 400 old boats in 1995.</p>")
    tables = read(page)
    left_out = tables["sentences"].filter(pl.col("zone") == "boilerplate")
    assert any("Piet Olsen" in text for text in left_out["text"])
    start = left_out["start_char"].min()
    assert all(tables[name]["start_char"].max() < start for name in ("mentions", "claims", "quantities", "time_expressions"))


def test_claims_come_from_the_zones_that_are_read(read):
    tables = read(html())
    zones = dict(tables["sentences"].select("sentence_id", "zone").rows())
    assert {zones[sentence] for sentence in tables["claims"]["sentence_id"]} <= set(READ_ZONES)


def test_a_title_and_a_heading_give_no_claim(read):
    tables = read(
        "The ferry sank in the harbour\nThe old ferry was late that day.\nThe pier is made of stone\nNobody was hurt that day.",
        key="a.txt",
    )
    assert tables["sentences"]["zone"].to_list() == ["title", "body", "heading", "body"]
    assert tables["claims"]["text"].to_list() == ["The old ferry was late that day", "Nobody was hurt that day"]


def test_the_title_of_a_text_is_the_document_s(document):
    row = document("A late ferry\nThe old ferry was late again that day.\nNobody was hurt that day.", key="a.txt")
    assert (row["title"], row["published_at"], row["authors"]) == ("A late ferry", None, [])


def test_yesterday_is_the_day_before_publication_at_the_place(read):
    head = '<meta property="article:published_time" content="2023-12-30T23:30:00-05:00">'
    tables = read(html(ARTICLE.replace("on Monday", "yesterday"), head))
    (document,) = tables["documents"].rows(named=True)
    assert (document["published_at"], document["published_on"]) == (datetime(2023, 12, 31, 4, 30), date(2023, 12, 30))
    times = dict(tables["time_expressions"].select("text", "earliest").iter_rows())
    assert times["yesterday"] == date(2023, 12, 29)


def test_markdown_is_read_as_markdown(document):
    row = document("# A late ferry\n\nThe old ferry was **late** again that day.", key="a.md")
    assert row["text"] == "A late ferry\n\nThe old ferry was late again that day."


def test_the_whole_text_is_kept_and_counted_in_code_points(read):
    row = read("The old ferry 🦜 was late again that day.", key="a.txt")["documents"].row(0, named=True)
    assert row["text_chars"] == len(row["text"]) == 40


def test_words_are_counted_without_boilerplate(document):
    assert (
        document("The old ferry was late that day.\nSign up for our newsletter\nNobody’s boat came home.", key="a.txt")[
            "word_count"
        ]
        == 11
    )


# Identity


def test_a_page_is_known_by_its_canonical_address(read):
    head = '<link rel="canonical" href="https://post.example/late">'
    pages = read(html(head=head), html(head=head))["documents"]
    assert pages["page_id"].n_unique() == 1


def test_a_page_without_an_address_is_known_by_its_key(read):
    assert read(html(), html())["documents"]["page_id"].n_unique() == 2


def test_a_change_in_the_article_is_another_document_of_the_same_page(document):
    first, second = document(html()), document(html(ARTICLE.replace("$9", "$8")))
    assert first["page_id"] == second["page_id"]
    assert first["document_id"] != second["document_id"]


def test_a_change_in_the_furniture_alone_is_no_new_document(document):
    first, second = document(html(footer="Monday")), document(html(footer="Tuesday"))
    assert first["document_id"] == second["document_id"]
    assert first["raw_hash"] != second["raw_hash"]


def test_no_id_depends_on_the_machine_or_the_day(reader):
    from transforms.read import Page, read_pages

    here = read_pages([Page("a.html", "file:///home/a.html", "s", html().encode(), NOW)], reader)
    there = read_pages([Page("a.html", "file:///srv/a.html", "s", html().encode(), datetime(2025, 1, 1))], reader)
    for name, key in (
        ("documents", "document_id"),
        ("sentences", "sentence_id"),
        ("claims", "claim_id"),
        ("mentions", "mention_id"),
    ):
        assert here[name][key].to_list() == there[name][key].to_list()


def test_the_raw_hash_is_the_sha_256_of_the_bytes(document):
    from hashlib import sha256

    assert document(html())["raw_hash"] == sha256(html().encode()).hexdigest()


def test_a_new_document_is_the_first_revision_and_current(document):
    row = document(html())
    assert (row["revision"], row["is_current"], row["duplicate_of"], row["first_seen_at"]) == (1, True, None, NOW)


def test_a_page_without_a_canonical_address_is_known_by_the_one_it_was_read_from_whatever_its_form(reader):
    from transforms.read import Page, read_pages

    urls = ("https://www.post.example/late?utm_source=letter", "http://post.example/late/", "https://post.example/early")
    pages = [Page(url, url, "s", html().encode(), NOW) for url in urls]
    same, again, other = read_pages(pages, reader)["documents"]["page_id"]
    assert same == again != other


# What is given beside the bytes


def test_what_a_row_gives_goes_before_what_its_markup_says(document):
    given = Given("https://post.example/a", "Given title", ("Mia Berg",), "The Post", datetime(2024, 5, 6), date(2024, 5, 6))
    head = '<title>Old title</title><link rel="canonical" href="https://old.example/x"><meta name="author" content="P. O.">'
    row = document(html(head=head), given=given)
    assert (row["title"], row["authors"], row["site"]) == ("Given title", ["Mia Berg"], "The Post")
    assert (row["canonical_url"], row["published_at"]) == ("https://post.example/a", datetime(2024, 5, 6))


def test_a_given_title_stands_above_a_text_and_is_no_claim(read):
    text = "The old ferry was late that day.\nThe pier is old\nNobody was hurt that day."
    tables = read(text, key="a.txt", given=Given(title="Is the pier done?"))
    assert tables["documents"]["text"].item() == f"Is the pier done?\n\n{text}"
    assert tables["sentences"].sort("position")["zone"].to_list() == ["title", "body", "heading", "body"]


def test_a_given_title_that_the_text_begins_with_is_not_repeated(read):
    text = "The pier is done\nThe old ferry was late that day.\nNobody was hurt that day."
    tables = read(text, key="a.txt", given=Given(title="The pier is done."))
    assert tables["documents"]["text"].item() == text
    assert tables["sentences"].sort("position")["zone"].to_list() == ["title", "body", "body"]


def test_a_row_of_text_is_no_markup_whatever_it_tells_of(read):
    text = "The page began with <html> that day, and <p> was what nobody in the whole town of Westmark understood."
    assert read(text, given=Given(is_text=True))["documents"]["text"].item() == text


def test_a_row_whose_title_changed_has_another_hash(document):
    text = "The old ferry was late that day, and nobody was hurt."
    first, second = (document(text, key="a.txt", given=Given(title=title)) for title in ("One", "Two"))
    assert first["raw_hash"] != second["raw_hash"]


# Bad input


def test_a_nul_byte_inside_a_word_does_not_lose_the_page(document):
    assert document(html().replace("nobody", "no\x00body"))["outcome"] == "kept"


def test_five_thousand_nested_elements_cost_no_page(document):
    row = document(html(ARTICLE + "<div>" * 5000 + "deep down" + "</div>" * 5000))
    assert row["outcome"] == "kept"


def test_a_word_of_a_megabyte_is_read_in_seconds(document):
    began = perf_counter()
    row = document("x" * 1_000_000, key="a.txt")
    assert row["outcome"] != "kept"
    assert perf_counter() - began < 5


def test_a_megabyte_of_marks_is_read_in_seconds(document):
    began = perf_counter()
    document('" ' * 200_000 + "’" * 100_000, key="a.txt")
    assert perf_counter() - began < 5


def test_windows_1252_bytes_give_the_article_s_own_characters(read):
    tables = read(html(head='<meta charset="utf-8">').encode("cp1252"))
    assert "The ferry was old and slow" in tables["claims"]["text"].to_list()


def test_a_surrogate_in_the_bytes_can_be_stored(document):
    row = document(b"The old ferry \xed\xa0\xbd was late again that day and nobody in the town knew why.", key="a.txt")
    row["text"].encode()
