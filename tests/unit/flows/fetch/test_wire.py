import gzip
import socket
import time
import tracemalloc
import zlib

import pytest

from flows.fetch import wire

PAGE = b"<title>Mill</title><p>The mill burns twelve tonnes of straw a day.</p>"


def ends(fetched, state, problem, *, is_passing=False):
    """Exactly one outcome, with its reason, and without bytes."""
    assert (fetched.state, fetched.is_passing, fetched.body, fetched.content) == (state, is_passing, b"", b"")
    assert problem in fetched.problem


def sends(*parts, wait=0.0):
    """An answer in parts, then the end of the connection."""

    def answer(asked, connection):
        for part in parts:
            connection.sendall(part)
            time.sleep(wait)

    return answer


# Sizes and codings


def test_a_page_larger_than_the_limit_is_refused_before_it_is_read(site):
    site.pages["/page"] = sends(b"HTTP/1.1 200 OK\r\nContent-Length: 100001\r\n\r\n")
    ends(
        site.fetch("/page", tries=3),
        "refused",
        "larger than the 100 kB that are read of a page (`max_page_mb` under [reading])",
    )
    assert len(site.paths()) == 1


def test_a_page_that_is_not_read_leaves_its_connection_to_others(site):
    site.pages["/huge"] = sends(b"HTTP/1.1 200 OK\r\nContent-Length: 100001\r\n\r\n", wait=5)
    site.pages["/page"] = site.answer(PAGE)
    huge, page = site.fetch("/huge", "/page", connections=1, timeout_seconds=0.2)
    assert (huge.state, page.state) == ("refused", "read")


def test_a_body_without_end_is_given_up_at_the_limit(site):
    def endless(asked, connection):
        connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        while True:
            connection.sendall(b"2710\r\n" + b"x" * 10_000 + b"\r\n")

    site.pages["/page"] = endless
    ends(site.fetch("/page"), "refused", "larger than the 100 kB")


def test_a_page_of_just_the_limit_is_read(site):
    site.pages["/page"] = site.answer(b"x" * 100_000)
    assert site.fetch("/page").state == "read"


@pytest.mark.parametrize(
    ("coding", "pack"),
    [
        ("gzip", gzip.compress),
        ("GZip", gzip.compress),
        ("deflate", zlib.compress),
        ("deflate, gzip", lambda content: gzip.compress(zlib.compress(content))),
        ("identity", bytes),
    ],
)
def test_a_packed_page_is_kept_as_it_came_and_read_unpacked(site, coding, pack):
    site.pages["/page"] = site.answer(pack(PAGE), Content_Encoding=coding)
    fetched = site.fetch("/page")
    assert fetched.content == PAGE
    assert fetched.body == site.pages["/page"].partition(b"\r\n\r\n")[2]


def test_a_page_that_unpacks_to_more_than_the_limit_is_refused_and_costs_no_memory(site):
    site.pages["/page"] = site.answer(gzip.compress(bytes(60_000_000)), Content_Encoding="gzip")
    tracemalloc.start()
    try:
        ends(site.fetch("/page"), "refused", "larger than the 100 kB")
        assert tracemalloc.get_traced_memory()[1] < 5_000_000
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(
    ("body", "coding", "problem"),
    [
        (gzip.compress(PAGE)[:-9], "gzip", "it is cut off: what came does not unpack to the end (Content-Encoding: gzip)"),
        (PAGE, "gzip", "it is broken"),
        (PAGE, "br", "it came in a content coding that was not asked for (Content-Encoding: br)"),
    ],
)
def test_a_body_that_does_not_unpack_fails(site, body, coding, problem):
    site.pages["/page"] = site.answer(body, Content_Encoding=coding)
    ends(site.fetch("/page"), "failed", problem, is_passing=True)


@pytest.mark.parametrize(
    "content_type",
    """
    text/html;charset=utf-8 TEXT/HTML text/plain application/xhtml+xml application/xml text/xml application/rss+xml
    application/atom+xml application/json application/feed+json application/octet-stream application/gzip ;;; html text/ */*
    """.split(),
)
def test_what_may_be_text_is_read(site, content_type):
    site.pages |= {"/page": site.answer(PAGE, Content_Type=content_type), "/untyped": site.answer(PAGE, Content_Type=None)}
    assert [fetched.state for fetched in site.fetch("/page", "/untyped")] == ["read", "read"]


@pytest.mark.parametrize(
    "content_type",
    """
    image/png image/svg+xml Video/mp4;x=1 audio/mpeg font/woff2 multipart/mixed application/pdf application/zip
    application/javascript text/css
    """.split(),
)
def test_what_is_no_text_is_refused_unread(site, content_type):
    def endless(asked, connection):
        connection.sendall(f"HTTP/1.1 200 OK\r\nContent-Type: {content_type}\r\n\r\n".encode())
        while True:
            connection.sendall(bytes(10_000))

    site.pages["/page"] = endless
    kind = content_type.partition(";")[0].lower()
    ends(site.fetch("/page", max_bytes=10**9), "refused", f"it is {kind}, which holds no text to read")


# Servers that misbehave


def dripping(asked, connection):
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n")
    while True:
        connection.sendall(b"x")
        time.sleep(0.02)


