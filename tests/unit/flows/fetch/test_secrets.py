import asyncio
from base64 import b64encode

import httpx
import pytest

from flows.errors import WrongUse
from flows.fetch.client import fetching
from flows.fetch.secrets import Secrets, refuse_written_out
from flows.settings import Source

KEY = "k3y&of/the mill"
ENVIRONMENT = {"MILL_KEY": KEY, "MILL_USER": "miller", "MILL_PASSWORD": "flour-and-water", "HOME": "/home/miller"}


def fetched(site, path, secrets):
    async def run():
        async with fetching(site.settings(), secrets) as fetcher:
            return await fetcher.fetch(site.address + path, max_bytes=100_000)

    return asyncio.run(run())


def secrets_of(site, path="/feed?api_key=${MILL_KEY}", login=None):
    return Secrets.of([Source(location=site.address + path, login=login)], ENVIRONMENT)


def test_a_key_reaches_the_host_of_its_source_and_nothing_that_is_kept(site):
    site.pages["/feed?api_key=k3y%26of%2Fthe%20mill"] = site.answer(b"<p>Straw.</p>")
    came = fetched(site, "/feed?api_key=$%7BMILL_KEY%7D", secrets_of(site))
    assert (came.state, came.content) == ("read", b"<p>Straw.</p>")
    assert KEY not in repr(came)
    assert "k3y%26of" not in repr(came)


def test_a_page_that_names_a_variable_of_the_environment_learns_nothing(site):
    fetched(site, "/page?x=${HOME}&y=${MILL_PASSWORD}", secrets_of(site))
    assert [path.replace("%7B", "{").replace("%7D", "}") for path in site.paths()] == ["/page?x=${HOME}&y=${MILL_PASSWORD}"]


def test_another_host_is_not_told_the_key_of_a_source(site):
    fetched(
        site, "/feed?api_key=${MILL_KEY}", Secrets.of([Source(location="https://mill.example/?k=${MILL_KEY}")], ENVIRONMENT)
    )
    assert "k3y" not in site.paths()[0]


def test_a_login_is_sent_to_its_host_and_not_written_down(site):
    came = fetched(site, "/feed", secrets_of(site, "/feed", "${MILL_USER}:${MILL_PASSWORD}"))
    assert site.asked[-1].headers["authorization"] == "Basic " + b64encode(b"miller:flour-and-water").decode()
    assert "uthorization" not in repr(came.request_headers)


@pytest.mark.parametrize(
    "form", [KEY, "k3y&amp;of/the mill", "k3y%26of%2Fthe%20mill", "k3y%26of/the%20mill", "k3y%26of%2Fthe+mill"]
)
def test_a_key_that_an_answer_repeats_gives_way_to_its_name(site, form):
    site.pages["/feed"] = site.answer(f"<a href='/1?key={form}'>One</a>".encode(), Link=f"</feed?key={form}>")
    came = fetched(site, "/feed", secrets_of(site))
    assert came.content == came.body == b"<a href='/1?key=${MILL_KEY}'>One</a>"
    assert ("Link", "</feed?key=${MILL_KEY}>") in came.headers


def test_a_redirect_that_repeats_a_key_is_recorded_with_its_name(site):
    site.pages["/old"] = site.answer(b"", "302 Found", Location="/new?key=k3y%26of%2Fthe%20mill")
    came = fetched(site, "/old", secrets_of(site))
    assert came.url.endswith("/new?key=${MILL_KEY}")
    assert site.paths()[-1] == "/new?key=k3y%26of%2Fthe%20mill"


def test_a_body_that_is_kept_with_a_name_in_it_says_so_in_its_headers(site):
    import gzip

    packed = gzip.compress(f"<p>{KEY}</p>".encode())
    site.pages["/feed"] = site.answer(packed, Content_Encoding="gzip")
    came = fetched(site, "/feed", secrets_of(site))
    assert came.body == b"<p>${MILL_KEY}</p>"
    assert not {"content-encoding", "content-length"} & {name.lower() for name, _ in came.headers}


def test_a_variable_that_is_not_set_is_named():
    with pytest.raises(WrongUse, match=r"names the variable NO_SUCH\. Set that in the environment"):
        Secrets.of([Source(location="https://mill.example/?k=${NO_SUCH}")], {})


@pytest.mark.parametrize("location", [
    "https://miller:flour@mill.example/feed", "https://mill.example/feed?api_key=flour123", "https://mill.example/?a=1&Token=flour",
    "https://mill.example/feed?client_secret=flour",
])  # fmt: skip
def test_a_secret_that_is_written_out_is_refused_and_not_repeated(location):
    with pytest.raises(WrongUse) as refused:
        refuse_written_out(location)
    assert "variable" in str(refused.value)
    assert "flour" not in str(refused.value)


@pytest.mark.parametrize("location", [
    "https://mill.example/feed?api_key=${MILL_KEY}", "https://mill.example/feed?api_key=$%7BMILL_KEY%7D", "https://mill.example/?id=4",
    "https://mill.example/tokens?tokens=all", "https://mill.example/2026/a@b",
])  # fmt: skip
def test_an_address_without_a_secret_passes(location):
    refuse_written_out(location)


def test_a_login_of_a_source_names_variables():
    with pytest.raises(ValueError, match="login"):
        Source(location="https://mill.example/", login="miller:flour-and-water")


def test_an_address_shows_only_variables_of_its_own_source():
    secrets = Secrets.of([Source(location="https://mill.example/?k=${MILL_KEY}")], ENVIRONMENT)
    shown = secrets.revealed(httpx.URL("https://mill.example/?k=$%7BMILL_KEY%7D&h=$%7BHOME%7D"))
    assert str(shown) == "https://mill.example/?k=k3y%26of%2Fthe%20mill&h=$%7BHOME%7D"
