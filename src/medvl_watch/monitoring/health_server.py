"""A small HTTP server with `/healthz`, `/readyz` and `/metrics`.

`/healthz` answers 200 while the process runs; `/readyz` answers 503 until every job that was due
at the start has ended once; `/metrics` is in the format of Prometheus. Nothing can be changed
through it.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from medvl_watch.errors import ConfigError, os_reason
from medvl_watch.monitoring.job_log import JobLog

_TEXT = "text/plain; charset=utf-8"
_SECONDS = 10
"""How long one request may take."""


@contextmanager
def health_server(host: str, port: int, log: JobLog) -> Iterator[int]:
    """Serve health and metrics while the block runs; gives the port, which is a free one for 0.
    Raises ConfigError if the address cannot be used."""

    class Handler(BaseHTTPRequestHandler):
        timeout = _SECONDS

        def do_GET(self) -> None:
            status, content_type, body = answer_to(self.path, log)
            self.send_response(status)
            self.send_header("Content-Type", content_type)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *arguments: object) -> None:
            """Not logged: probes ask every few seconds."""

    try:
        server = ThreadingHTTPServer((host, port), Handler)
    except OSError as error:
        raise ConfigError(
            f"{host}:{port} cannot be used ({os_reason(error)})",
            where="serve.listen",
            remedy="name a free port, or leave `listen` empty",
        ) from error
    server.daemon_threads = True
    thread = threading.Thread(
        target=server.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True
    )
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()


def answer_to(path: str, log: JobLog) -> tuple[int, str, bytes]:
    """Status, content type and body of the answer to a GET request."""
    match path.partition("?")[0]:
        case "/healthz":
            return 200, _TEXT, b"ok\n"
        case "/readyz":
            waiting = sorted(log.waiting_for())
            if waiting:
                return 503, _TEXT, f"waiting for {', '.join(waiting)}\n".encode()
            return 200, _TEXT, b"ok\n"
        case "/metrics":
            return 200, CONTENT_TYPE_LATEST, generate_latest(log.registry)
        case _:
            return 404, _TEXT, b"not found\n"
