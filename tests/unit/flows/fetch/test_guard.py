import asyncio
import ipaddress
import socket

import httpcore
import pytest

from flows.errors import WrongUse
from flows.fetch import guard
from flows.fetch.client import fetching
from flows.fetch.endings import Ended
from flows.fetch.guard import GuardedBackend, is_public

INSIDE = """
127.0.0.1 127.255.255.254 0.0.0.0 0.1.2.3 10.0.0.1 172.16.0.1 172.31.255.255 192.168.1.1 169.254.169.254 100.64.0.1
100.127.255.255 192.0.0.8 192.0.0.170 192.0.2.1 192.88.99.1 198.18.0.1 198.51.100.7 203.0.113.9 224.0.0.1 224.0.1.1
239.1.1.1 240.0.0.1 255.255.255.255 :: ::1 ::127.0.0.1 ::ffff:127.0.0.1 ::ffff:10.0.0.1 ::ffff:0:127.0.0.1 fe80::1
fe80::1%eth0 fc00::1 fd12::1 fec0::1 ff02::1 ff0e::1 2001:db8::1 3fff::1 5f00::1 100::1 2002:7f00:1:: 2002:808:808::
2001:0:7f00:1::1 2001:10::1 64:ff9b::7f00:1 64:ff9b::a9fe:a9fe 64:ff9b:1::808:808 2a00:1450::5efe:7f00:1
2a00:1450::200:5efe:a00:1
""".split()
OUTSIDE = (
    "1.1.1.1 93.184.216.34 172.32.0.1 100.128.0.1 2606:4700::1111 2a00:1450:4001::1 ::ffff:8.8.8.8 64:ff9b::808:808".split()
)


@pytest.mark.parametrize("address", INSIDE)
def test_an_address_of_this_network_or_of_no_host_is_not_public(address):
    assert not is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize("address", OUTSIDE)
def test_an_address_of_the_internet_is_public(address):
    assert is_public(ipaddress.ip_address(address))


FORMS = """
localhost LOCALHOST 127.0.0.1 127.1 2130706433 0x7f.1 0x7f000001 017700000001 0 0.0.0.0
[::1] [::ffff:127.0.0.1] [::ffff:7f00:1] [0:0:0:0:0:0:0:1] [::]
""".split()


@pytest.mark.parametrize("host", FORMS)
def test_no_way_to_write_this_machine_reaches_it(site, host):
    site.pages["/"] = site.answer()
    fetched = site.fetch(f"http://{host}:{site.port}/", allowed_hosts=())
    assert (fetched.state, fetched.body, site.asked) == ("refused", b"", [])
    assert "no address of the public internet" in fetched.problem
    assert "`allowed_hosts` under [fetch]" in fetched.problem


@pytest.mark.parametrize(
    "host", ["localhost.", "0177.0.0.1", "127.0.0.1.", "[::ffff:0:127.0.0.1]", "127。0。0。1", "①②⑦.0.0.1"]
)
def test_a_way_to_write_this_machine_that_few_systems_read_does_not_reach_it_either(site, host):
    site.pages["/"] = site.answer()
    fetched = site.fetch(f"http://{host}:{site.port}/", allowed_hosts=())
    assert fetched.state in ("refused", "failed")
    assert site.asked == []


def test_a_redirect_into_this_network_is_refused_and_recorded(site):
    site.pages["/out"] = site.answer(b"", "302 Found", Location="http://169.254.169.254/latest/meta-data/")
    fetched = site.fetch("/out")
    assert fetched.state == "refused"
    assert "169.254.169.254 is no address of the public internet" in fetched.problem
    assert [hop.url for hop in fetched.hops] == [f"{site.address}/out"]
    assert fetched.url == "http://169.254.169.254/latest/meta-data/"


@pytest.mark.parametrize("allowed", ["localhost", "LocalHost", "localhost.", "localhost:{port}"])
def test_a_host_that_the_settings_allow_is_reached_whatever_it_resolves_to(site, allowed):
    site.pages["/"] = site.answer()
    fetched = site.fetch(f"http://localhost:{site.port}/", allowed_hosts=(allowed.format(port=site.port),))
    assert fetched.state == "read"


def test_a_host_that_is_allowed_with_a_port_is_allowed_on_that_port_only(site):
    site.pages["/"] = site.answer()
    fetched = site.fetch(f"http://localhost:{site.port}/", allowed_hosts=("localhost:1",))
    assert fetched.state == "refused"


async def fetch_alone(site, address):
    async with fetching(site.settings()) as fetcher:
        return await fetcher.fetch(address, max_bytes=1000)


def resolving(monkeypatch, *answers):
    """The resolver gives these answers, one after the other and then the last one; returns what it was asked for."""
    asked = []

    def look_up(host, port):
        asked.append(host)
        return [ipaddress.ip_address(address) for address in answers[min(len(asked), len(answers)) - 1]]

    monkeypatch.setattr(guard, "_look_up", look_up)
    return asked


def test_a_name_with_one_address_of_this_network_among_public_ones_is_refused(site, monkeypatch):
    resolving(monkeypatch, ["93.184.216.34", "127.0.0.1"])
    fetched = site.fetch(f"http://news.example:{site.port}/", allowed_hosts=())
    assert fetched.state == "refused"
    assert "news.example resolves to 127.0.0.1, which is no address of the public internet" in fetched.problem


