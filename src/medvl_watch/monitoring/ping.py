"""Tells a watcher elsewhere that a poll has ended well: a dead-man's switch.

The service (https://healthchecks.io/docs/http_api/ and its like) reports when pings stop, which
is the only way to hear of a machine that is gone.
"""

from __future__ import annotations

from medvl_watch import __version__
from medvl_watch.errors import WatchError

_SECONDS = 10


def ping(address: str) -> WatchError | None:
    """One GET; None if it was answered, else the problem, which stops nothing."""
    import requests  # noqa: PLC0415 - heavy, and only where a ping is configured

    try:
        answer = requests.get(
            address,
            timeout=_SECONDS,
            allow_redirects=False,
            headers={"User-Agent": f"medvl-watch/{__version__}"},
        )
    except requests.exceptions.RequestException as error:
        return _problem(type(error).__name__)
    return None if answer.ok else _problem(f"status {answer.status_code}")


def _problem(reason: str) -> WatchError:
    """The address is not named: who knows it can send pings."""
    return WatchError(
        f"the ping was not answered ({reason})",
        where="serve.ping",
        remedy="check the address; the work itself is done",
    )
