from lxml import html

from benchmarks.grown_pages import grown_pages, made_page

PAGE = """<!DOCTYPE html><html><head><title>Ferries</title><link rel="canonical" href="https://example.org/ferries">
<script>var budget = "thirty ferries";</script></head><body><article><h1>Harbour board buys ferries</h1>
<p>The harbour board of Tolvik said it bought 130 ferries, <b>quietly</b> and in 2026, from islanders.</p></article>
</body></html>"""


def seen(page):
    root = html.document_fromstring(page)
    return " ".join(root.find(".//article").text_content().split())


def test_words_names_and_figures_are_exchanged_and_grammar_stays():
    words = seen(made_page(PAGE.encode(), 1)).split()

    was = seen(PAGE.encode()).split()
    assert len(words) == len(was)
    assert not {"Tolvik", "130"} & set(words)
    assert sum(one != other for one, other in zip(words, was, strict=True)) > len(was) / 3
    assert [word for word in words if word in ("The", "of", "said", "it", "and", "in", "2026,", "from")] == [
        "The", "of", "said", "it", "and", "in", "2026,", "from",
    ]  # fmt: skip


def test_the_same_wave_makes_the_same_page_and_another_wave_another():
    assert made_page(PAGE.encode(), 1) == made_page(PAGE.encode(), 1)
    assert seen(made_page(PAGE.encode(), 1)) != seen(made_page(PAGE.encode(), 2))


def test_a_made_page_has_an_address_of_its_own_and_its_scripts_as_they_were():
    root = html.document_fromstring(made_page(PAGE.encode(), 3))

    assert root.find(".//link").get("href") == "https://example.org/ferries/made-3"
    assert root.find(".//script").text == 'var budget = "thirty ferries";'


def test_as_many_pages_are_made_as_asked_and_fewer_are_the_first(tmp_path):
    for name in ("a", "b"):
        (tmp_path / f"{name}.html").write_text(PAGE)
    (tmp_path / "c.html").write_bytes(b"")
    paths = sorted(tmp_path.iterdir())
    folder = tmp_path / "made"
    folder.mkdir()

    assert grown_pages(paths, 2, folder) == paths[:2]
    grown = grown_pages(paths, 7, folder)
    assert len(grown) == 7
    assert len({path.read_bytes() for path in grown}) == 4
    assert grown_pages([tmp_path / "c.html"], 3, folder) == [tmp_path / "c.html"]
