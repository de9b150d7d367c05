"""Tells by mail, through a server of the user's."""

from __future__ import annotations

import smtplib
import ssl
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid

from medvl_watch.errors import NotificationError, os_reason
from medvl_watch.notification.notifications import Notification
from medvl_watch.notification.settings import MailSettings
from medvl_watch.publish.characters import clean
from medvl_watch.redaction import redact

_SECONDS = 20


class Mail:
    """One mail a notification."""

    name = "mail"

    def __init__(self, settings: MailSettings, password: str) -> None:
        self._settings = settings
        self._password = password

    def send(self, notification: Notification, now: datetime) -> None:
        message = mail_of(notification, self._settings, now)
        try:
            with self._server() as server:
                if self._settings.user:
                    server.login(self._settings.user, self._password)
                refused = server.send_message(message)
        except (OSError, smtplib.SMTPException) as error:
            reason = redact(os_reason(error), self._password)
            raise _error(f"the mail was not taken ({reason})") from None
        if refused:
            raise _error(f"the mail was not taken for {', '.join(sorted(refused))}")

    def _server(self) -> smtplib.SMTP:
        host, port = self._settings.host, self._settings.port
        if self._settings.tls == "tls":
            return smtplib.SMTP_SSL(
                host, port, timeout=_SECONDS, context=ssl.create_default_context()
            )
        server = smtplib.SMTP(host, port, timeout=_SECONDS)
        if self._settings.tls == "starttls":
            try:
                server.starttls(context=ssl.create_default_context())
            except BaseException:
                server.close()
                raise
        return server


def mail_of(notification: Notification, settings: MailSettings, now: datetime) -> EmailMessage:
    """The mail: plain text. A subject is one line, whatever words of others are in it."""
    message = EmailMessage()
    message["From"] = settings.sender
    message["To"] = ", ".join(settings.recipients)
    message["Subject"] = clean(notification.title, 150).text
    message["Date"] = format_datetime(now)
    message["Message-ID"] = make_msgid(domain=settings.sender.rpartition("@")[2])
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(
        "\n\n".join(filter(None, [clean(notification.text).text, notification.link]))
    )
    return message


def _error(what: str) -> NotificationError:
    return NotificationError(
        what,
        where="notify.mail",
        remedy="check server, user and password; the mail is sent again with the next run",
    )
