"""Pages whose addresses are odd: letters beyond ASCII, spaces, steps upwards, names of devices, and far too long ones."""

from tests.site.pages import Page, story

_FIRST = 5000
_LONG = "a-word-" * 1130
"""Nearly 8,000 characters: so many must each side handle (RFC 9110, section 4.1)."""
_TARGETS = (
    "/odd/stra%C3%9Fe-%E2%80%93-caf%C3%A9",
    "/odd/a%20b%20c",
    "/odd/double//slash///here",
    "/odd/semi;colon=1,2",
    "/odd/plus+and+minus",
    "/odd/per%25cent",
    "/odd/quote'%22%60",
    "/odd/..%2f..%2f..%2fetc%2fpasswd",
    "/odd/CON",
    "/odd/aux.html.",
    "/odd/null%00byte",
    "/odd/new%0Aline%0D%0Ahere",
    "/odd/right-to-left-%E2%80%AEtxt.exe",
    "/odd/%F0%9F%A6%86",
    "/odd/%FF%FE",
    "/odd/?q=%3Cscript%3Ealert(1)%3C/script%3E",
    "/odd/?a=1&a=2&b=&=c&d",
    "/odd/?q=1;DROP%20TABLE%20documents;--",
    "/odd/{curly}|pipe^caret",
    f"/odd/{_LONG[:7900]}",
)


def odd_addresses() -> list[Page]:
    """All of them; every one is an article, and none may become a path on this machine."""
    pages = [Page("main", target, story(_FIRST + number)) for number, target in enumerate(_TARGETS)]
    return [
        *pages,
        Page("main", "/odd/up/../down", story(_FIRST + 90), most_requests=0, same_as="/odd/down"),
        Page("main", "/odd/down", story(_FIRST + 90)),
    ]


SPELLINGS = {
    "/odd/stra%C3%9Fe-%E2%80%93-caf%C3%A9": "/odd/straße-–-café",
    "/odd/a%20b%20c": "/odd/a b c",
    "/odd/?a=1&a=2&b=&=c&d": "/odd/?a=1&&a=2&b=&=c&d",
}
"""How the listing spells some of them: as people do."""
