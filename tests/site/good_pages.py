"""Pages as they should be: news, pages that change or go when told, slow hosts, variants of one page, and copies."""

from collections.abc import Mapping
from html import escape

from tests.site.layouts import article_page, list_page, plain_page
from tests.site.pages import Answer, Page, always, article, story, unless_known
from tests.site.replies import Reply, Request, see
from tests.site.words import write_article

NEWS, LATER_NEWS, CALM, BUSY = 110, 5, 5, 12
BUSY_SECONDS = 0.2
_FIRST_CALM, _FIRST_BUSY, _FIRST_OTHER = 1000, 1100, 1200


def news_target(number: int) -> str:
    """Where an article of the main host lies."""
    written = write_article(number)
    return f"/news/{written.published_at:%Y/%m/%d}/{number}-{written.slug[:60]}"


def good_pages() -> list[Page]:
    """All of them."""
    news = [Page("main", news_target(number), story(number)) for number in range(NEWS)]
    later = [Page("main", news_target(NEWS + number), story(NEWS + number), None) for number in range(LATER_NEWS)]
    calm = [Page("calm", f"/calm/{number}", story(_FIRST_CALM + number)) for number in range(CALM)]
    busy = [Page("busy", f"/busy/{number}", _late(_FIRST_BUSY + number)) for number in range(BUSY)]
    return [*news, *later, *calm, *busy, *_changing(), *_ruled(), *_variants(), *_others()]


def _late(number: int) -> Answer:
    reply = article(number)
    return always(Reply(body=reply.body, headers=reply.headers, pause=BUSY_SECONDS))


def _changing() -> list[Page]:
    def edited(number: int) -> Answer:
        def answer(request: Request, told: Mapping[str, str]) -> Reply:
            return unless_known(request, article(number, version=int(told.get("version", "1"))))

        return answer

    def vanishing(number: int, status: int) -> Answer:
        def answer(request: Request, told: Mapping[str, str]) -> Reply:
            gone = plain_page("Gone", "<p>Nothing is here any more.</p>")
            return Reply(status, gone) if told.get("vanished") else unless_known(request, article(number))

        return answer

    changing = [Page("main", f"/changing/{number}", edited(_FIRST_OTHER + number)) for number in range(3)]
    going = [Page("main", f"/vanishing/{404 + 6 * at}", vanishing(_FIRST_OTHER + 10 + at, 404 + 6 * at)) for at in range(2)]
    return [*changing, *going]


def _ruled() -> list[Page]:
    """Pages under robots rules, and pages of hosts whose rules can't be had or are many."""
    first = _FIRST_OTHER + 20
    return [
        Page("main", "/private/minutes", story(first), "unreadable", "robots", 0),
        Page("main", "/private/open/agenda", story(first + 1)),
        Page("main", "/drafts/plan.secret", story(first + 2), "unreadable", "robots", 0),
        Page("main", "/moved/to-private", always(see("/private/minutes")), "unreadable", "robots"),
        Page("free", "/free/1", story(first + 3)),
        Page("free", "/free/2", story(first + 4)),
        Page("fallen", "/fallen/1", story(first + 5), "unreadable", "robots", 0),
        Page("wordy", "/wordy/open", story(first + 6)),
        Page("wordy", "/wordy/closed/1", story(first + 7), "unreadable", "robots", 0),
    ]


def _variants() -> list[Page]:
    """One page under several addresses: each is a page of its own to the server, all are one document."""
    first = _FIRST_OTHER + 40
    amp = f'<link rel="amphtml" href="/story/{first}/amp">'
    own = f'<link rel="canonical" href="/story/{first}">'
    desktop = f'<link rel="canonical" href="http://127.0.0.1:PORT/story/{first + 1}">'

    def mobile(request: Request, told: Mapping[str, str]) -> Reply:
        port = request.headers["host"].rpartition(":")[2]
        return Reply(body=article(first + 1, head=desktop.replace("PORT", port)).body)

    return [
        Page("main", f"/story/{first}", story(first, head=own + amp)),
        Page("main", f"/story/{first}/amp", story(first, head=own), same_as=f"/story/{first}"),
        Page("main", f"/story/{first + 1}", story(first + 1)),
        Page("mobile", f"/story/{first + 1}", mobile, same_as=f"/story/{first + 1}"),
        Page("main", f"/story/{first + 2}", story(first + 2)),
        *(
            Page("main", f"/story/{first + 2}?{tracked}", story(first + 2), most_requests=0, same_as=f"/story/{first + 2}")
            for tracked in ("utm_source=letter&utm_medium=email", "fbclid=abc123#comments")
        ),
        Page("main", f"/story/{first + 3}?page=1", story(first + 3)),
        Page("main", f"/story/{first + 3}?page=2", story(first + 4)),
    ]


def _others() -> list[Page]:
    """Pages that are fetched well and are no articles, or nothing new."""
    links = [(news_target(number), write_article(number).title) for number in range(40)]
    short = plain_page("Ferry late", "<article><h1>Ferry late</h1><p>The ferry to Osswick sails at nine today.</p></article>")
    german = "Der Rat der Stadt hat am Montag beschlossen, die alte Markthalle im Herbst zu schließen. " * 9
    asks = "<noscript>You need to enable JavaScript to run this app.</noscript>"
    shell = f'<div id="root"></div>{asks}<script src="/app.js"></script>'
    lost = "<h1>Page not found</h1><p>Sorry, the page you are looking for does not exist or has been moved.</p>"
    copied = write_article(7)
    copy = article_page(copied, head="<meta name='syndicated' content='yes'>").replace("Most read", "Most shared")
    return [
        Page("main", "/lists/all", always(Reply(body=list_page("All news", links))), "not_an_article", "links"),
        Page("main", "/notes/ferry", always(Reply(body=short)), "too_short", "min_words"),
        Page(
            "main",
            "/de/markthalle",
            always(Reply(body=plain_page("Halle", f"<p>{escape(german)}</p>"))),
            "unsupported_language",
        ),
        Page("main", "/app/shell", always(Reply(body=plain_page("App", shell))), "not_an_article", "script"),
        Page("main", "/lost/soft", always(Reply(body=plain_page("Page not found", lost))), "gone", "not found"),
        Page("free", "/copies/7", always(Reply(body=copy.encode())), "duplicate"),
    ]
