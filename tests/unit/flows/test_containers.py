import gzip
import json

import pytest

from flows.containers import addresses_in, kind_of
from flows.errors import WrongUse
from flows.inputs import address_rules

RSS = '<rss version="2.0"><channel><item><link>https://post.example/a</link></item></channel></rss>'
SITEMAP = '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><url><loc>https://post.example/a</loc></url></urlset>'
LIST = "# mine\nhttps://post.example/a\nhttps://post.example/b?x=1#top\nhttps://post.example/a\n"
ROW = json.dumps({"text": "The ferry sank.", "url": "https://post.example/a"})
LONG_ROW = json.dumps({"text": "The ferry sank. " * 10_000})


def written(folder, content: str | bytes, name: str = "no-suffix"):
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        ("\ufeff\n <!DOCTYPE HTML><p>x", "page"),
        ('<?xml version="1.0"?>\n<!-- x -->\n<html xmlns="http://www.w3.org/1999/xhtml"><p>x</p></html>', "page"),
        ("WARC/1.1\r\nWARC-Type: warcinfo\r\n", "warc"),
        (b"PAR1\x15\x04", "parquet"),
        (ROW + "\n" + ROW, "jsonl"),
        (LONG_ROW, "jsonl"),
        ('{"text": broken\n' + ROW, "jsonl"),
        (RSS, "feed"),
        (f'<?xml version="1.0"?><?xml-stylesheet href="x"?><!-- <html> -->{RSS}', "feed"),
        ('<feed xmlns="http://www.w3.org/2005/Atom"></feed>', "feed"),
        ('<rdf:RDF xmlns:rdf="x"></rdf:RDF>', "feed"),
        ('{"version": "https://jsonfeed.org/version/1.1", "items": []}', "feed"),
        (RSS.encode("utf-16"), "feed"),
        (SITEMAP, "sitemap"),
        ("<sm:sitemapindex xmlns:sm='x'/>", "sitemap"),
        (LIST, "addresses"),
        ("https://post.example/a", "addresses"),
        ("The ferry sank.\nhttps://post.example/a\n", None),
        ('{\n  "name": "settings"\n}', None),
        ('{"name": ', None),
        ("{}", None),
        ("[1, 2]", None),
        ("", None),
        (b"\x89PNG\r\n\x1a\n", None),
        ("<svg><html></html></svg>", None),
    ],
)
def test_a_file_is_told_by_its_bytes_packed_or_not(tmp_path, content, kind):
    path = written(tmp_path, content)
    assert kind_of(path) == kind
    packed = written(tmp_path, gzip.compress(path.read_bytes()), "packed")
    assert kind_of(packed) == ("gzip page" if kind == "page" else kind)


def test_a_name_tells_what_the_bytes_do_not(tmp_path):
    assert kind_of(written(tmp_path, "The ferry sank.", "a.txt")) == "page"
    assert kind_of(written(tmp_path, "# Late", "a.MD")) == "page"
    assert kind_of(written(tmp_path, gzip.compress(b"The ferry sank."), "a.txt.gz")) == "gzip page"
    assert kind_of(written(tmp_path, ROW, "a.html")) == "jsonl"
    assert kind_of(tmp_path) == "folder"


def test_what_can_not_be_opened_goes_by_its_name(tmp_path):
    (tmp_path / "a.html").symlink_to(tmp_path / "a.html")
    (tmp_path / "a.bin").symlink_to(tmp_path / "a.bin")
    assert (kind_of(tmp_path / "a.html"), kind_of(tmp_path / "a.bin")) == ("page", None)


def addresses(path) -> list[str] | None:
    found = addresses_in(path, address_rules())
    return None if found is None else [entry.address for entry in found]


def test_a_list_a_feed_and_a_sitemap_give_their_addresses_each_once(tmp_path):
    assert addresses(written(tmp_path, LIST)) == ["https://post.example/a", "https://post.example/b?x=1"]
    assert addresses(written(tmp_path, RSS)) == ["https://post.example/a"]
    assert addresses(written(tmp_path, SITEMAP)) == ["https://post.example/a"]
    assert addresses(written(tmp_path, gzip.compress(SITEMAP.encode()))) == ["https://post.example/a"]


def test_what_is_no_list_has_no_addresses(tmp_path):
    assert addresses(written(tmp_path, "The ferry sank.", "a.txt")) is None
    assert addresses(tmp_path) is None


def test_an_index_of_sitemaps_on_disk_is_wrong_use_with_the_mend(tmp_path):
    index = SITEMAP.replace("urlset", "sitemapindex").replace("url>", "sitemap>")
    with pytest.raises(WrongUse, match="name its address"):
        addresses(written(tmp_path, index))


def test_a_list_that_is_cut_off_or_unpacks_to_too_much_is_wrong_use(tmp_path, monkeypatch):
    with pytest.raises(WrongUse, match="cut off"):
        addresses(written(tmp_path, gzip.compress((LIST * 100).encode())[:-10]))
    monkeypatch.setattr("flows.containers.MOST_LIST_BYTES", 1000)
    with pytest.raises(WrongUse, match="too large"):
        addresses(written(tmp_path, gzip.compress((LIST * 100).encode())))
    with pytest.raises(WrongUse, match="too large"):
        addresses(written(tmp_path, LIST * 100))
