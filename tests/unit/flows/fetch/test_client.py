import asyncio
import email.utils
import time
from datetime import datetime, timedelta

import pytest
import stamina.instrumentation

from flows.clock import now
from flows.errors import WrongUse
from flows.fetch import client
from flows.fetch.client import conditions_of, fetching, user_agent
from flows.fetch.endings import Head, retry_after_seconds
from flows.fetch.model import Hop, Validators
from flows.settings import Fetch

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


def test_a_page_comes_with_what_was_asked_and_answered(site):
    site.pages["/page"] = site.answer(PAGE, "200 Fine", ETag='"v1"', X_Odd="caf\xe9")
    fetched = site.fetch("/page")
    assert (fetched.state, fetched.status, fetched.reason, fetched.problem) == ("read", 200, "Fine", None)
    assert fetched.address == fetched.url == f"{site.address}/page"
    assert fetched.body == fetched.content == PAGE
    assert {("ETag", '"v1"'), ("X-Odd", "caf\xe9"), ("Content-Type", "text/html")} <= set(fetched.headers)
    assert ("User-Agent", user_agent("")) in fetched.request_headers
    assert (fetched.hops, fetched.tries, fetched.is_passing) == ((), 1, False)
    assert now() - fetched.fetched_at < timedelta(seconds=5)


def test_a_request_is_honest_about_who_asks(site):
    site.fetch("/page", contact="desk@example.org")
    headers = site.asked[-1].headers
    assert headers["user-agent"].startswith("Claimhouse/")
    assert headers["user-agent"].endswith(" (+desk@example.org)")
    assert headers["host"] == f"127.0.0.1:{site.port}"
    assert headers["accept-encoding"] == "gzip, deflate"
    assert headers["accept"].startswith("text/html")
    assert "cookie" not in headers


def test_a_contact_may_be_in_any_script_but_on_one_line(site):
    site.fetch("/page", contact="Jürgen <j@example.org>")
    assert "Jürgen" in site.asked[-1].headers["user-agent"].encode("latin-1").decode()
    with pytest.raises(WrongUse, match=r"`contact` under \[fetch\]"):
        site.fetch("/page", contact="a\r\nX-Bad: 1")


def test_no_cookie_is_sent_back(site):
    site.pages |= {
        "/a": site.answer(b"", "302 Found", Location="/b", Set_Cookie="id=7"),
        "/b": site.answer(PAGE, Set_Cookie="x=1"),
    }
    site.fetch("/a", "/b", per_host=1)
    assert all("cookie" not in asked.headers for asked in site.asked)


def test_proxies_of_the_environment_are_not_used(site, monkeypatch):
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    site.pages["/page"] = site.answer(PAGE)
    assert site.fetch("/page").state == "read"


def test_connections_are_used_again(site):
    ports = set()
    talk = site.talk
    site.talk = lambda connection: (ports.add(connection.getpeername()), talk(connection))
    site.pages |= {"/page": site.answer(PAGE), "/moved": site.answer(b"Moved.", "301 Moved", Location="/page")}
    site.fetch("/page", "/moved", "/missing", "/page", per_host=1)
    assert len(site.asked) == 6
    assert len(ports) == 1


# Redirects


def test_redirects_are_followed_and_recorded(site):
    site.pages |= {
        "/a": site.answer(b"", "301 Moved", Location="b#part"),
        "/b": site.answer(b"", "307 Moved", Location=f"{site.address}/c?x=1"),
        "/c?x=1": site.answer(PAGE),
    }
    fetched = site.fetch("/a")
    assert (fetched.state, fetched.address, fetched.url) == ("read", f"{site.address}/a", f"{site.address}/c?x=1")
    assert fetched.hops == (Hop(301, f"{site.address}/a"), Hop(307, f"{site.address}/b"))


def test_redirects_that_lead_in_a_loop_are_told_as_such(site):
    site.pages |= {"/a": site.answer(b"", "302 Found", Location="/b"), "/b": site.answer(b"", "302 Found", Location="/a")}
    fetched = site.fetch("/a", tries=3)
    ends(fetched, "failed", "its redirects lead in a loop")
    assert site.paths() == ["/a", "/b"]
    assert (fetched.status, len(fetched.hops)) == (302, 2)


def test_no_more_redirects_are_followed_than_the_setting_says(site):
    site.pages |= {f"/{number}": site.answer(b"", "302 Found", Location=f"/{number + 1}") for number in range(9)}
    ends(site.fetch("/0", max_redirects=3), "failed", "more than 3 times (`max_redirects` under [fetch])")
    assert site.paths() == ["/0", "/1", "/2", "/3"]


def test_the_fragment_of_an_address_is_not_part_of_what_answered(site):
    site.pages["/page"] = site.answer(PAGE)
    assert site.fetch("/page#part").url == f"{site.address}/page"


