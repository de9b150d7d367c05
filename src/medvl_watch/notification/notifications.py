"""What people are told, and when again: pure.

A digest is told once. A problem that needs a person is told when it begins, and once a week while
it lasts; one that comes and goes is told at most once a day.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from medvl_watch.changes import Action
from medvl_watch.pipeline.run_report import RunReport

AGAIN = timedelta(days=7)
"""After this time a lasting problem is told again."""
REST = timedelta(days=1)
"""A problem that was over and comes back is not told again before this time has passed."""
_DIGEST = "digest/"
_WEB_ADDRESS = re.compile(r"https?://[\w.:-]+(?:/[\w./#?&=%~+-]*)?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Notification:
    """One thing to tell. `key` is the same as long as the thing is the same; `address`, where it
    can be looked at, may be empty."""

    key: str
    title: str
    text: str
    address: str = ""

    @property
    def link(self) -> str:
        """The address, if it is one of the web that can stand in any mark-up; else empty."""
        return self.address if _WEB_ADDRESS.fullmatch(self.address) else ""


class Notifier(Protocol):
    """A way to tell people. `send` raises WatchError if nobody was told."""

    @property
    def name(self) -> str: ...

    def send(self, notification: Notification, now: datetime) -> None: ...


def notifications_of(report: RunReport) -> tuple[Notification, ...]:
    """What a run has to tell. A dry run tells nothing."""
    if report.dry_run:
        return ()
    found = [_alarm(report.job, sentence) for sentence in report.alarms]
    digest = report.digest
    if digest is not None and digest.action == Action.CREATED:
        found.append(
            Notification(
                f"{_DIGEST}{digest.week}",
                f"Digest of {digest.week}",
                f"The digest of {digest.week} is ready.",
                digest.address or "",
            )
        )
    return tuple(found)


def _alarm(job: str, sentence: str) -> Notification:
    """Numbers do not make a sentence another one: they count days and papers."""
    same = hashlib.sha256(re.sub(r"\d+", "0", sentence).encode()).hexdigest()[:16]
    return Notification(f"{job}/{same}", f"medvl-watch needs you ({job})", sentence)


def due(
    notifications: Iterable[Notification], told: Mapping[str, datetime], now: datetime
) -> tuple[Notification, ...]:
    """The notifications to send now. `told` has when each key was last told."""
    return tuple(
        each
        for each in notifications
        if each.key not in told
        or (not each.key.startswith(_DIGEST) and now - told[each.key] >= AGAIN)
    )


def remembered(
    told: Mapping[str, datetime], report: RunReport, now: datetime
) -> dict[str, datetime]:
    """What stays known as told after this run: alarms of its job that have been over for a
    while are forgotten."""
    present = {each.key for each in notifications_of(report)}
    return {
        key: at
        for key, at in told.items()
        if (key in present or not key.startswith(f"{report.job}/") or now - at < REST)
        or key.startswith(_DIGEST)
    }
