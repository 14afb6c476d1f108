"""Keys and passwords of sources: named in addresses and settings, known to the environment, shown to their own host alone.

An address travels with the *name* of what is secret: `https://example.org/feed?api_key=${EXAMPLE_KEY}`. Only the wire puts the
value in its place, and only for the host of a source that the user has set: a page that links to `?x=${HOME}` learns nothing.
What comes back is searched for the value, which gives way to its name again. So neither log, report nor archive, neither ledger
nor warehouse ever meets it.
"""

import re
from base64 import b64encode
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Self
from urllib.parse import quote, quote_plus, urlsplit

import httpx

from flows.errors import WrongUse
from flows.settings import Source

SHORTEST = 6
"""Characters of a value that is looked for in what comes back: a shorter one would be found in any page."""

_NAMED = re.compile(r"\$(?:\{|%7[Bb])([A-Za-z_][A-Za-z0-9_]*)(?:\}|%7[Dd])")
"""A variable, also as it stands in an address, where braces are escaped."""
_PARAMETER = re.compile(
    r"(?P<name>api[_-]?key|(?:access|auth|refresh|id)[_-]?token|(?:client[_-]?)?secret|token|passw(?:or)?d|pwd|signature)"
    r"=(?P<value>[^&#]+)", re.IGNORECASE,
)  # fmt: skip
"""Parameters that carry secrets where they are met in addresses of interfaces (RFC 6749, RFC 6750, and common use)."""


@dataclass(frozen=True, slots=True)
class Secrets:
    """Values by origin (scheme, host and port) and name, and what logs in there, as `NAME:PASSWORD`."""

    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    logins: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, sources: Iterable[Source], environment: Mapping[str, str]) -> Self:
        """What these sources name. Raises WrongUse for a variable that is not set."""
        values, logins = defaultdict[str, dict[str, str]](dict), dict[str, str]()
        for source in sources:
            if "://" not in source.location:
                continue
            origin = _origin(httpx.URL(source.location))
            for text in filter(None, (source.location, source.login)):
                values[origin] |= {name: _value(name, environment, source) for name in _NAMED.findall(text)}
            if source.login:
                logins[origin] = ":".join(values[origin][name] for name in _NAMED.findall(source.login))
        return cls({origin: found for origin, found in values.items() if found}, logins)

    def revealed(self, url: httpx.URL) -> httpx.URL:
        """The address as its own host is to see it."""
        values = self.values.get(_origin(url)) if self.values else None
        if not values:
            return url
        return httpx.URL(_NAMED.sub(lambda found: quote(values.get(found[1], found[0]), safe="$%"), str(url)))

    def login(self, url: httpx.URL) -> tuple[tuple[bytes, bytes], ...]:
        """The header that logs in at the address's host (RFC 7617), if any does."""
        login = self.logins.get(_origin(url)) if self.logins else None
        return ((b"Authorization", b"Basic " + b64encode(login.encode())),) if login else ()

    def hidden(self, text: str) -> str:
        """The text with names in the place of values."""
        for value, name in self._forms():
            text = text.replace(value, name)
        return text

    def hidden_in(self, content: bytes) -> bytes:
        """The same for bytes of any encoding that agrees with ASCII on the value."""
        for value, name in self._forms():
            content = content.replace(value.encode(), name.encode())
        return content

    def _forms(self) -> Iterable[tuple[str, str]]:
        """Each value as it may be written in an address or in markup, the longest first, and its name."""
        forms = {
            form: f"${{{name}}}"
            for values in self.values.values()
            for name, value in values.items()
            if len(value) >= SHORTEST
            for form in (value, quote(value), quote(value, safe=""), quote_plus(value), value.replace("&", "&amp;"))
        }
        return sorted(forms.items(), key=lambda item: -len(item[0]))


NO_SECRETS = Secrets()


def refuse_written_out(location: str) -> None:
    """Raises WrongUse for an address that carries a login or a key itself: it would stand in every table and log."""
    if urlsplit(location).username is not None:
        shown = re.sub(r"//[^/]*@", "//…@", location)
        raise WrongUse(
            f"{shown} carries a login. Leave it out of the address, put it into variables of the environment, and name those "
            'under [[sources]]: login = "${EXAMPLE_USER}:${EXAMPLE_PASSWORD}"'
        )
    for found in _PARAMETER.finditer(urlsplit(location).query):
        if not _NAMED.search(found["value"]):
            shown = location.replace(found["value"], "…")
            raise WrongUse(
                f"{shown} carries what looks like a secret in `{found['name']}`. Put it into a variable of the environment "
                f"and name that in its place, in single quotation marks on the command line: {found['name']}=${{EXAMPLE_KEY}}"
            )


def _value(name: str, environment: Mapping[str, str], source: Source) -> str:
    value = environment.get(name)
    if not value:
        raise WrongUse(f"{source.location} names the variable {name}. Set that in the environment, and run again.")
    return value


def _origin(url: httpx.URL) -> str:
    return f"{url.scheme}://{url.host}:{url.port or ''}"
