"""One HTTP request to a server that is not trusted.

The peer of a connection is checked after connecting and before anything is sent, so that a name
that resolves to a private address the second time is refused too. Time and size are limited for
the whole exchange, also if the server sends single bytes.
"""

from __future__ import annotations

import ipaddress
import queue
import re
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import urlsplit

import requests
import urllib3
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

CONNECT_SECONDS = 10.0
READ_SECONDS = 30.0
_CHUNK = 65_536
_NUMBER = re.compile(r"(?:0[xX][0-9a-fA-F]*|\d+)")
_T = TypeVar("_T")


class AddressRefused(Exception):
    """The address may not be fetched; the message says why."""


class ExchangeFailed(Exception):
    """The exchange failed for a reason that may pass: connection, time, half a body."""


class TooLarge(Exception):
    """The decoded body is larger than the limit."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """A server's answer. Header names are case-insensitive."""

    status: int
    headers: requests.structures.CaseInsensitiveDict[str]
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class ExchangeLimits:
    """Limits: the decoded size in bytes, the time in seconds for one exchange, and, only for
    tests, whether plain http to this machine is allowed."""

    largest: int = 20_000_000
    seconds: float = 120.0
    allow_loopback: bool = False


def check_address(url: str, rules: ExchangeLimits) -> None:
    """Raise AddressRefused unless this is https to a public host by name."""
    try:
        parts = urlsplit(url)
        host, port = (parts.hostname or "").rstrip("."), parts.port
    except ValueError as error:
        raise AddressRefused("this is not an address") from error
    if rules.allow_loopback and host in {"127.0.0.1", "localhost"}:
        return
    if parts.scheme != "https":
        raise AddressRefused(f"only https is fetched, not {parts.scheme or 'this'}")
    if parts.username is not None or parts.password is not None:
        raise AddressRefused("the address contains a user name")
    if port not in (None, 443):
        raise AddressRefused(f"port {port} is not the port of https")
    # `127.1`, `0x7f000001` and `2130706433` are addresses to a resolver.
    if ":" in host or _NUMBER.fullmatch(host.rpartition(".")[2]) or "." not in host:
        raise AddressRefused("the host is not a public name")


def exchange(
    session: requests.Session, url: str, headers: dict[str, str], rules: ExchangeLimits
) -> Exchange:
    """One GET, without following redirects.

    Raises AddressRefused, ExchangeFailed or TooLarge. The exchange runs in a thread of its own,
    since a server can spend hours on its headers, where no library limits the time.
    """
    return _within(rules.seconds, lambda: _exchange(session, url, headers, rules))


def _exchange(
    session: requests.Session, url: str, headers: dict[str, str], rules: ExchangeLimits
) -> Exchange:
    try:
        with session.get(
            url,
            headers=headers,
            timeout=(CONNECT_SECONDS, min(READ_SECONDS, rules.seconds)),
            allow_redirects=False,
            stream=True,
        ) as answer:
            return Exchange(answer.status_code, answer.headers, _body(answer, rules.largest))
    except (requests.RequestException, urllib3.exceptions.HTTPError, OSError) as error:
        if refused := _cause(error):
            raise refused from error
        raise ExchangeFailed(_reason(error)) from error


def _body(answer: requests.Response, largest: int) -> bytes:
    chunks, size = [], 0
    while chunk := answer.raw.read1(_CHUNK, decode_content=True):
        size += len(chunk)
        if size > largest:
            raise TooLarge
        chunks.append(chunk)
    return b"".join(chunks)


def _within(seconds: float, work: Callable[[], _T]) -> _T:
    """The result of `work`. Raises ExchangeFailed if it takes longer; the thread is not stopped."""
    results: queue.SimpleQueue[tuple[bool, Any]] = queue.SimpleQueue()

    def run() -> None:
        try:
            results.put((True, work()))
        except BaseException as error:  # noqa: BLE001 - it is raised again where it is waited for
            results.put((False, error))

    threading.Thread(target=run, daemon=True, name="medvl-watch-fetch").start()
    try:
        done, value = results.get(timeout=seconds)
    except queue.Empty:
        raise ExchangeFailed(f"no complete answer within {seconds:g} s") from None
    if done:
        return value  # type: ignore[no-any-return]
    raise value


def _cause(error: BaseException) -> AddressRefused | None:
    """The refusal that urllib3 and requests wrapped, if that is what went wrong."""
    seen: BaseException | None = error
    for _ in range(8):
        if seen is None or isinstance(seen, AddressRefused):
            return seen
        inner = [one for one in (*seen.args, getattr(seen, "reason", None)) if one is not seen]
        wrapped = next((one for one in inner if isinstance(one, BaseException)), None)
        seen = wrapped or seen.__cause__ or seen.__context__
    return None


_REASONS: tuple[tuple[type[Exception], str], ...] = (
    (requests.exceptions.SSLError, "the certificate is not accepted"),
    (requests.exceptions.ConnectTimeout, f"no connection within {CONNECT_SECONDS:g} s"),
    (requests.exceptions.ReadTimeout, "the server stopped sending"),
    (urllib3.exceptions.ReadTimeoutError, "the server stopped sending"),
    (requests.exceptions.ConnectionError, "no connection"),
    (urllib3.exceptions.ProtocolError, "the answer is incomplete"),
    (urllib3.exceptions.DecodeError, "the answer is compressed wrongly"),
)


def _reason(error: Exception) -> str:
    """The kind of failure as a clause for people, without addresses of objects."""
    known = (reason for kind, reason in _REASONS if isinstance(error, kind))
    return next(known, f"the exchange failed ({type(error).__name__})")


def open_session(rules: ExchangeLimits) -> requests.Session:
    """A session whose connections are checked. It ignores the environment: a proxy would hide
    the peer, and a password file is not wanted."""
    session = requests.Session()
    session.trust_env = False
    session.mount("https://", _CheckedAdapter(rules))
    session.mount("http://", _CheckedAdapter(rules))
    return session


class _CheckedAdapter(HTTPAdapter):
    """Makes connections of the checked kinds."""

    def __init__(self, rules: ExchangeLimits) -> None:
        self._rules = rules
        super().__init__()

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        loopback = self._rules.allow_loopback

        class Http(HTTPConnection):
            def _new_conn(self) -> socket.socket:
                return _checked(super()._new_conn(), allow_loopback=loopback)

        class Https(HTTPSConnection):
            def _new_conn(self) -> socket.socket:
                return _checked(super()._new_conn(), allow_loopback=loopback)

        class HttpPool(HTTPConnectionPool):
            ConnectionCls = Http

        class HttpsPool(HTTPSConnectionPool):
            ConnectionCls = Https

        self.poolmanager.pool_classes_by_scheme = {"http": HttpPool, "https": HttpsPool}


def _checked(connection: socket.socket, *, allow_loopback: bool) -> socket.socket:
    """The connection, if its other end is a public address."""
    peer = ipaddress.ip_address(connection.getpeername()[0].partition("%")[0])
    mapped = getattr(peer, "ipv4_mapped", None) or peer
    if (allow_loopback and mapped.is_loopback) or (mapped.is_global and not mapped.is_multicast):
        return connection
    connection.close()
    raise AddressRefused(f"the host is at {mapped}, which is not public")
