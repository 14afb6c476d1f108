"""Pages that lead elsewhere: moved ones, chains, loops, and ways out of the web that nobody may be led."""

from tests.site.pages import HOSTS, Page, always, story
from tests.site.replies import Reply, see

_FIRST = 3000
MOST = 5
"""How many redirects are followed in the tests' settings."""


def redirect_pages(port: int) -> list[Page]:
    """All of them; `port` is that of the site on each of its hosts."""
    return [*_moved(port), *_endless(), *_forbidden(port)]


def _target(target: str, number: int, host: str = "main") -> Page:
    """A page that only redirects lead to."""
    return Page(host, target, story(_FIRST + number), None)


def _moved(port: int) -> list[Page]:
    pages = []
    for number, status in enumerate((301, 302, 303, 307, 308)):
        pages += [
            Page("main", f"/moved/{status}", always(see(f"/arrived/{status}", status))),
            _target(f"/arrived/{status}", number),
        ]
    chain = [Page("main", f"/chain/{at}", always(see(f"/chain/{at + 1}")), None) for at in range(1, MOST)]
    other = f"http://{HOSTS['free']}:{port}/arrived/elsewhere"
    return [
        *pages,
        Page("main", "/chain/0", always(see("/chain/1"))),
        *chain,
        _target(f"/chain/{MOST}", 10),
        Page("main", "/moved/up/and/over", always(see("../../up/../arrived/relative"))),
        _target("/moved/arrived/relative", 11),
        Page("main", "/moved/elsewhere", always(see(other))),
        _target("/arrived/elsewhere", 12, "free"),
        Page("main", "/moved/raw-bytes", always(see("/arrived/straße"))),
        _target("/arrived/stra%C3%9Fe", 13),
        Page(
            "main", "/moved/with-a-page", always(Reply(301, b"<p>moved</p>", headers=(("Location", "/arrived/with-a-page"),)))
        ),
        _target("/arrived/with-a-page", 14),
    ]


def _endless() -> list[Page]:
    longer = [Page("main", f"/longer/{at}", always(see(f"/longer/{at + 1}")), None) for at in range(1, 3 * MOST)]
    wall = Reply(302, b"", None, (("Location", "/cookie/wall"), ("Set-Cookie", "seen=1; Path=/")))
    return [
        Page("main", "/loop/self", always(see("/loop/self")), "unreadable", "redirect", 2),
        Page("main", "/loop/a", always(see("/loop/b")), "unreadable", "redirect", 3),
        Page("main", "/loop/b", always(see("/loop/a")), None, most_requests=3),
        Page("main", "/longer/0", always(see("/longer/1")), "unreadable", "redirect"),
        *longer,
        Page("main", "/loop/growing", lambda request, told: see(f"{request.target}/more"), "unreadable", "redirect"),
        Page("main", "/cookie/wall", lambda request, told: _behind(request.headers.get("cookie"), wall), None),
    ]


def _behind(cookie: str | None, wall: Reply) -> Reply:
    """A wall that only those pass who bring back the cookie that it set."""
    return Reply(body=b"<p>Welcome back.</p>") if cookie == "seen=1" else wall


def _forbidden(port: int) -> list[Page]:
    """None of these may be followed; on the host `inner` the server would see it."""
    ways = {
        "inner": f"http://{HOSTS['inner']}:{port}/admin",
        "link-local": "http://169.254.169.254/latest/meta-data/",
        "private": "http://10.0.0.1/",
        "decimal": f"http://2130706498:{port}/admin",  # 127.0.0.66
        "mapped": f"http://[::ffff:127.0.0.66]:{port}/admin",
        "unspecified": f"http://0.0.0.0:{port}/admin",
        "file": "file:///etc/passwd",
        "ftp": f"ftp://{HOSTS['inner']}/pub",
        "script": "javascript:alert(1)",
        "data": "data:text/html,<p>hello</p>",
        "nowhere": "http://",
        "wrong-port": f"http://{HOSTS['main']}:99999/",
    }
    out = [Page("main", f"/out/{name}", always(see(way)), "unreadable") for name, way in ways.items()]
    return [
        *out,
        Page("main", "/out/no-location", always(Reply(302, b"", None)), "unreadable"),
        Page("inner", "/admin", always(Reply(body=b"<p>The password is swordfish.</p>")), None, most_requests=0),
    ]