def endless_head(asked, connection):
    connection.sendall(b"HTTP/1.1 200 OK\r\n")
    while True:
        connection.sendall(b"X-More: " + b"x" * 1000 + b"\r\n")


def endless_informing(asked, connection):
    while True:
        connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
        time.sleep(0.01)


def reset(asked, connection):
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")


@pytest.mark.parametrize(
    ("answer", "problem"),
    [
        (sends(), "Server disconnected without sending a response"),
        (sends(b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nhalf"), "received 4 bytes, expected 50"),
        (sends(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhal"), "incomplete chunked read"),
        (sends(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzzz\r\n"), "the answer is broken"),
        (sends(b"\x16\x03\x01\x02\x00garbage" * 99), "the answer is broken"),
        (sends(b"SSH-2.0-OpenSSH_9.6\r\n"), "the answer is broken"),
        (sends(b"HTTP/1.1 OK\r\n\r\n"), "the answer is broken"),
        (sends(b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nx"), "the answer is broken"),
        (sends(b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\nx"), "the answer is broken"),
        (sends(b"HTTP/1.1 200 OK\r\nno colon here\r\n\r\nx"), "the answer is broken"),
        (sends(b"HTTP/1.1 200 OK\r\nA: \0\r\n\r\nx"), "the answer is broken"),
        (endless_head, "the answer is broken"),
        (reset, "the connection broke"),
        (sends(wait=1), "disconnected"),
        (lambda asked, connection: time.sleep(0.6), "the server sent nothing for 0.25 seconds"),
        (sends(b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n", wait=0.6), "the server sent nothing for 0.25 seconds"),
        (dripping, "it took longer than 0.75 seconds in all"),
        (endless_informing, "it took longer than 0.75 seconds in all"),
    ],
)
def test_a_server_that_misbehaves_ends_in_an_outcome_that_may_pass(site, monkeypatch, answer, problem):
    monkeypatch.setattr(wire, "TOTAL_TIMEOUTS", 3)
    site.pages["/page"] = answer
    ends(site.fetch("/page", timeout_seconds=0.25), "failed", problem, is_passing=True)


def test_an_answer_of_the_old_kind_is_read(site):
    site.pages |= {
        "/old": sends(b"HTTP/1.0 200 OK\r\n\r\n" + PAGE),
        "/folded": sends(b"HTTP/1.1 200 OK\r\nX-A: 1\r\n  2\r\nX-A: 3\r\n\r\n" + PAGE),
        "/long": sends(b"HTTP/1.1 200 OK\r\nX-A: " + b"x" * 60_000 + b"\r\n\r\n" + PAGE),
        "/bytes": sends(b"HTTP/1.1 200 \xe9\r\nX-A: \xff\xfe\r\nContent-Type: \xe9/\xe8\r\nContent-Encoding: ,\r\n\r\n" + PAGE),
        "/informed": sends(b"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\n\r\n" + PAGE),
        "/chunks": sends(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;x=y\r\n<p>a \r\n1\r\nb\r\n0\r\nT: r\r\n\r\n"),
    }
    fetched = site.fetch(*site.pages)
    assert [(one.state, one.problem) for one in fetched] == [("read", None)] * 6
    assert fetched[-1].body == b"<p>a b"


def test_an_error_page_that_never_ends_costs_only_its_connection(site):
    def endless(asked, connection):
        connection.sendall(b"HTTP/1.1 404 Not Found\r\n\r\n")
        while True:
            connection.sendall(bytes(10_000))

    site.pages["/page"] = endless
    began = time.monotonic()
    ends(site.fetch("/page"), "gone", "404")
    assert time.monotonic() - began < 0.5


def test_an_error_page_that_drips_does_not_keep_us(site, monkeypatch):
    monkeypatch.setattr(wire, "DRAIN_SECONDS", 0.1)
    site.pages["/page"] = sends(b"HTTP/1.1 404 Not Found\r\nContent-Length: 50\r\n\r\n", wait=0.6)
    began = time.monotonic()
    ends(site.fetch("/page"), "gone", "404")
    assert time.monotonic() - began < 0.5


def test_more_body_than_announced_does_not_reach_the_next_page(site):
    site.pages |= {"/long": site.answer(PAGE, Content_Length=9), "/next": site.answer(b"next")}
    long, after = site.fetch("/long", "/next", per_host=1, tries=2)
    assert long.content == PAGE[:9]
    assert after.content == b"next"


def test_https_to_a_server_without_it_is_told_after_one_try(site):
    def plain(connection):
        with connection:
            tried.append(connection.recv(9999))
            connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")

    tried = []
    site.talk = plain
    ends(site.fetch(f"https://127.0.0.1:{site.port}/", tries=3), "failed", "no safe connection: ", is_passing=True)
    assert len(tried) == 1


def test_https_to_a_server_that_says_nothing_is_told_as_such(site):
    ends(
        site.fetch(f"https://127.0.0.1:{site.port}/", timeout_seconds=0.2),
        "failed",
        "no connection within 0.2",
        is_passing=True,
    )


def test_a_server_that_takes_no_connection_fails_after_all_tries(site, new_site):
    site.pages["/robots.txt"] = site.answer(b"", "404 Not Found")
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    ends(site.fetch(f"http://127.0.0.1:{port}/", tries=2), "failed", "(Connection refused)", is_passing=True)
