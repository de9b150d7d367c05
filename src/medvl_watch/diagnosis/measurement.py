"""Takes the measurements of the health checks: disk, servers. Each ends within its time limit."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path

from medvl_watch import __version__
from medvl_watch.diagnosis.assessment import DiskState, HttpAnswer
from medvl_watch.errors import os_reason

TIME_LIMIT = 2.0
"""Seconds for one answer."""
_LARGEST = 2_000_000
"""Bytes of an answer that are read."""
_SIDE_BY_SIDE = 8


def measure_disk(folder: Path) -> DiskState:
    """Whether a file can be written below the folder, or below the nearest folder that exists;
    the file is removed again."""
    existing = next(each for each in (folder, *folder.absolute().parents) if each.is_dir())
    try:
        with tempfile.TemporaryFile(dir=existing) as file:
            file.write(b"\0" * 4096)
        return DiskState(folder=str(folder), free=shutil.disk_usage(existing).free)
    except OSError as error:
        return DiskState(folder=str(folder), free=0, problem=os_reason(error))


def ask_all(addresses: Sequence[str], token: str) -> list[HttpAnswer]:
    """The answers to GET requests of these addresses, in order, asked side by side."""
    if not addresses:
        return []
    with ThreadPoolExecutor(min(_SIDE_BY_SIDE, len(addresses))) as pool:
        return list(pool.map(lambda address: ask(address, token), addresses))


def ask(address: str, token: str) -> HttpAnswer:
    """One GET with the token, following redirects as `requests` does: without the token to
    another host. A failure is an answer with status 0."""
    import requests  # noqa: PLC0415 - heavy: only where a server is asked

    headers = {
        "Accept": "application/vnd.github+json",
        "User-Agent": f"medvl-watch/{__version__}",
        **({"Authorization": f"Bearer {token}"} if token else {}),
    }
    try:
        with requests.get(address, headers=headers, timeout=TIME_LIMIT, stream=True) as answer:
            body = answer.raw.read(_LARGEST, decode_content=True)
            return HttpAnswer(
                status=answer.status_code,
                headers={name.lower(): value for name, value in answer.headers.items()},
                body=_json_object(body),
                address=address,
            )
    except (requests.exceptions.RequestException, ValueError, OSError) as error:
        return HttpAnswer(
            status=0, headers={}, body={}, problem=type(error).__name__, address=address
        )


def server_time(answers: Sequence[HttpAnswer]) -> datetime | None:
    """The `Date` of the first answer that has one."""
    for each in answers:
        try:
            found = parsedate_to_datetime(each.headers["date"])
        except (KeyError, ValueError, TypeError):
            continue
        return found if found.tzinfo else found.replace(tzinfo=UTC)
    return None


def _json_object(body: bytes) -> Mapping[str, object]:
    try:
        found = json.loads(body)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