def test_the_connection_goes_to_the_address_that_was_checked(monkeypatch):
    asked = resolving(monkeypatch, ["93.184.216.34"], ["127.0.0.1"])
    opened = []

    async def connect_tcp(self, host, *rest):
        opened.append(host)
        raise httpcore.ConnectError("stop here")

    monkeypatch.setattr(httpcore.AnyIOBackend, "connect_tcp", connect_tcp)
    backend = GuardedBackend(())
    for _ in range(2):
        with pytest.raises(Ended, match="no connection to news"):
            asyncio.run(backend.connect_tcp("news.example", 80, 1))
    assert opened == ["93.184.216.34"] * 2
    assert asked == ["news.example"]


def test_a_name_is_looked_up_and_checked_anew_after_a_while(monkeypatch):
    asked = resolving(monkeypatch, ["93.184.216.34"], ["10.0.0.1"])
    monkeypatch.setattr(guard, "DNS_SECONDS", -1)

    async def connect_tcp(self, host, *rest):
        raise httpcore.ConnectError("stop here")

    monkeypatch.setattr(httpcore.AnyIOBackend, "connect_tcp", connect_tcp)
    backend = GuardedBackend(())
    with pytest.raises(Ended, match="no connection"):
        asyncio.run(backend.connect_tcp("news.example", 80, 1))
    with pytest.raises(Ended, match=r"10\.0\.0\.1"):
        asyncio.run(backend.connect_tcp("news.example", 80, 1))
    assert len(asked) == 2


def test_a_second_address_is_tried_where_the_first_does_not_answer_and_comes_first_from_then_on(site, monkeypatch):
    site.pages |= {"/": site.answer(), "/robots.txt": site.answer(b"", "404 Not Found", Connection="close")}
    resolving(monkeypatch, ["127.0.0.9", "127.0.0.1"])
    tried = []
    connect_tcp = httpcore.AnyIOBackend.connect_tcp

    async def noted(self, host, *rest):
        tried.append(host)
        return await connect_tcp(self, host, *rest)

    monkeypatch.setattr(httpcore.AnyIOBackend, "connect_tcp", noted)
    outcome = site.fetch(f"http://news.example:{site.port}/", allowed_hosts=("news.example",))
    assert outcome.state == "read"
    assert tried == ["127.0.0.9", "127.0.0.1", "127.0.0.1"]


def test_a_name_that_is_not_known_may_be_known_later(monkeypatch, site):
    def look_up(host, port):
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(guard, "_look_up", look_up)
    fetched = site.fetch("http://nowhere.example/", tries=3)
    assert (fetched.state, fetched.is_passing, fetched.tries) == ("failed", True, 1)
    assert "the name nowhere.example was not found" in fetched.problem


@pytest.mark.parametrize(
    "address",
    """
    http://[ http://[broken/ http://a%20b/ http://a%00b/ http://x:0/ http://x:99999/ http:///x http://. http://../ http://a..b/
    http://xn--a/ http://\u202ex/ http:// https:x //x x http://1.2.3.4.5/ http://[::1%25lo]/ http://[fe80::1%eth0]/
    http://256.256.256.256/ http://[::1]x/ http://x:y/ http://ex_ample.invalid/ \x00 http://\udcff/
    """.split(),
)
def test_what_is_no_address_ends_with_a_reason(site, address):
    fetched = asyncio.run(fetch_alone(site, address))
    assert fetched.state in ("failed", "refused")
    assert fetched.problem
    assert fetched.address == address


@pytest.mark.parametrize(
    "address", ["ftp://127.0.0.1/a", "file:///etc/passwd", "data:text/html,x", "javascript:1", "gopher://x/1"]
)
def test_only_http_and_https_are_fetched(site, address):
    site.pages["/moved"] = site.answer(b"", "302 Found", Location=address)
    for fetched in site.fetch(f"{site.address}/moved"), asyncio.run(fetch_alone(site, address)):
        assert fetched.state == "refused"
        assert "only http and https are fetched" in fetched.problem


def test_an_address_with_a_password_is_refused_and_the_password_not_told(site):
    fetched = site.fetch(f"http://me:secret@127.0.0.1:{site.port}/")
    assert (fetched.state, site.asked) == ("refused", [])
    assert "secret" not in fetched.problem


def test_a_label_that_is_too_long_for_a_name_is_an_outcome(site):
    fetched = site.fetch(f"http://{'a' * 70}.example/")
    assert fetched.state == "failed"
    assert fetched.problem


def test_nothing_is_read_from_a_socket_of_this_machine():
    with pytest.raises(Ended, match="no address of the web"):
        asyncio.run(GuardedBackend(()).connect_unix_socket("/run/some.sock"))


@pytest.mark.parametrize("host", ["http://localhost", "", "a b", "user@host", "\udcff.example"])
def test_a_setting_that_is_no_host_is_refused_with_the_mend(host):
    with pytest.raises(WrongUse, match=r"`allowed_hosts` under \[fetch\] has"):
        GuardedBackend((host,))