def test_a_redirect_may_be_written_in_any_bytes(site):
    site.pages |= {
        "/utf8": site.answer(b"", "302 Found", Location="/caf\xc3\xa9 here"),
        "/latin": site.answer(b"", "302 Found", Location="/caf\xe9 here"),
        "/caf%C3%A9%20here": site.answer(PAGE),
    }
    assert [fetched.state for fetched in site.fetch("/utf8", "/latin")] == ["read", "read"]


@pytest.mark.parametrize("location", ["http://[::1", "http://\x01/", "http://x:99999/", "http://"])
def test_a_redirect_to_nowhere_fails(site, location):
    site.pages["/a"] = site.answer(b"", "302 Found", Location=location)
    fetched = site.fetch("/a")
    assert (fetched.state, fetched.is_passing) == ("failed", False)
    assert fetched.problem


def test_a_redirect_without_a_target_fails(site):
    site.pages["/a"] = site.answer(b"", "302 Found")
    ends(site.fetch("/a"), "failed", "302 Found, without saying where to")


# Statuses


@pytest.mark.parametrize(
    ("status", "state", "is_passing"),
    [
        ("404 Not Found", "gone", False),
        ("410 Gone", "gone", False),
        ("401 Unauthorized", "refused", False),
        ("402 Payment Required", "refused", False),
        ("403 Forbidden", "refused", False),
        ("451 Unavailable For Legal Reasons", "refused", False),
        ("400 Bad Request", "failed", False),
        ("418 I'm a Teapot", "failed", False),
        ("501 Not Implemented", "failed", True),
        ("599 Odd", "failed", True),
        ("202 Accepted", "failed", True),
        ("206 Partial Content", "failed", False),
        ("304 Not Modified", "failed", True),
        ("999 Denied", "failed", True),
    ],
)
def test_a_status_ends_in_its_outcome_after_one_try(site, status, state, is_passing):
    site.pages["/page"] = site.answer(b"" if status[:3] == "304" else PAGE, status)
    fetched = site.fetch("/page", tries=3)
    ends(fetched, state, f"the server answered {status}", is_passing=is_passing)
    assert (fetched.status, fetched.tries, len(site.paths())) == (int(status[:3]), 1, 1)


@pytest.mark.parametrize("status", ["204 No Content", "205 Reset Content"])
def test_an_answer_that_has_no_body_is_an_empty_page(site, status):
    site.pages["/page"] = site.answer(b"", status, Content_Length=None if status[:3] == "204" else "0")
    ends(site.fetch("/page"), "failed", "the page is empty", is_passing=True)


@pytest.mark.parametrize("body", [b"", b" \r\n\t "])
def test_a_page_with_nothing_on_it_is_empty(site, body):
    site.pages["/page"] = site.answer(body)
    ends(site.fetch("/page"), "failed", "the page is empty", is_passing=True)


def test_a_status_without_a_phrase_is_told_with_the_usual_one(site):
    site.pages["/page"] = site.answer(PAGE, "404")
    ends(site.fetch("/page"), "gone", "the server answered 404 Not Found")


# Conditions


def test_what_we_have_is_asked_for_conditionally_and_may_be_unchanged(site):
    site.pages["/page"] = site.answer(b"", "304 Not Modified", Content_Length=None, ETag='"v1"')
    fetched = site.fetch("/page", known=Validators('"v1"', "Sun, 01 Nov 2026 10:00:00 GMT"))
    assert (fetched.state, fetched.status, fetched.problem, fetched.body) == ("unchanged", 304, None, b"")
    assert site.asked[-1].headers["if-none-match"] == '"v1"'
    assert site.asked[-1].headers["if-modified-since"] == "Sun, 01 Nov 2026 10:00:00 GMT"
    assert "if-none-match" not in site.asked[0].headers


def test_a_validator_that_could_not_stand_in_a_header_is_left_out():
    assert conditions_of(Validators('"a"\r\nX: 1', " late ")) == ()
    assert conditions_of(Validators('"caf\xe9"', "")) == (("If-None-Match", '"caf\xe9"'),)
    assert conditions_of(Validators("\u2603", None)) == ()


# Tries


@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503, 504])
def test_what_can_pass_is_tried_again(site, status):
    site.pages["/page"] = [site.answer(b"", f"{status} Busy"), site.answer(b"", f"{status} Busy"), site.answer(PAGE)]
    fetched = site.fetch("/page", tries=3)
    assert (fetched.state, fetched.tries, len(site.paths())) == ("read", 3, 3)


def test_tries_end_with_the_last_outcome(site):
    site.pages["/page"] = site.answer(b"", "503 Busy")
    fetched = site.fetch("/page", tries=3)
    ends(fetched, "failed", "the server answered 503 Busy", is_passing=True)
    assert (fetched.status, fetched.tries, len(site.paths())) == (503, 3, 3)


