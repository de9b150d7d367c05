"""A fake model server on this machine; each test defines how it behaves."""

from __future__ import annotations

import json
import re
import socket
import struct
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Lock, Thread
from typing import Any

from medvl_watch.classify.llm.protocols import ResponseFormat

_ASKED_ID = re.compile(r"JSON object for (\S+)\.")
_TITLE = re.compile(r"^Title: (.*)$", re.MULTILINE)


@dataclass(frozen=True, kw_only=True)
class ModelRequest:
    """One request. `attempt` counts the requests about the same paper, from 1."""

    paper_id: str
    title: str
    response_format: ResponseFormat
    attempt: int
    body: Mapping[str, Any]

    @property
    def is_second_try(self) -> bool:
        return "could not be used" in str(self.body["messages"][-1]["content"])


@dataclass(frozen=True, kw_only=True)
class Reply:
    """The reply to send. `withheld` bytes of the announced length are not sent."""

    body: bytes = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    hang: bool = False
    reset: bool = False
    withheld: int = 0
    drip: bool = False


Behaviour = Callable[[ModelRequest], Reply]


class ModelServer:
    """`address` is the base URL; `requests` are all requests, `request_headers` their headers."""

    def __init__(self, behave: Behaviour) -> None:
        self.behave = behave
        self.requests: list[ModelRequest] = []
        self.request_headers: list[Mapping[str, str]] = []
        self.paths: list[str] = []
        self.files: dict[str, bytes] = {}
        self.batches: list[dict[str, Any]] = []
        self.batch_status = "completed"
        self.stopping = Event()
        self._lock = Lock()
        self._attempts: Counter[str] = Counter()
        self._http = _Http(self)
        self.address = f"http://127.0.0.1:{self._http.server_address[1]}/v1"

    def start(self) -> None:
        Thread(target=self._http.serve_forever, args=(0.01,), daemon=True).start()

    def stop(self) -> None:
        self.stopping.set()
        self._http.shutdown()
        self._http.server_close()

    def note(self, path: str, headers: Mapping[str, str], body: Mapping[str, Any]) -> ModelRequest:
        request = parse_request(body, attempt=0)
        with self._lock:
            self._attempts[request.paper_id] += 1
            request = replace(request, attempt=self._attempts[request.paper_id])
            self.requests.append(request)
            self.request_headers.append(headers)
            self.paths.append(path)
        return request


@contextmanager
def run_server(behave: Behaviour) -> Iterator[ModelServer]:
    server = ModelServer(behave)
    server.start()
    try:
        yield server
    finally:
        server.stop()


def _form(body: Mapping[str, Any]) -> ResponseFormat:
    if "tools" in body:
        return ResponseFormat.TOOL
    kind = body.get("response_format", {}).get("type", "")
    return {"json_schema": ResponseFormat.SCHEMA, "json_object": ResponseFormat.OBJECT}.get(
        kind, ResponseFormat.TEXT
    )


def lower(headers: Iterable[tuple[str, str]]) -> dict[str, str]:
    return {name.lower(): value for name, value in headers}


class _Http(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, models: ModelServer) -> None:
        self.models = models
        super().__init__(("127.0.0.1", 0), _Handler)


class _Handler(BaseHTTPRequestHandler):
    @property
    def models(self) -> ModelServer:
        assert isinstance(self.server, _Http)
        return self.server.models

    def do_POST(self) -> None:
        size = int(self.headers.get("Content-Length", 0))
        raw = self.rfile.read(size)
        if self.path.endswith("/chat/completions"):
            request = self.models.note(self.path, lower(self.headers.items()), json.loads(raw))
            self._send(self.models.behave(request))
        else:
            self._send(batch_post(self.models, self.path, raw))

    def do_GET(self) -> None:
        self._send(batch_get(self.models, self.path))

    def _send(self, reply: Reply) -> None:
        if reply.hang:
            self.models.stopping.wait(20)
            return
        if reply.reset:
            linger = struct.pack("ii", 1, 0)
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            self.connection.close()
            return
        self.send_response(reply.status)
        headers = {"Content-Type": "application/json", **reply.headers}
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(reply.body) + reply.withheld))
        self.end_headers()
        self._write(reply)

    def _write(self, reply: Reply) -> None:
        pieces = [bytes([each]) for each in reply.body] if reply.drip else [reply.body]
        for piece in pieces:
            try:
                self.wfile.write(piece)
                self.wfile.flush()
            except OSError:
                return
            if reply.drip and self.models.stopping.wait(0.02):
                return

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        pass

    def finish(self) -> None:
        try:
            super().finish()
        except (OSError, ValueError):
            self.rfile.close()


# --- replies --------------------------------------------------------------------------


