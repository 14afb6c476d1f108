"""Pages of every make, read: one outcome each with its reason, spans that hold, the same rows each time, no exception."""

from datetime import datetime

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from benchmarks.article_reading import article_reader, read_input_without_model
from benchmarks.reading import default_reader
from benchmarks.robustness import Input, read_input
from tests.hostile.pages import markup, raw_pages, texts
from transforms.decode import UnreadableError
from transforms.given import Given
from transforms.read import Page, read_article, read_pages
from warehouse.tables import BATCH_TABLES

KEYS = st.sampled_from(["a.html", "a.txt", "a.md", "http://site.example/a", "\u202e.md"])
AT = datetime(2026, 1, 1)
FEW = settings(max_examples=25, suppress_health_check=list(HealthCheck))


@given(page=raw_pages(), key=KEYS)
def test_bytes_of_any_kind_end_in_one_outcome(page, key):
    raw, content_type = page
    ended = read_input_without_model(Input(key, raw), content_type)
    assert ended.fault is None, ended


@given(text=markup())
@settings(max_examples=120)
def test_markup_of_any_make_ends_in_one_outcome(text):
    ended = read_input_without_model(Input("a.html", text.encode("utf-8", "surrogatepass")))
    assert ended.fault is None, ended


@given(text=texts(300), key=KEYS)
def test_text_of_any_kind_ends_in_one_outcome(text, key):
    ended = read_input_without_model(Input(key, text.encode("utf-8", "surrogatepass")))
    assert ended.fault is None, ended


@given(text=st.one_of(texts(200), markup()), key=KEYS)
@FEW
def test_the_whole_reader_gives_one_document_whose_spans_hold(text, key):
    ended = read_input(Input(key, text.encode("utf-8", "surrogatepass")))
    assert ended.fault is None, ended


@given(text=markup())
@FEW
def test_the_same_bytes_give_the_same_rows(text):
    page = Page("a.html", "file:///a.html", "s", f"<p>{text}</p>".encode("utf-8", "surrogatepass"), AT)
    first, again = (read_pages([page], default_reader()) for _ in range(2))
    for table in BATCH_TABLES:
        assert first[table.name].equals(again[table.name])


NAMES = st.one_of(st.none(), texts(40))


@given(
    text=texts(100),
    names=st.tuples(NAMES, NAMES, NAMES, st.lists(texts(30), max_size=3).map(tuple)),
    at=st.one_of(st.none(), st.datetimes(datetime(1, 1, 1), datetime(9999, 12, 31))),
    is_text=st.booleans(),
)
def test_what_is_given_beside_a_text_is_read_as_what_it_is(text, names, at, is_text):
    title, site, url, authors = names
    beside = Given(url, title, authors, site, at, at.date() if at else None, is_text)
    page = Page("a.jsonl#1", "file:///a.jsonl#1", "s", text.encode("utf-8", "replace"), AT, given=beside)
    try:
        article = read_article(page, article_reader())
    except UnreadableError as error:
        assert str(error)
    else:
        assert all(article.text[block.start : block.end] for block in article.blocks)
