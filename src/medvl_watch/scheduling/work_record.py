"""What `serve` has done, in a file of the state folder.

Losing the file costs a run of each job, which changes nothing that was done before.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

from medvl_watch.errors import ConfigError, os_reason
from medvl_watch.publish.weeks import week_named
from medvl_watch.scheduling.due_jobs import WorkDone
from medvl_watch.storage.whole_files import write_whole

RECORD_NAME = "jobs.json"


def read_work(folder: Path) -> WorkDone:
    """What is recorded in this folder. A file that is missing or damaged records nothing: each
    job is safe to run once more."""
    try:
        found = json.loads((folder / RECORD_NAME).read_text(encoding="utf-8"))
        week = found.get("digest")
        return WorkDone(
            began={name: _moment(text) for name, text in found["began"].items()},
            digest=week_named(week, _moment(found["at"])) if week else None,
        )
    except (OSError, ValueError, AttributeError, TypeError, KeyError, ConfigError):
        return WorkDone()


def save_work(folder: Path, done: WorkDone, now: datetime) -> None:
    """Record this in place of what was recorded. Raises ConfigError."""
    value = {
        "at": now.isoformat(),
        "began": {name: at.isoformat() for name, at in sorted(done.began.items())},
        "digest": str(done.digest) if done.digest else None,
    }
    path = folder / RECORD_NAME
    try:
        folder.mkdir(parents=True, exist_ok=True)
        write_whole(path, (json.dumps(value, indent=1) + "\n").encode())
    except OSError as error:
        raise ConfigError(
            f"what was done cannot be recorded ({os_reason(error)})",
            where=str(path),
            remedy="check that the folder can be written; until then a restart repeats jobs",
        ) from error


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
