from datetime import date, datetime
from hashlib import sha256

from transforms.given import Given, hash_of_page
from transforms.metadata import Metadata

FOUND = Metadata(
    title="Found", authors=("A",), site="S", canonical_url="https://s.example/x", published_at=datetime(2024, 1, 1),
    published_on=date(2024, 1, 1), modified_at=datetime(2024, 1, 2),
)  # fmt: skip


def test_what_is_given_goes_before_what_was_found():
    given = Given("https://t.example/y", "Given", ("B",), "T", datetime(2023, 2, 2), date(2023, 2, 1))
    assert given.over(FOUND) == Metadata(
        "Given", ("B",), "T", "https://t.example/y", datetime(2023, 2, 2), date(2023, 2, 1), datetime(2024, 1, 2)
    )


def test_what_is_not_given_stays_as_it_was_found():
    assert Given().over(FOUND) == FOUND


def test_a_site_without_a_name_goes_by_the_host_of_the_address_that_is_given():
    assert Given(url="https://www.post.example/a").over(Metadata()).site == "post.example"
    assert Given(url="https://[post/a").over(Metadata()).site is None


def test_the_hash_stands_for_the_bytes_and_for_what_is_given():
    assert hash_of_page(b"x") == sha256(b"x").hexdigest()
    assert len({hash_of_page(b"x"), hash_of_page(b"x", Given(title="a")), hash_of_page(b"x", Given(title="b"))}) == 3
