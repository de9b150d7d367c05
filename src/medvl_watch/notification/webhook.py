"""Tells by a webhook that takes messages as Slack does
(https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks)."""

from __future__ import annotations

from datetime import datetime

from medvl_watch import __version__
from medvl_watch.errors import NotificationError
from medvl_watch.notification.notifications import Notification
from medvl_watch.publish.characters import clean

_SECONDS = 10


class Webhook:
    """Posts one message a notification."""

    name = "webhook"

    def __init__(self, address: str) -> None:
        self._address = address

    def send(self, notification: Notification, now: datetime) -> None:  # noqa: ARG002 - the protocol's
        import requests  # noqa: PLC0415 - heavy, and only where a webhook is configured

        try:
            answer = requests.post(
                self._address,
                json={"text": slack_text(notification)},
                timeout=_SECONDS,
                allow_redirects=False,
                headers={"User-Agent": f"medvl-watch/{__version__}"},
            )
        except requests.exceptions.RequestException as error:
            raise _error(type(error).__name__) from None  # its words would quote the address
        if not answer.ok or answer.is_redirect:
            raise _error(f"status {answer.status_code}")


def slack_text(notification: Notification) -> str:
    """The message in Slack's mark-up, in which only `&`, `<` and `>` are special."""
    text = f"*{_escape(notification.title)}*\n{_escape(notification.text)}"
    return f"{text}\n<{notification.link}>" if notification.link else text


def _escape(text: str) -> str:
    line = clean(text).text
    return line.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _error(reason: str) -> NotificationError:
    return NotificationError(
        f"the webhook took no message ({reason})",
        where="notify.webhook_env",
        remedy="check the address; the message is sent again with the next run",
    )