def test_the_wait_between_tries_grows(site, monkeypatch):
    monkeypatch.setattr(client, "BACKOFF_SECONDS", 0.1)
    site.pages["/page"] = site.answer(b"", "500 Oops")
    site.fetch("/page", tries=3)
    first, second, third = (asked.at for asked in site.asked if asked.path == "/page")
    assert second - first > 0.09
    assert third - second > 0.19


def test_retries_write_nothing_into_the_log(site, caplog):
    stamina.instrumentation.set_on_retry_hooks(None)
    site.pages["/page"] = site.answer(b"", "503 Busy")
    assert site.fetch("/page", tries=2).tries == 2
    assert not [record for record in caplog.records if record.name.startswith(("stamina", "httpx"))]


def test_a_connection_that_breaks_is_tried_again(site):
    site.pages["/page"] = [sends(), sends(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nhalf"), site.answer(PAGE)]
    assert (site.fetch("/page", tries=3).tries, len(site.paths())) == (3, 3)


def http_date(seconds):
    return email.utils.formatdate(time.time() + seconds, usegmt=True)


def test_retry_after_is_waited_for(site):
    site.pages["/page"] = [site.answer(b"", "503 Busy", Retry_After="1"), site.answer(PAGE)]
    began = time.monotonic()
    assert site.fetch("/page", tries=2).state == "read"
    assert 0.95 < time.monotonic() - began < 1.9


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Retry-After": "Sun, 22 Nov 2026 10:01:00 GMT"}, 60),
        ({"Retry-After": "Sun, 22 Nov 2026 10:01:00 GMT", "Date": "Sun, 22 Nov 2026 10:00:55 GMT"}, 5),
        ({"retry-after": "Fri, 01 Jan 1999 00:00:07 GMT", "date": "Fri, 01 Jan 1999 00:00:00 GMT"}, 7),
        ({"Retry-After": "Sunday, 22-Nov-26 11:01:00 +0100"}, 60),
        ({"Retry-After": " 2.5 "}, 2.5),
        ({}, None),
    ],
)
def test_a_date_of_retry_after_counts_from_the_servers_own_clock(headers, seconds):
    head = Head("http://a.example/", 503, "Busy", (), tuple(headers.items()))
    assert retry_after_seconds(head, datetime(2026, 11, 22, 10)) == seconds


@pytest.mark.parametrize(
    "value",
    [
        "0", "-5", "soon", "", "1e9", "Thu, 99 Foo 2026 99:99:99 GMT",
        pytest.param(http_date(-9_000), id="a date that is past"),
        pytest.param("9" * 5000, id="5,000 digits"),
    ],
)  # fmt: skip
def test_a_retry_after_that_is_past_or_unreadable_delays_nothing(site, value):
    site.pages["/page"] = [site.answer(b"", "503 Busy", Retry_After=value), site.answer(PAGE)]
    began = time.monotonic()
    fetched = site.fetch("/page", tries=2)
    assert fetched.state == ("failed" if value[:1] == "9" else "read")
    assert time.monotonic() - began < 0.5


@pytest.mark.parametrize("value", ["121", "3600", pytest.param(http_date(9_000), id="a date to come")])
def test_a_longer_wait_than_a_run_has_is_left_to_a_later_run(site, value):
    site.pages["/page"] = site.answer(b"", "503 Busy", Retry_After=value)
    fetched = site.fetch("/page", tries=3)
    ends(fetched, "failed", "seconds, longer than a run waits", is_passing=True)
    assert fetched.tries == 1


# Running


def test_a_fetch_can_be_cancelled_and_leaves_its_place_to_others(site):
    site.pages |= {"/slow": lambda asked, connection: time.sleep(0.5), "/page": site.answer(PAGE)}

    async def run():
        async with fetching(site.settings(connections=1, per_host=1)) as fetcher:
            slow = asyncio.create_task(fetcher.fetch(f"{site.address}/slow", max_bytes=1000))
            while "/slow" not in site.paths():
                await asyncio.sleep(0.01)
            slow.cancel()
            with pytest.raises(asyncio.CancelledError):
                await slow
            async with asyncio.timeout(0.4):
                fetched = await fetcher.fetch(f"{site.address}/page", max_bytes=1000)
            assert asyncio.all_tasks() == {asyncio.current_task()}
            return fetched

    assert asyncio.run(run()).state == "read"


def test_a_user_agent_names_the_program_and_the_contact():
    assert user_agent("").startswith("Claimhouse/")
    assert user_agent(" https://example.org/bot ").endswith(" (+https://example.org/bot)")
    assert Fetch().contact == ""
