"""arXiv over a loopback server that fails in every reported way, on the first request, in the
middle, once or for good: no window is closed falsely, no paper is lost, and none comes twice."""

# ruff: noqa: E501 - a table of faults

from __future__ import annotations

import gzip
import io
import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from http.server import BaseHTTPRequestHandler
from urllib.parse import parse_qs, urlsplit

import pytest

from medvl_watch.errors import SourceError
from medvl_watch.ports import Request, Response, Window
from medvl_watch.records import Poll
from medvl_watch.sources.arxiv import ArxivSource
from medvl_watch.sources.feeds import FeedSource
from medvl_watch.sources.live import LiveFetcher
from medvl_watch.sources.transport import ExchangeLimits
from tests.sources.examples import ERROR, NOW, WINDOW, entry, page
from tests.sources.feed_examples import feed, items
from tests.sources.test_live import Watch, answer, drip_body, drip_headers, hang_up, serving

PAPERS = [f"2602.{one:05}v1" for one in range(1, 7)]
SIZE = 2
Act = Callable[[BaseHTTPRequestHandler], None]


def good(handler: BaseHTTPRequestHandler) -> bytes:
    """What arXiv would answer."""
    query = parse_qs(urlsplit(handler.path).query)
    found = list(PAPERS)
    if "id_list" in query:
        wanted = query["id_list"][0].split(",")
        found = [one for one in found if one.partition("v")[0] in wanted]
    start = int(query["start"][0])
    if query.get("sortOrder") == ["descending"]:
        found.reverse()
    return page([entry(one) for one in found[start : start + SIZE]], len(found), start)


def changed(change: Callable[[bytes], bytes]) -> Act:
    """The right answer, spoilt."""
    return lambda handler: answer(body=change(good(handler)))(handler)


def always(body: bytes, status: int = 200, **headers: str) -> Act:
    return answer(status, body, **headers)


def sub(pattern: str, new: str) -> Callable[[bytes], bytes]:
    return lambda body: re.sub(pattern.encode(), new.encode(), body, flags=re.DOTALL)


def redirect(to: str) -> Act:
    return answer(302, b"", location=to)


