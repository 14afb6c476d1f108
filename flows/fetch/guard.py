"""No page can make us fetch from this network: checked where a connection is opened, on the very address it is opened to.

A check of the name beforehand would not do: the name may resolve to another address a moment later (DNS rebinding). Here the
name is resolved once, every address that it resolves to must be one of the public internet, and the connection goes to one of
these. TLS still checks the certificate for the name.
"""

import ipaddress
import os
import socket
import time
from collections.abc import Iterable

import anyio
import anyio.to_thread
import httpcore
import httpx

from flows.errors import WrongUse
from flows.fetch.endings import Ended

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

DNS_SECONDS = 30.0
"""How long an answer of the resolver is used again. The check and the connection use the same answer."""
DNS_ENTRIES = 10_000
FIRST_ADDRESSES_SECONDS = 3.0
"""How long each address but the last is tried. RFC 8305 would race them; which one answered is remembered instead."""
MAX_ADDRESSES = 4

_WEB_V6 = ipaddress.ip_network("2000::/3")
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
"""RFC 6052: on networks without IPv4, what stands for an IPv4 address of the public internet."""
_NOT_PUBLIC = tuple(
    ipaddress.ip_network(network)
    for network in (
        "192.0.0.0/24",  # RFC 6890, protocol assignments; older Pythons take a part of it for global
        "192.88.99.0/24",  # RFC 7526, relays of 6to4
        "2001::/23",  # RFC 2928, protocol assignments, with Teredo (RFC 4380) that wraps IPv4 addresses
        "2002::/16",  # RFC 3056, 6to4, which wraps IPv4 addresses
        "3fff::/20",  # RFC 9637, documentation
    )
)


def is_public(address: Address) -> bool:
    """Whether an address is one of the public internet: global, of one host, and no wrapping of one that is not."""
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped:
            return is_public(address.ipv4_mapped)
        if address in _NAT64:
            return is_public(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF))
        if address not in _WEB_V6 or _is_isatap(address):
            return False
    if any(address in network for network in _NOT_PUBLIC):
        return False
    return address.is_global and not (address.is_multicast or address.is_reserved)


def _is_isatap(address: ipaddress.IPv6Address) -> bool:
    """RFC 5214, section 6.1: the lower half of the address wraps an IPv4 address."""
    return (int(address) >> 32) & 0xFCFFFFFF == 0x5EFE


def refuse_unsafe(url: httpx.URL) -> None:
    """Raises Ended for an address that is not for us whatever its host resolves to, and for one that names no host."""
    if url.scheme not in ("http", "https"):
        raise Ended("refused", f"its scheme is {url.scheme or 'missing'}; only http and https are fetched")
    if url.userinfo:
        raise Ended("refused", "it carries a user name or a password; only what everyone may read is fetched")
    try:
        host = url.host
    except ValueError as error:
        raise Ended("failed", f"it names no host that can be ({error})") from None
    # httpx writes what can't stand in a name with per cents.
    if not host.strip(".") or "%" in host or not (url.port is None or 0 < url.port < 65536):
        raise Ended("failed", "it names no host and port that can be")


