from flows.batches import Batch, batches_of
from flows.found import FoundPage
from flows.settings import Run


def page(number: int, size: int = 1) -> FoundPage:
    return FoundPage(f"{number}.html", f"/{number}.html", f"file:///{number}.html", "source", size, f"hash{number}")


def pages_in(batch: Batch) -> list[str]:
    return [page.key for page in batch.pages]


def test_few_pages_are_one_batch():
    [batch] = batches_of([page(2), page(1)], "v", Run(batch_pages=5), workers=2)
    assert pages_in(batch) == ["1.html", "2.html"]


def test_every_page_is_in_exactly_one_batch_and_none_is_too_long():
    batches = batches_of([page(number) for number in range(23)], "v", Run(batch_pages=5), workers=2)
    assert sorted(key for batch in batches for key in pages_in(batch)) == sorted(f"{number}.html" for number in range(23))
    assert max(len(batch.pages) for batch in batches) <= 5


def test_more_than_one_batch_is_a_multiple_of_the_workers_so_that_all_end_together():
    assert len(batches_of([page(number) for number in range(11)], "v", Run(batch_pages=5), workers=2)) == 4


def test_there_are_no_more_batches_than_pages():
    assert len(batches_of([page(1), page(2)], "v", Run(batch_pages=1), workers=8)) == 2


def test_large_pages_are_spread_over_the_batches():
    pages = [page(1, size=100), page(2, size=100), page(3), page(4)]
    batches = batches_of(pages, "v", Run(batch_pages=2), workers=2)
    assert [sum(page.size for page in batch.pages) for batch in batches] == [101, 101]


def test_no_pages_are_no_batches():
    assert batches_of([], "v", Run(), workers=2) == []


def test_the_key_of_a_batch_stands_for_pages_bytes_and_version_but_not_for_their_order():
    def key(*pages: FoundPage, version: str = "v") -> str:
        return batches_of(pages, version, Run(batch_pages=9), workers=1)[0].key

    changed = FoundPage("1.html", "/1.html", "file:///1.html", "source", 1, "other bytes")
    assert key(page(1), page(2)) == key(page(2), page(1))
    assert len({key(page(1)), key(page(2)), key(changed), key(page(1), version="w")}) == 4
