import gzip
import tracemalloc
import zlib

import pytest

from flows.fetch import unpack as module
from flows.fetch.unpack import Unpacked, shown_bytes, unpack

TEXT = b"The mill burns twelve tonnes of straw a day. " * 400


def raw_deflate(content):
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(content) + packer.flush()


@pytest.mark.parametrize(
    ("body", "codings"),
    [
        (TEXT, []),
        (gzip.compress(TEXT), ["gzip"]),
        (gzip.compress(TEXT), ["x-gzip"]),
        (zlib.compress(TEXT), ["deflate"]),
        (raw_deflate(TEXT), ["deflate"]),
        (zlib.compress(gzip.compress(TEXT)), ["gzip", "deflate"]),
        (gzip.compress(gzip.compress(TEXT)), ["gzip", "gzip"]),
    ],
)
def test_a_body_comes_out_of_its_codings_in_the_order_they_were_put_on(body, codings):
    assert unpack(body, codings, max_bytes=len(TEXT)) == Unpacked(TEXT)


def test_all_members_of_a_gzip_body_are_read_wherever_they_begin():
    parts = [TEXT[:end] for end in (1, 7_000, 16_384)]
    body = b"".join(gzip.compress(part, 0) for part in parts)
    assert unpack(body, ["gzip"], max_bytes=100_000) == Unpacked(b"".join(parts))


def test_what_follows_the_last_member_and_is_none_is_passed_over():
    assert unpack(gzip.compress(TEXT) + b"\0" * 50_000, ["gzip"], max_bytes=100_000) == Unpacked(TEXT)


def test_raw_deflate_that_begins_like_zlib_is_still_read():
    # A stored block of 156 bytes, its padding bits chosen so that it begins with 78 9c, as zlib does; then an empty last block.
    body = b"\x78\x9c\x00\x63\xff" + TEXT[:156] + b"\x01\x00\x00\xff\xff"
    assert unpack(body, ["deflate"], max_bytes=100_000) == Unpacked(TEXT[:156])


@pytest.mark.parametrize("pack", [gzip.compress, zlib.compress, raw_deflate])
def test_a_body_may_unpack_to_the_bound_and_not_to_one_byte_more(pack):
    coding = ["gzip" if pack is gzip.compress else "deflate"]
    assert unpack(pack(TEXT), coding, max_bytes=len(TEXT)).fault is None
    assert unpack(pack(TEXT), coding, max_bytes=len(TEXT) - 1).fault == "too large"


def test_a_bomb_costs_no_memory():
    bomb = gzip.compress(bytes(200_000_000), 9)
    tracemalloc.start()
    try:
        assert unpack(bomb, ["gzip"], max_bytes=1_000_000).fault == "too large"
        assert tracemalloc.get_traced_memory()[1] < 6_000_000
    finally:
        tracemalloc.stop()


def test_a_bomb_within_a_bomb_is_stopped_at_the_outer_one():
    inner = gzip.compress(bytes(20_000_000)) * 20
    unpacked = unpack(gzip.compress(inner), ["gzip", "gzip"], max_bytes=100_000)
    assert unpacked.fault == "too large"
    assert len(unpacked.content) <= 100_001


def test_endless_empty_members_are_given_up(monkeypatch):
    monkeypatch.setattr(module, "MAX_MEMBERS", 100)
    assert unpack(gzip.compress(b"") * 101, ["gzip"], max_bytes=10).fault == "broken"


@pytest.mark.parametrize("pack", [gzip.compress, zlib.compress, raw_deflate])
def test_a_body_that_is_cut_off_is_told_as_such_with_what_there_is(pack):
    packed = pack(TEXT)
    unpacked = unpack(packed[:-9], ["gzip" if pack is gzip.compress else "deflate"], max_bytes=100_000)
    assert unpacked.fault == "cut off"
    assert TEXT.startswith(unpacked.content)


@pytest.mark.parametrize("body", [b"<html>not packed at all</html>", gzip.compress(TEXT)[:30] + b"\xff" * 50])
def test_what_is_no_gzip_is_broken(body):
    assert unpack(body, ["gzip"], max_bytes=100_000).fault == "broken"


def test_a_checksum_that_is_wrong_is_broken():
    body = bytearray(gzip.compress(TEXT))
    body[-6] ^= 1
    assert unpack(bytes(body), ["gzip"], max_bytes=100_000).fault == "broken"


def test_a_coding_that_nobody_asked_for_is_unknown():
    assert unpack(b"x", ["br"], max_bytes=10).fault == "unknown"


def test_more_codings_than_a_page_has_are_not_undone():
    body = TEXT
    for _ in range(5):
        body = gzip.compress(body)
    assert unpack(body, ["gzip"] * 5, max_bytes=100_000).fault == "broken"


def test_an_empty_body_is_empty_in_any_coding():
    assert unpack(b"", ["gzip"], max_bytes=10) == Unpacked(b"")


@pytest.mark.parametrize(
    ("count", "words"), [(20_000_000, "20 MB"), (1_500_000, "1.5 MB"), (512_000, "512 kB"), (40, "40 bytes")]
)
def test_a_size_is_told_in_words(count, words):
    assert shown_bytes(count) == words
