"""An arXiv and a GitHub on the loopback, which workers of several processes ask at once and which
note who asked what, and when."""

from __future__ import annotations

import random
import re
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from medvl_watch.ports import Fetcher, Request, Response
from tests.fakes import NOW, record
from tests.publish.github_fake import TOKEN, Answer, FakeGitHub, _Handler
from tests.sources.arxiv_service import ArxivService, Preprint


@dataclass(frozen=True)
class Asked:
    """A request: who made it, when it came and when it was answered, in seconds."""

    worker: str
    what: str
    began: float
    ended: float

    @property
    def writes(self) -> bool:
        return not self.what.startswith("GET")


class LoopbackArxiv:
    """The papers so far, in arXiv's words."""

    def __init__(self) -> None:
        self.log: list[Asked] = []
        self.url = ""
        self.seconds = 0.0
        """How long an answer takes."""
        self._service = ArxivService(papers=[], random=random.Random(0), now=NOW)

    def show(self, count: int, now: datetime) -> None:
        """Let the first `count` papers be found, at this time."""
        found = [record(number) for number in range(1, count + 1)]
        self._service.now = now
        self._service.papers = [
            Preprint(
                arxiv_id=str(each.arxiv_id),
                title=each.title,
                submitted=datetime.fromisoformat(str(each.published)),
                shown=datetime.fromisoformat(str(each.published)),
            )
            for each in found
        ]

    @contextmanager
    def served(self) -> Iterator[str]:
        arxiv = self

        class Handler(BaseHTTPRequestHandler):
            wbufsize = -1

            def do_GET(self) -> None:
                began = time.monotonic()
                body = arxiv._service.get(Request(source="arxiv", url=self.path)).body
                time.sleep(arxiv.seconds)
                arxiv.log.append(Asked("", self.path, began, time.monotonic()))
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *arguments: object) -> None:
                pass

        with _running(Handler) as self.url:
            yield self.url


@dataclass(frozen=True)
class Redirecting:
    """A fetcher that asks the loopback what it should ask arXiv."""

    inner: Fetcher
    url: str

    def get(self, request: Request) -> Response:
        parts = urlsplit(request.url)
        return self.inner.get(replace(request, url=f"{self.url}{parts.path}?{parts.query}"))


class BusyGitHub(FakeGitHub):
    """A GitHub with many lists in one repository, that notes who asks. A worker's token begins
    with its name."""

    def __init__(self, folder: Path, lists: Sequence[tuple[str, bytes]]) -> None:
        (first, content), *others = lists
        assert first == "README.md"
        super().__init__(folder, content)
        for path, text in others:
            self.push("trunk", text, path)
        self.asked: list[Asked] = []
        self._one_at_a_time = threading.Lock()

    def answer(self, method: str, target: str, authorization: str, data: Any) -> Answer:
        began = time.monotonic()
        with self._one_at_a_time:
            answer = super().answer(method, target, authorization, data)
        worker = authorization.partition(" ")[2].removesuffix(TOKEN)
        what = f"{method} {self._named(target, data)}"
        self.asked.append(Asked(worker, what, began, time.monotonic()))
        return answer

    @contextmanager
    def served(self) -> Iterator[str]:
        with _running(type("Handler", (_Handler,), {"fake": self})) as self.url:
            yield self.url

    def _needs_write(self, rest: str) -> bool:
        return False

    def _named(self, target: str, data: Any) -> str:
        """What is asked, with the branch where it is of one pull request or branch."""
        path = urlsplit(target).path
        if found := re.search(r"/(?:pulls|issues)/(\d+)", path):
            number = int(found[1])
            if number <= len(self.pulls):
                return f"{path} of {self.pulls[number - 1]['ref']}"
        if isinstance(data, dict) and isinstance(data.get("tree"), list):
            file = data["tree"][0]["path"].replace("README", "list-00")
            return f"{path} of medvl-watch/{file.removesuffix('.md')}"
        if isinstance(data, dict) and (ref := data.get("ref") or data.get("head")):
            return f"{path} of {ref}"
        return path


@contextmanager
def _running(handler: type[BaseHTTPRequestHandler]) -> Iterator[str]:
    class Quiet(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, request: object, client_address: object) -> None:
            """A client that was killed."""

    with Quiet(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


@dataclass
class Faults:
    """What went wrong, a sentence each, and what was counted."""

    found: list[str] = field(default_factory=list)
    counts: dict[str, float] = field(default_factory=dict)

    def count(self, what: str, more: float = 1) -> None:
        self.counts[what] = self.counts.get(what, 0) + more
