from pathlib import Path

from benchmarks.feeds import hold, measure_feeds
from flows.models import seeds
from transforms.addresses import AddressRules


def test_every_file_of_a_folder_and_of_those_below_it_is_held_against_feedparser(tmp_path: Path):
    (tmp_path / "below").mkdir()
    item = "<item><link>/{}</link></item>"
    (tmp_path / "a.xml").write_text(f"<rss version='2.0'><channel>{item.format(1)}{item.format(2)}</channel></rss>")
    (tmp_path / "below" / "b.xml").write_text("<rss version='2.0'><channel><item><guid>17</guid></item></channel></rss>")
    (tmp_path / "c.txt").write_text("no feed")
    measured = measure_feeds(tmp_path)
    assert measured.errors == []
    assert [(figure.value, figure.detail) for figure in measured.figures] == [
        (1.0, "3 files"),
        (1.0, "3 of 3 files, 2 of them feeds; 3 entries"),
        (1.0, "2 of 2; 1 more it made of ids"),
    ]


def test_entries_and_addresses_that_are_not_found_are_faults(monkeypatch):
    rules = AddressRules.from_frame(seeds()["address_words"])
    raw = b"<rss version='2.0'><channel><item><link>https://a.example/1</link></item></channel></rss>"
    monkeypatch.setattr("benchmarks.feeds.read_feed", lambda *_: None)
    held = hold(raw, rules)
    assert (held.entries, held.found_entries, held.links, held.same_links, held.crash) == (1, 0, 1, 0, None)
    assert held.fault == "0 entries, not 1"


def test_a_crash_is_a_fault_and_ends_nothing(monkeypatch):
    def crashing(*_: object) -> None:
        raise RecursionError("too deep")

    monkeypatch.setattr("benchmarks.feeds.read_feed", crashing)
    held = hold(b"<rss version='2.0'><channel/></rss>", AddressRules.from_frame(seeds()["address_words"]))
    assert held.crash == held.fault == "raised RecursionError: too deep"