def answer_for(request: ModelRequest, **changes: object) -> dict[str, object]:
    """A right answer; the relevance depends on the paper, so a misplaced one is seen."""
    return {
        "id": request.paper_id,
        "relevance": relevance_of(request.paper_id),
        "sections": [{"node": "use/words", "score": 0.8}, {"node": "use", "score": 0.1}],
        "evidence": [request.title],
        "suspicious": False,
        **changes,
    }


def relevance_of(paper_id: str) -> float:
    return round(0.5 + (sum(paper_id.encode()) % 40) / 100, 2)


def reply_with(content: object, *, finish: str = "stop", **message: object) -> Reply:
    """A completion with this content, given as text or as an object."""
    text = content if isinstance(content, str) or content is None else json.dumps(content)
    return completion_reply(
        [{"index": 0, "finish_reason": finish, "message": {"content": text, **message}}]
    )


def completion_reply(choices: object, **more: object) -> Reply:
    return Reply(
        body=json.dumps(
            {
                "id": "c1",
                "object": "chat.completion",
                "model": "small",
                "choices": choices,
                "usage": {"prompt_tokens": 500, "completion_tokens": 50, "total_tokens": 550},
                **more,
            }
        ).encode()
    )


def tool_call_reply(arguments: object, count: int = 1) -> Reply:
    """A completion that calls the tool."""
    call = {"id": "t", "type": "function", "function": {"name": "verdict", "arguments": arguments}}
    message = {"role": "assistant", "content": None, "tool_calls": [call] * count}
    return completion_reply([{"index": 0, "finish_reason": "tool_calls", "message": message}])


def error_reply(status: int, message: str = "no", code: str | None = None, **headers: str) -> Reply:
    error = {"error": {"message": message, "type": "x", "code": code, "param": None}}
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Reply(body=json.dumps(error).encode(), status=status, headers=named)


def good_reply(request: ModelRequest) -> Reply:
    return reply_with(answer_for(request))


# --- batches --------------------------------------------------------------------------


def batch_post(server: ModelServer, path: str, raw: bytes) -> Reply:
    if path.endswith("/files"):
        name = "file-in" if not server.batches else f"file-in-{len(server.batches) + 1}"
        server.files[name] = (
            raw.partition(b'{"custom_id"')[1]
            + raw.partition(b'{"custom_id"')[2].rpartition(b"\r\n--")[0]
        )
        return Reply(body=json.dumps({"id": name, "object": "file"}).encode())
    wanted = json.loads(raw)
    number = len(server.batches) + 1
    server.batches.append(
        {
            "id": f"batch-{number}",
            "object": "batch",
            "endpoint": "/v1/chat/completions",
            "input_file_id": wanted["input_file_id"],
            "metadata": wanted.get("metadata"),
            "completion_window": "24h",
            "created_at": 0,
            "request_counts": {"total": 1, "completed": 1, "failed": 0},
        }
    )
    return Reply(body=json.dumps(server.batches[-1] | {"status": "validating"}).encode())


def batch_get(server: ModelServer, path: str) -> Reply:
    path = path.partition("?")[0]
    if path.endswith("/content"):
        name = path.split("/")[-2]
        return Reply(body=server.files.get("file-out") or _results(server, name))
    if path.endswith("/batches"):
        rows = [_now(server, each) for each in server.batches]
        return Reply(body=json.dumps({"object": "list", "data": rows, "has_more": False}).encode())
    known = {each["id"]: each for each in server.batches}
    found = known.get(path.rpartition("/")[2])
    return (
        error_reply(404) if found is None else Reply(body=json.dumps(_now(server, found)).encode())
    )


def _now(server: ModelServer, batch: Mapping[str, Any]) -> dict[str, Any]:
    over = server.batch_status in {"completed", "expired"}
    output = f"out-{batch['input_file_id']}" if over else None
    return {**batch, "status": server.batch_status, "output_file_id": output}


def _results(server: ModelServer, name: str) -> bytes:
    """What the server would have answered to each request of the batch."""
    lines = []
    for line in server.files[name.removeprefix("out-")].decode().strip().splitlines():
        request = json.loads(line)
        reply = server.behave(parse_request(request["body"], attempt=1))
        response = {"status_code": reply.status, "body": json.loads(reply.body)}
        lines.append(json.dumps({"custom_id": request["custom_id"], "response": response}))
    return "\n".join(lines).encode()


def parse_request(body: Mapping[str, Any], attempt: int) -> ModelRequest:
    last = str(body["messages"][-1]["content"])
    title = _TITLE.search(last)
    return ModelRequest(
        paper_id=_ASKED_ID.findall(last)[-1],
        title=title[1] if title else "",
        response_format=_form(body),
        attempt=attempt,
        body=body,
    )
