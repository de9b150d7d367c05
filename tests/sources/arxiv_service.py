"""An arXiv that behaves as badly as the real one has, from a seed: papers come with delay, get new
versions while pages are read, and answers fail in every way that was reported."""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit
from xml.sax.saxutils import escape

from medvl_watch.errors import SourceError, SourceLimited
from medvl_watch.ports import Request, Response

_RANGE = re.compile(r"submittedDate:\[(\d+) TO (\d+)\]")
_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?><feed xmlns="http://www.w3.org/2005/Atom"'
    ' xmlns:opensearch="http://a9.com/-/spec/opensearch/1.1/"'
    ' xmlns:arxiv="http://arxiv.org/schemas/atom"><id>x</id><title>q</title>'
    "<updated>2026-01-01T00:00:00Z</updated>"
)


class Killed(BaseException):
    """The process is killed between two requests."""


@dataclass(slots=True)
class Preprint:
    """A paper of the service; `shown` is when it can first be found."""

    arxiv_id: str
    title: str
    submitted: datetime
    shown: datetime
    version: int = 1


FAULTS = (
    *("limit", "limit as text", "web page", "empty body", "cut off", "server error", "timeout"),
    *("empty page", "total falls", "total jumps", "error entry", "bad entry", "page again"),
    *("shuffled", "hidden paper"),
)
"""What an answer can suffer. `hidden paper` leaves one out and shows another one twice, as when a
new version moves a paper to the front between two requests."""


@dataclass(slots=True)
class ArxivService:
    """A fetcher that answers queries of the API out of `papers`, at the time `now`.

    Each answer is spoilt with the probability `faults`, and the process that asks is killed with
    the probability `kills`.
    """

    papers: Sequence[Preprint]
    random: random.Random
    now: datetime
    faults: float = 0.0
    kills: float = 0.0
    requests: int = 0
    spoilt: dict[str, int] = field(default_factory=dict)

    def get(self, request: Request) -> Response:
        self.requests += 1
        if self.random.random() < self.kills:
            raise Killed
        fault = self.random.choice(FAULTS) if self.random.random() < self.faults else ""
        if fault:
            self.spoilt[fault] = self.spoilt.get(fault, 0) + 1
        if fault == "limit":
            raise SourceLimited("the service asks us to wait (HTTP 429)", where=request.source)
        if fault in {"server error", "timeout"}:
            raise SourceError(f"export.arxiv.org: {fault}", where=request.source)
        body = self._body(parse_qs(urlsplit(request.url).query), fault)
        return Response(body=body, fetched_at=self.now, address=request.url)

    def _body(self, query: dict[str, list[str]], fault: str) -> bytes:
        whole = {
            "limit as text": b"Rate exceeded.",
            "web page": b"<!doctype html><html><body>Sorry</body></html>",
            "empty body": b"",
            "error entry": _feed(1, 0, [_error()]),
        }
        if fault in whole:
            return whole[fault]
        start, size = int(query["start"][0]), int(query["max_results"][0])
        found = self._found(query)
        total = len(found)
        if fault == "page again":
            start = max(0, start - size)
        if fault == "shuffled":
            self.random.shuffle(found)
        page = found[start : start + size]
        if fault == "hidden paper" and len(page) > 1:
            page[self.random.randrange(1, len(page))] = page[0]
        entries = [_entry(one) for one in page]
        if fault == "empty page":
            entries = []
        if fault == "bad entry" and entries:
            place = self.random.randrange(len(entries))
            entries[place] = re.sub(r"<published>[^<]*</published>", "", entries[place])
        if fault in {"total falls", "total jumps"}:
            total = total // 2 if fault == "total falls" else total + 7
        body = _feed(total, int(query["start"][0]), entries)
        return body[: len(body) * 2 // 3] if fault == "cut off" else body

    def _found(self, query: dict[str, list[str]]) -> list[Preprint]:
        visible = [one for one in self.papers if one.shown <= self.now]
        if "id_list" in query:
            wanted = set(query["id_list"][0].split(","))
            return [one for one in visible if one.arxiv_id in wanted]
        dates = _RANGE.search(query["search_query"][0])
        assert dates is not None
        since, until = (
            datetime.strptime(one, "%Y%m%d%H%M").replace(tzinfo=UTC) for one in dates.groups()
        )
        found = [one for one in visible if since <= one.submitted < until + timedelta(minutes=1)]
        for one in found:  # a new version may come between any two requests
            if self.random.random() < 0.002:
                one.version += 1
        newest_first = query["sortOrder"] == ["descending"]
        return sorted(found, key=lambda one: (one.submitted, one.arxiv_id), reverse=newest_first)


def _feed(total: int, start: int, entries: Sequence[str]) -> bytes:
    numbers = (
        f"<opensearch:totalResults>{total}</opensearch:totalResults>"
        f"<opensearch:startIndex>{start}</opensearch:startIndex>"
    )
    return f"{_HEAD}{numbers}{''.join(entries)}</feed>".encode()


def _entry(paper: Preprint) -> str:
    moment = f"{paper.submitted:%Y-%m-%dT%H:%M:%SZ}"
    return (
        f"<entry><id>http://arxiv.org/abs/{paper.arxiv_id}v{paper.version}</id>"
        f"<title>{escape(paper.title)}</title><updated>{moment}</updated>"
        f"<published>{moment}</published><summary>A study.</summary>"
        '<arxiv:primary_category term="cs.CV"/><category term="cs.CV"/>'
        f"<author><name>Ana {paper.arxiv_id}</name></author></entry>"
    )


def _error() -> str:
    return (
        "<entry><id>https://arxiv.org/api/errors#x</id><title>Error</title><summary>busy</summary>"
        "<author><name>arXiv api core</name></author></entry>"
    )
