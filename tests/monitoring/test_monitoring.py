"""Health checks and metrics as a probe sees them."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
import requests

from medvl_watch.errors import ConfigError
from medvl_watch.monitoring.health_server import answer_to, health_server
from medvl_watch.monitoring.job_log import JobLog
from medvl_watch.monitoring.ping import ping
from medvl_watch.pipeline.run_report import RunReport

NOW = datetime(2026, 11, 30, tzinfo=UTC)


def run(job: str, code: int = 0) -> RunReport:
    return RunReport(job=job, began=NOW, ended=NOW + timedelta(seconds=7), exit_code=code)


def test_ready_once_every_job_has_ended() -> None:
    log = JobLog(frozenset({"poll", "publish"}))
    assert answer_to("/readyz", log)[::2] == (503, b"waiting for poll, publish\n")
    log.add(run("poll"))
    assert answer_to("/readyz", log)[::2] == (503, b"waiting for publish\n")
    log.add(run("publish", 4))
    assert answer_to("/readyz", log)[0] == 200


def test_metrics_count_runs_by_exit_code() -> None:
    log = JobLog(frozenset({"poll"}))
    for code in (0, 0, 4):
        log.add(run("poll", code))
    text = answer_to("/metrics", log)[2].decode()
    assert 'medvl_watch_job_runs_total{exit_code="0",job="poll"} 2.0' in text
    assert 'medvl_watch_job_runs_total{exit_code="4",job="poll"} 1.0' in text
    assert 'medvl_watch_job_duration_seconds{job="poll"} 7.0' in text


def test_the_server_answers_and_ends() -> None:
    log = JobLog(frozenset())
    with health_server("127.0.0.1", 0, log) as port:
        address = f"http://127.0.0.1:{port}"
        assert requests.get(f"{address}/healthz", timeout=5).text == "ok\n"
        assert requests.get(f"{address}/secrets", timeout=5).status_code == 404
        assert requests.post(f"{address}/healthz", timeout=5).status_code == 501
        with (
            pytest.raises(ConfigError, match="cannot be used"),
            health_server("127.0.0.1", port, log),
        ):
            pass
    with pytest.raises(requests.exceptions.ConnectionError):
        requests.get(f"{address}/healthz", timeout=5)


@pytest.fixture
def watcher() -> Iterator[str]:
    """A service for pings that knows one address."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200 if self.path == "/known" else 404)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *arguments: object) -> None:
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


def test_a_ping_that_is_not_answered_is_a_problem_without_its_address(watcher: str) -> None:
    assert ping(f"{watcher}/known") is None
    problem = ping(f"{watcher}/secret-address")
    assert "status 404" in str(problem)
    assert "secret-address" not in str(problem)
    assert "ConnectionError" in str(ping("http://127.0.0.1:9/secret-address"))
