"""Sends what is due, and remembers what was told in a file of the state folder."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

from medvl_watch.errors import WatchError
from medvl_watch.notification.notifications import Notifier, due, notifications_of, remembered
from medvl_watch.pipeline.run_report import RunReport
from medvl_watch.storage.whole_files import write_whole

MEMORY_NAME = "notifications.json"


def tell(
    report: RunReport, notifiers: Sequence[Notifier], folder: Path, now: datetime
) -> Sequence[WatchError]:
    """Send what this run has to tell and was not told yet. One notifier's failure is not
    another's; what was not sent is tried again with the next run."""
    if report.dry_run or not notifiers:
        return ()
    path = folder / MEMORY_NAME
    memory = _read(path)
    problems: list[WatchError] = []
    for notifier in notifiers:
        told = remembered(memory.get(notifier.name, {}), report, now)
        for notification in due(notifications_of(report), told, now):
            try:
                notifier.send(notification, now)
            except WatchError as problem:
                problems.append(problem)
                break
            told[notification.key] = now
        memory[notifier.name] = told
    _write(path, memory)
    return problems


def _read(path: Path) -> dict[str, dict[str, datetime]]:
    """A file that is missing or damaged means that nothing was told: to tell twice is better
    than never."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        return {
            name: {key: datetime.fromisoformat(at) for key, at in told.items()}
            for name, told in found.items()
        }
    except (OSError, ValueError, AttributeError, TypeError):
        return {}


def _write(path: Path, memory: Mapping[str, Mapping[str, datetime]]) -> None:
    texts = {
        name: {key: at.isoformat() for key, at in sorted(told.items())}
        for name, told in sorted(memory.items())
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, (json.dumps(texts, indent=1) + "\n").encode())
