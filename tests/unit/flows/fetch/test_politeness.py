import asyncio
import time
from itertools import pairwise

import httpx
import pytest

from flows.fetch import politeness
from flows.fetch.politeness import Politeness, host_of
from flows.settings import Fetch


def slow(site, seconds=0.05):
    def answer(asked, connection):
        site.work(seconds)
        connection.sendall(site.answer(Connection="close"))

    return answer


def test_no_more_requests_than_per_host_reach_a_site_at_a_time(site):
    site.pages |= {f"/{number}": slow(site) for number in range(12)}
    fetched = site.fetch(*(f"/{number}" for number in range(12)), per_host=3)
    assert {one.state for one in fetched} == {"read"}
    assert site.busiest == 3


def test_the_delay_lies_between_the_starts_of_any_two_requests(site):
    site.pages |= {f"/{number}": site.answer() for number in range(5)}
    site.fetch(*(f"/{number}" for number in range(5)), delay_seconds=0.2)
    starts = [asked.at for asked in site.asked]
    assert len(starts) == 6
    assert all(later - earlier > 0.1 for earlier, later in pairwise(starts))


def test_redirects_and_retries_keep_the_delay_too(site):
    site.pages |= {"/a": site.answer(b"", "302 Found", Location="/b"), "/b": [site.answer(b"", "503 Busy"), site.answer()]}
    assert site.fetch("/a", delay_seconds=0.3, tries=2).state == "read"
    starts = [asked.at for asked in site.asked]
    assert len(starts) == 4
    assert all(later - earlier > 0.15 for earlier, later in pairwise(starts))


def test_without_a_delay_nothing_waits(site):
    site.pages |= {f"/{number}": site.answer() for number in range(40)}
    began = time.monotonic()
    site.fetch(*(f"/{number}" for number in range(40)))
    assert time.monotonic() - began < 5


def test_a_busy_host_leaves_the_connections_to_others(site, new_site):
    other = new_site()
    site.pages |= {f"/{number}": slow(site) for number in range(10)}
    other.pages["/quick"] = other.answer()
    site.fetch(*(f"/{number}" for number in range(10)), f"{other.address}/quick", connections=2, per_host=1)
    assert other.asked[-1].path == "/quick"
    assert other.asked[-1].at < site.asked[4].at


def test_no_more_connections_are_used_than_there_are(site, new_site):
    others = [new_site() for _ in range(4)]
    for one in others:
        one.pages["/robots.txt"] = slow(one)
        one.pages["/page"] = slow(one)
    began = time.monotonic()
    fetched = site.fetch(*(f"{one.address}/page" for one in others), connections=1)
    assert {one.state for one in fetched} == {"read"}
    assert time.monotonic() - began > 8 * 0.05


def test_retry_after_holds_back_the_whole_host(site):
    site.pages |= {"/busy": [site.answer(b"", "429 Slow Down", Retry_After="1"), site.answer()], "/other": site.answer()}
    busy, other = site.fetch("/busy", "/other", tries=2, per_host=1)
    assert (busy.state, busy.tries, other.state) == ("read", 2, "read")
    asked = {(one.path, number): one.at for number, one in enumerate(site.asked)}
    refused_at = asked["/busy", 1]
    assert all(at - refused_at > 0.95 for (path, number), at in asked.items() if number > 1)


def test_who_waits_for_a_try_holds_no_connection(site, new_site):
    other = new_site()
    other.pages["/quick"] = other.answer()
    site.pages["/busy"] = [site.answer(b"", "503 Busy", Retry_After="1"), site.answer()]
    site.fetch("/busy", f"{other.address}/quick", tries=2, connections=1)
    assert other.asked[-1].path == "/quick"
    assert other.asked[-1].at < site.asked[-1].at


def test_a_turn_that_is_given_up_is_free_for_the_next():
    async def run():
        turns = Politeness(Fetch(connections=1, per_host=1, delay_seconds=0))

        async def hold(seconds):
            async with turns.turn("a"):
                await asyncio.sleep(seconds)

        tasks = [asyncio.create_task(hold(10)) for _ in range(3)]
        await asyncio.sleep(0.01)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        async with asyncio.timeout(1):
            await hold(0)

    asyncio.run(run())


def test_a_host_that_is_held_back_meanwhile_gives_its_connection_to_others():
    async def run():
        turns = Politeness(Fetch(connections=1, delay_seconds=0))
        started = []

        async def ask(host, seconds=0.0):
            async with turns.turn(host):
                started.append(host)
                await asyncio.sleep(seconds)

        async with asyncio.timeout(1), asyncio.TaskGroup() as tasks:
            tasks.create_task(ask("first", 0.02))
            await asyncio.sleep(0)
            tasks.create_task(ask("held"))
            await asyncio.sleep(0)
            turns.hold_back("held", 0.1)
            tasks.create_task(ask("other"))
        return started

    assert asyncio.run(run()) == ["first", "other", "held"]


def test_hosts_that_nobody_asks_are_forgotten_and_others_are_not(monkeypatch):
    monkeypatch.setattr(politeness, "MAX_IDLE_LANES", 2)

    async def run():
        turns = Politeness(Fetch(delay_seconds=0))
        turns.hold_back("held", 60)
        async with turns.turn("used"):
            for number in range(9):
                async with turns.turn(f"idle-{number}"):
                    pass
            return set(turns._lanes)

    assert asyncio.run(run()) == {"held", "used", "idle-8"}


@pytest.mark.parametrize(
    ("address", "host"),
    [
        ("http://Example.com/a", "example.com"),
        ("https://example.com:443/b", "example.com"),
        ("http://example.com:8080/", "example.com:8080"),
    ],
)
def test_both_schemes_of_a_host_share_its_turns(address, host):
    assert host_of(httpx.URL(address)) == host
