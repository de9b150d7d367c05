"""The ways to tell people. A new one is a file with a Notifier, a key of `[notify]`, and a line
here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from medvl_watch.errors import NotificationError, WatchError
from medvl_watch.notification.atom import AtomFeed
from medvl_watch.notification.mail import Mail
from medvl_watch.notification.notifications import Notifier
from medvl_watch.notification.settings import NotifySettings
from medvl_watch.notification.webhook import Webhook


def notifiers_of(
    settings: NotifySettings, environment: Mapping[str, str]
) -> tuple[Sequence[Notifier], Sequence[WatchError]]:
    """Those that are configured, and what is missing for the others."""
    found: list[Notifier] = []
    problems: list[WatchError] = []
    if settings.atom is not None:
        found.append(AtomFeed(settings.atom))
    if settings.webhook_env:
        address = environment.get(settings.webhook_env, "")
        if address.startswith(("https://", "http://")):
            found.append(Webhook(address))
        else:
            problems.append(_missing(settings.webhook_env, "notify.webhook_env", "address"))
    if settings.mail.host:
        password = environment.get(settings.mail.password_env, "")
        if settings.mail.user and not password:
            name = settings.mail.password_env or "password_env"
            problems.append(_missing(name, "notify.mail.password_env", "password"))
        else:
            found.append(Mail(settings.mail, password))
    return found, problems


def _missing(variable: str, where: str, what: str) -> NotificationError:
    return NotificationError(
        f"the environment variable {variable} contains no {what}",
        where=where,
        remedy="set it, or remove the key",
    )
