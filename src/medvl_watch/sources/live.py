"""A fetcher for the network, with limits.

One request at a time, a gap between two requests to one host, a name and a contact in each, at
most three tries. If a service asks for a longer wait than a run allows, SourceLimited is raised.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from urllib.parse import urljoin, urlsplit

from medvl_watch import __version__
from medvl_watch.errors import Busy, SourceError, SourceLimited
from medvl_watch.ports import Request, RequestTurns, Response
from medvl_watch.retry_after import seconds_to_wait
from medvl_watch.sources.register import HOST_GAPS
from medvl_watch.sources.request_gaps import LONGEST_QUEUE, OwnTurns
from medvl_watch.sources.transport import (
    AddressRefused,
    Exchange,
    ExchangeFailed,
    ExchangeLimits,
    TooLarge,
    check_address,
    exchange,
    open_session,
)

DEFAULT_GAP = 1.0
"""Seconds between two requests to a host that names none of its own."""
TRIES = 3
BACKOFF = (5.0, 20.0)
"""Seconds before the second and the third try."""
LONGEST_WAIT = 60.0
"""Seconds that a Retry-After may ask for within a run."""
MOST_REDIRECTS = 3
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
# arXiv's whole answer is `Rate exceeded.`: https://github.com/arXiv/html_feedback/issues/2363
_RATE = re.compile(rb"^\s*Rate exceeded", re.IGNORECASE)


def _utc_now() -> datetime:
    return datetime.now(UTC)


class LiveFetcher:
    """Fetches over https.

    `contact` goes into the User-Agent. `now` returns the time of day, `clock` counts seconds,
    `sleep` waits; tests pass their own, so that nothing waits. `left` returns for how many
    more seconds a person waits: with it, a request is tried once and ends in that time. `turns`
    keep the gaps of services with other processes.
    """

    def __init__(  # noqa: PLR0913 - clock and rules, by name
        self,
        contact: str,
        *,
        now: Callable[[], datetime] = _utc_now,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
        rules: ExchangeLimits | None = None,
        left: Callable[[], float] | None = None,
        turns: RequestTurns | None = None,
    ) -> None:
        self._agent = f"medvl-watch/{__version__} ({contact})"
        self._now = now
        self._clock = clock
        self._sleep = sleep
        self._rules = rules or ExchangeLimits()
        self._left = left
        self._tries = TRIES if left is None else 1
        self._own_turns = OwnTurns(clock, sleep)
        self._turns = turns or self._own_turns

    def get(self, request: Request) -> Response:
        """The bytes behind the request. Raises SourceError, SourceLimited."""
        problem = SourceError("not tried", where=request.source)
        for attempt in range(self._tries):
            try:
                answer, address = self._follow(request)
            except ExchangeFailed as error:
                problem = self._problem(request, str(error))
            except AddressRefused as error:
                raise SourceError(
                    f"the address is refused: {error}", where=request.source,
                    remedy="correct it in sources.yaml, or see where it redirects to",
                ) from error  # fmt: skip
            except TooLarge as error:
                raise self._problem(
                    request, f"the answer is larger than {self._rules.largest // 1_000_000} MB"
                ) from error
            else:
                if answer.status == 200 or _is_unchanged(request, answer):
                    return self._response(request, answer, address)
                problem = self._refusal(request, answer)
                if isinstance(problem, SourceLimited):
                    self._wait_as_asked(answer, problem, last=attempt == self._tries - 1)
                    continue
                if answer.status < 500:
                    raise problem
            if attempt < self._tries - 1:
                self._sleep(BACKOFF[attempt])
        raise problem

    def _follow(self, request: Request) -> tuple[Exchange, str]:
        """The answer at the end of at most three redirects, each checked like the first."""
        url = request.url
        headers = {
            "User-Agent": self._agent,
            "Accept": request.accept,
            "Accept-Encoding": "gzip",
        }
        if request.etag:
            headers["If-None-Match"] = request.etag
        if request.modified:
            headers["If-Modified-Since"] = request.modified
        with open_session(self._rules) as session:
            for _ in range(MOST_REDIRECTS + 1):
                check_address(url, self._rules)
                with self._turn(url, request.source):
                    answer = exchange(session, url, headers, self._rules_now())
                location = answer.headers.get("location")
                if answer.status not in _REDIRECTS or not location:
                    return answer, url
                url = urljoin(url, location)
        raise AddressRefused(f"it redirects more than {MOST_REDIRECTS} times")

    def _rules_now(self) -> ExchangeLimits:
        """The rules, with at most the time for which a person still waits."""
        if self._left is None:
            return self._rules
        seconds = round(self._left(), 1)
        if seconds <= 0:
            raise ExchangeFailed("no answer in time")
        return replace(self._rules, seconds=min(self._rules.seconds, seconds))

    @contextmanager
    def _turn(self, url: str, source: str) -> Iterator[None]:
        """Keep the gap to the last request to this host. Raises SourceLimited if other processes
        do not let this one have its turn."""
        host = urlsplit(url).hostname or ""
        group = next((one for one in HOST_GAPS if host == one or host.endswith(f".{one}")), host)
        try:
            turns = self._turns if group in HOST_GAPS else self._own_turns
            with turns.turn(
                group,
                HOST_GAPS.get(group, DEFAULT_GAP),
                wait=LONGEST_QUEUE if self._left is None else max(0.0, self._left()),
            ):
                yield
        except Busy as error:
            raise SourceLimited(
                f"other processes are reading {group}", where=source,
                remedy="it is tried again next time",
            ) from error  # fmt: skip

    def _response(self, request: Request, answer: Exchange, address: str) -> Response:
        if _RATE.match(answer.body[:200]):
            raise SourceLimited(
                "the service reports too many requests", where=request.source,
                remedy="it is tried again next time", status=answer.status,
            )  # fmt: skip
        return Response(
            body=answer.body,
            is_unchanged=answer.status == 304,
            status=answer.status,
            fetched_at=self._now(),
            content_type=answer.headers.get("content-type", "").lower(),
            address=address,
            etag=_header(answer, "etag"),
            modified=_header(answer, "last-modified"),
        )

    def _refusal(self, request: Request, answer: Exchange) -> SourceError:
        status = answer.status
        if status == 429 or (status == 503 and "retry-after" in answer.headers):
            return SourceLimited(
                f"the service asks us to wait (HTTP {status})", where=request.source,
                remedy="it is tried again next time", status=status,
            )  # fmt: skip
        remedy = {
            403: "the service may refuse programs; disable it in sources.yaml if that stays",
            404: "correct the address in sources.yaml",
            410: "correct the address in sources.yaml",
        }.get(status, "it is tried again next time" if status >= 500 else "")
        return SourceError(
            f"the service answers HTTP {status}",
            where=request.source,
            remedy=remedy,
            status=status,
        )

    def _wait_as_asked(self, answer: Exchange, problem: SourceLimited, *, last: bool) -> None:
        """Wait as long as Retry-After says, or raise if that is too long or missing."""
        seconds = seconds_to_wait(answer.headers.get("retry-after"), self._now())
        if last or seconds is None or seconds > LONGEST_WAIT:
            raise problem
        self._sleep(seconds)

    def _problem(self, request: Request, what: str) -> SourceError:
        host = urlsplit(request.url).hostname or "the address"
        return SourceError(
            f"{host}: {what}", where=request.source, remedy="it is tried again next time"
        )


def _is_unchanged(request: Request, answer: Exchange) -> bool:
    """Whether the server says that it has nothing newer than what was asked with."""
    return answer.status == 304 and bool(request.etag or request.modified)


def _header(answer: Exchange, name: str) -> str:
    """A header that is sent back to the server; empty where it could not be sent."""
    value = str(answer.headers.get(name, ""))
    return value if len(value) <= 500 and value.isascii() and value.isprintable() else ""
