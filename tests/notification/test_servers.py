"""Webhook and mail, against servers on this machine."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Message

from medvl_watch.errors import NotificationError
from medvl_watch.notification.mail import Mail
from medvl_watch.notification.notifications import Notification
from medvl_watch.notification.register import notifiers_of
from medvl_watch.notification.settings import MailSettings, NotifySettings
from medvl_watch.notification.webhook import Webhook

NOW = datetime(2026, 11, 30, 7, tzinfo=UTC)
NOTIFICATION = Notification(
    "k", "Digest of 2026-W48", "It is ready.", "https://github.com/a/b/issues/1"
)


@dataclass
class Hook:
    """A webhook that answers `status`."""

    status: int
    address: str = ""
    posted: list[dict[str, str]] = field(default_factory=list)


@contextmanager
def serving(hook: Hook) -> Iterator[Hook]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            hook.posted.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(hook.status)
            self.send_header("Location", "/elsewhere")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *arguments: object) -> None:
            """Quiet."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    hook.address = f"http://127.0.0.1:{server.server_port}/T000/secret"
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield hook
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_a_webhook_gets_one_message() -> None:
    with serving(Hook(200)) as hook:
        Webhook(hook.address).send(NOTIFICATION, NOW)
    assert hook.posted == [
        {"text": "*Digest of 2026-W48*\nIt is ready.\n<https://github.com/a/b/issues/1>"}
    ]


@pytest.mark.parametrize("status", [302, 404, 500])
def test_an_answer_that_is_no_success_is_said_without_the_address(status: int) -> None:
    with serving(Hook(status)) as hook, pytest.raises(NotificationError) as caught:
        Webhook(hook.address).send(NOTIFICATION, NOW)
    assert f"status {status}" in str(caught.value)
    assert "secret" not in str(caught.value)
    assert len(hook.posted) == 1


def test_a_webhook_that_is_not_there_is_said_without_the_address() -> None:
    with pytest.raises(NotificationError) as caught:
        Webhook("http://127.0.0.1:9/secret").send(NOTIFICATION, NOW)
    assert "secret" not in str(caught.value)


class Letters(Message):
    """Keeps the mails that a server takes."""

    def __init__(self) -> None:
        super().__init__()
        self.taken: list[str] = []

    def handle_message(self, message: object) -> None:
        self.taken.append(str(message))


def test_a_mail_arrives() -> None:
    letters = Letters()
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    server = Controller(letters, hostname="127.0.0.1", port=port)
    server.start()
    try:
        settings = MailSettings(
            host="127.0.0.1",
            port=port,
            tls="none",
            sender="bot@example.org",
            recipients=("one@example.org", "two@example.org"),
        )
        Mail(settings, "").send(NOTIFICATION, NOW)
        with pytest.raises(NotificationError, match="the mail was not taken"):
            Mail(settings.model_copy(update={"tls": "starttls"}), "").send(NOTIFICATION, NOW)
    finally:
        server.stop()
    (mail,) = letters.taken
    assert "Subject: Digest of 2026-W48" in mail
    assert "To: one@example.org, two@example.org" in mail
    assert "https://github.com/a/b/issues/1" in mail


@pytest.mark.parametrize(
    ("settings", "environment", "names", "missing"),
    [
        pytest.param({}, {}, [], "", id="nothing configured"),
        pytest.param({"webhook_env": "A"}, {"A": "https://h/"}, ["webhook"], "", id="webhook"),
        pytest.param({"webhook_env": "HOOK"}, {}, [], "HOOK contains no address", id="no address"),
        pytest.param({"atom": "digests.atom"}, {}, ["atom"], "", id="feed"),
        pytest.param(
            {"mail": {"host": "h", "user": "u", "password_env": "PASS", "sender": "a@b.org",
                      "recipients": ["c@d.org"]}},
            {}, [], "PASS contains no password", id="no password",
        ),
    ],
)  # fmt: skip
def test_the_ways_that_are_configured(
    settings: dict[str, object], environment: dict[str, str], names: list[str], missing: str
) -> None:
    found, problems = notifiers_of(NotifySettings.model_validate(settings), environment)
    assert [each.name for each in found] == names
    assert [str(each).partition(";")[0].endswith(missing) for each in problems] == [True] * bool(
        missing
    )


@pytest.mark.parametrize(
    "settings",
    [
        pytest.param({"host": "h"}, id="nobody to send to"),
        pytest.param(
            {"host": "h", "sender": "a@b.org", "recipients": ["c@d.org"], "user": "u",
             "tls": "none"},
            id="a password in the clear",
        ),
        pytest.param({"sender": "a@b.org\nBcc: x@y.org"}, id="a header in an address"),
    ],
)  # fmt: skip
def test_settings_that_cannot_be_right(settings: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"mail|password|pattern"):
        MailSettings.model_validate(settings)