class GuardedBackend(httpcore.AsyncNetworkBackend):
    """Opens TCP connections to the public internet, and to the hosts that the settings allow.

    `allowed_hosts` are names or addresses, each for all ports or, as `host:port`, for one. Raises Ended where an address is not
    allowed, no name is known, or no connection comes about.
    """

    def __init__(self, allowed_hosts: Iterable[str]) -> None:
        self._allowed = frozenset(_checked(host) for host in allowed_hosts)
        self._network = httpcore.AnyIOBackend()
        self._answers: dict[tuple[str, int], tuple[float, list[Address]]] = {}

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """A connection to one of the addresses of `host`, all of them checked."""
        opened = time.monotonic()
        addresses = await self._resolve(host, port, timeout)
        if not self._allows(host, port):
            for address in addresses:
                if not is_public(address):
                    raise Ended("refused", _not_public(host, address))
        reason = "it has no address"
        for number, address in enumerate(addresses[:MAX_ADDRESSES], 1):
            share = None if timeout is None else max(0.1, timeout - (time.monotonic() - opened))
            if number < min(len(addresses), MAX_ADDRESSES):
                share = min(share or FIRST_ADDRESSES_SECONDS, FIRST_ADDRESSES_SECONDS)
            try:
                stream = await self._network.connect_tcp(str(address), port, share, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                reason = _cause(error)
                continue
            if number > 1:
                self._prefer(address, (host, port))
            return stream
        raise Ended("failed", f"no connection to {host} ({reason})", is_tried_again=True)

    async def connect_unix_socket(
        self,
        path: str,
        timeout: float | None = None,  # noqa: ARG002  # httpcore names the arguments
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,  # noqa: ARG002
    ) -> httpcore.AsyncNetworkStream:
        """Nothing is fetched from a file of this machine."""
        raise Ended("refused", f"{path} is no address of the web")

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        await self._network.sleep(seconds)

    def _allows(self, host: str, port: int) -> bool:
        name = host.lower().removesuffix(".")
        return bool(self._allowed) and (name in self._allowed or f"{name}:{port}" in self._allowed)

    async def _resolve(self, host: str, port: int, timeout: float | None) -> list[Address]:
        known = self._answers.get((host, port))
        if known and known[0] > time.monotonic():
            return known[1]
        try:
            with anyio.fail_after(timeout):
                addresses = await anyio.to_thread.run_sync(_look_up, host, port, abandon_on_cancel=True)
        except TimeoutError:
            raise Ended("failed", f"looking up the name {host} took too long", is_tried_again=True) from None
        except socket.gaierror as error:
            # Without a network some resolvers say that a name is unknown: a later run may do better, the next second won't.
            is_tried_again = error.errno == socket.EAI_AGAIN
            problem = f"the name {host} was not found ({error.strerror or error})"
            raise Ended("failed", problem, is_passing=True, is_tried_again=is_tried_again) from None
        except (UnicodeError, ValueError, OSError) as error:
            raise Ended("failed", f"{host} is no name of a host ({error})") from None
        if len(self._answers) >= DNS_ENTRIES:
            self._answers.clear()
        self._answers[host, port] = (time.monotonic() + DNS_SECONDS, addresses)
        return addresses

    def _prefer(self, address: Address, key: tuple[str, int]) -> None:
        """What answered is tried first the next time."""
        if key in self._answers:
            expires, addresses = self._answers[key]
            self._answers[key] = (expires, sorted(addresses, key=lambda one: one != address))


def _look_up(host: str, port: int) -> list[Address]:
    """All addresses of a name, as the system's resolver orders them; it reads forms like 0x7f.1 and 2130706433, too."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP)
    return list(dict.fromkeys(ipaddress.ip_address(address[0]) for *_, address in found))


def _checked(host: str) -> str:
    """A host of the settings as it is compared: small letters, IDNA, no brackets around an IPv6 address, no dot at the end.

    Raises WrongUse where it is none.
    """
    name = host.strip().lower()
    if name.startswith("["):
        name = name[1:].replace("]", "", 1)
    try:
        name = (name if name.isascii() else name.encode("idna").decode("ascii")).removesuffix(".")
    except UnicodeError:
        name = ""
    if not name or set(name) & set("/@?# "):
        raise WrongUse(f'`allowed_hosts` under [fetch] has "{host}": set hosts, as in ["localhost"] or ["localhost:8080"].')
    return name


def _not_public(host: str, address: Address) -> str:
    subject = host if host == str(address) else f"{host} resolves to {address}, which"
    return f'{subject} is no address of the public internet; where it is meant, add "{host}" to `allowed_hosts` under [fetch]'


def _cause(error: BaseException) -> str:
    """The innermost reason of a connection that failed, in the system's words."""
    inner: BaseException | None = error
    reason = str(error) or "it took too long"
    while inner is not None:
        if isinstance(inner, OSError) and inner.errno:
            reason = os.strerror(inner.errno)
        inner = inner.__cause__ or inner.__context__
    return reason