def close_in_the_middle(handler: BaseHTTPRequestHandler) -> None:
    body = good(handler)
    answer(body=body[: len(body) // 2], content_length=str(len(body)))(handler)


def endless(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.end_headers()
    for _ in range(200):
        handler.wfile.write(b" " * 20_000)


def bomb() -> bytes:
    packed = io.BytesIO()
    with gzip.GzipFile(fileobj=packed, mode="wb") as file:
        file.write(b"<feed>" + b" " * 3_000_000)
    return packed.getvalue()


ONE_ENTRY = r"<entry>.*?</entry>"
FAULTS: dict[str, Act] = {
    "HTTP 500": always(b"", 500),
    "HTTP 502": always(b"bad gateway", 502),
    "HTTP 503": always(b"", 503),
    "HTTP 503 with Retry-After": always(b"", 503, retry_after="2"),
    "HTTP 504": always(b"", 504),
    "HTTP 429": always(b"", 429),
    "HTTP 429 with Retry-After": always(b"", 429, retry_after="2"),
    "HTTP 429 with a long Retry-After": always(b"", 429, retry_after="99999"),
    "HTTP 429 with a date": always(b"", 429, retry_after="Mon, 02 Mar 2026 12:00:02 GMT"),
    "HTTP 429 with nonsense": always(b"", 429, retry_after="soon"),
    "HTTP 400 with an error entry": always(ERROR, 400),
    "HTTP 401": always(b"", 401),
    "HTTP 403": always(b"<html>challenge</html>", 403),
    "HTTP 404": always(b"", 404),
    "HTTP 410": always(b"", 410),
    "HTTP 204": always(b"", 204),
    "HTTP 304 that was not asked for": always(b"", 304),
    "closed at once": hang_up,
    "closed in the middle": close_in_the_middle,
    "slow headers": drip_headers,
    "slow body": drip_body,
    "endless body": endless,
    "gzip that is not gzip": always(b"<feed/>", content_encoding="gzip"),
    "gzip that is damaged": always(gzip.compress(b"<feed/>" * 99)[:-20], content_encoding="gzip"),
    "gzip that unpacks to too much": always(bomb(), content_encoding="gzip"),
    "a redirect loop": redirect("/feed"),
    "a redirect to a private address": redirect("http://10.0.0.1/"),
    "a redirect to a file": redirect("file:///etc/passwd"),
    "a redirect to another port": redirect("https://example.org:8080/"),
    "a redirect to nowhere": redirect("http://"),
    "Rate exceeded": always(b"Rate exceeded."),
    "a web page": always(b"<!doctype html><html><body>Sorry</body></html>"),
    "an empty body": always(b""),
    "white space": always(b" \n\n"),
    "JSON": always(b'{"error": "busy"}'),
    "plain text": always(b"upstream connect error"),
    "another feed": always(b"<rss><channel/></rss>"),
    "half a page": changed(lambda body: body[: len(body) // 2]),
    "a page without its end": changed(lambda body: body.rstrip()[:-3]),
    "a document type": always(b'<!DOCTYPE feed [<!ENTITY a "b">]><feed>&a;</feed>'),
    "bytes that are not UTF-8": changed(lambda body: body.replace(b"Ana", b"An\xe9")),
    "an error entry": always(ERROR),
    "no total": changed(sub("<opensearch:totalResults>.*?</opensearch:totalResults>", "")),
    "a total of 0": changed(sub(r"totalResults>\d+", "totalResults>0")),
    "a total of 0 without entries": changed(lambda body: re.sub(rb"totalResults>\d+", b"totalResults>0", re.sub(ONE_ENTRY.encode(), b"", body, flags=re.DOTALL))),
    "a total that falls": changed(sub(r"totalResults>\d+", "totalResults>3")),
    "a total that jumps": changed(sub(r"totalResults>\d+", "totalResults>9")),
    "an empty page": changed(sub(ONE_ENTRY, "")),
    "an entry less": changed(lambda body: re.sub(ONE_ENTRY.encode(), b"", body, count=1, flags=re.DOTALL)),
    "another start": changed(sub(r"startIndex>\d+", "startIndex>4")),
    "the first page again": lambda handler: answer(
        body=page([entry(one) for one in PAPERS[:SIZE]], len(PAPERS), 0).replace(
            b"startIndex>0", b"startIndex>" + parse_qs(handler.path)["start"][0].encode()
        )
    )(handler),
    "one entry twice": changed(
        lambda body: re.sub(rb"2602\.\d{5}v1", re.findall(rb"2602\.\d{5}v1", body)[0], body)
        if b"<entry>" in body
        else body
    ),
    "an entry without dates": changed(sub("<published>.*?</published>", "")),
    "an entry without an id": changed(sub("<id>http://arxiv.org/abs/2602.0000[13]v1</id>", "")),
    "an entry with another id": changed(sub("abs/2602.0000[13]v1", "abs/x")),
    "a newer version": changed(sub(r"(2602\.0000[25])v1", r"\1v2")),
}  # fmt: skip


@dataclass
class Rerouted:
    """A live fetcher whose requests to arXiv go to a server on this machine."""

    live: LiveFetcher
    url: str
    asked: int = 0
    most: int = field(default=150)

    def get(self, request: Request) -> Response:
        self.asked += 1
        assert self.asked <= self.most, "the number of requests is bounded"
        url = f"{self.url}?{urlsplit(request.url).query}"
        return self.live.get(replace(request, url=url))


def polled(url: str, window: Window = WINDOW) -> Poll | None:
    watch = Watch()
    live = LiveFetcher(
        "mailto:someone@example.org",
        now=lambda: NOW,
        clock=watch.clock,
        sleep=watch.sleep,
        rules=ExchangeLimits(allow_loopback=True, largest=1_000_000, seconds=0.3),
    )
    source = ArxivSource("arxiv", "cat:cs.CV", Rerouted(live, url), page_size=SIZE)
    try:
        poll = source.poll(window)
    except SourceError:
        return None
    finally:
        assert sum(watch.slept) < 3_600
    return poll


def spoilt(fault: Act, *, after: int, times: int | None) -> Act:
    """A server that answers well until the request `after`, then fails so many times."""
    count = iter(range(10_000))

    def act(handler: BaseHTTPRequestHandler) -> None:
        number = next(count) - after
        if number >= 0 and (times is None or number < times):
            fault(handler)
        else:
            answer(body=good(handler))(handler)

    return act


SLOW = {"slow headers", "slow body"}


@pytest.mark.parametrize("name", FAULTS)
@pytest.mark.parametrize(
    ("after", "times"), [(0, 1), (1, None)], ids=["first, once", "then, for good"]
)
def test_no_window_is_closed_falsely_and_no_paper_is_lost(
    name: str, after: int, times: int | None
) -> None:
    if name in SLOW and times is None:
        times = 3
    short = replace(WINDOW, until=WINDOW.since + timedelta(hours=3))  # it is not halved

    with serving(spoilt(FAULTS[name], after=after, times=times)) as server:
        poll = polled(server.url, short)
    papers = {record.arxiv_id for record in poll.records} if poll else set()
    everything = {one.partition("v")[0] for one in PAPERS}

    if poll is not None:
        keys = [(record.arxiv_id, record.version) for record in poll.records]
        assert len(keys) == len(set(keys))
        asked_again = set(poll.memory.get("again", "").split())
        assert not poll.receipt.complete or papers | asked_again == everything

    with serving(spoilt(FAULTS[name], after=0, times=0)) as server:
        healed = polled(server.url, short)
    assert healed is not None
    assert healed.receipt.complete
    assert {record.arxiv_id for record in healed.records} == everything


def test_there_are_enough_faults() -> None:
    assert len(FAULTS) >= 40


FEED_FAULTS = [
    name
    for name in FAULTS
    if name not in SLOW
    and not re.search("total|entry|page again|start|version|page$|UTF-8|in the middle", name)
]


@pytest.mark.parametrize("name", FEED_FAULTS)
def test_a_feed_that_fails_is_never_an_empty_feed(name: str) -> None:
    body = feed(*items(3))
    fault = FAULTS[name]
    for times in (1, None):
        count = iter(range(10_000))

        def act(handler: BaseHTTPRequestHandler, count=count, times=times) -> None:  # type: ignore[no-untyped-def]
            fails = times is None or next(count) < times
            (fault if fails else answer(body=body))(handler)

        watch = Watch()
        with serving(act) as server:
            live = LiveFetcher(
                "mailto:someone@example.org", now=lambda: NOW, clock=watch.clock, sleep=watch.sleep,
                rules=ExchangeLimits(allow_loopback=True, largest=1_000_000, seconds=0.3),
            )  # fmt: skip
            try:
                poll = FeedSource("venue", server.url, "V", live).poll(WINDOW)
            except SourceError:
                continue
        assert len(poll.records) == 3
