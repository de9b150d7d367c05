"""The loop of `serve`: APScheduler wakes it, signals end it.

PyGithub is not documented as thread-safe, hence one worker. A wake-up that is late, missed or
doubled is harmless, because what is due follows from what was done (`due_jobs.py`).
"""

from __future__ import annotations

import logging
import signal
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from types import FrameType

from apscheduler.events import EVENT_JOB_ERROR, JobExecutionEvent
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler

log = logging.getLogger(__name__)

GRACE = 4.0
"""Seconds that a job under way gets at the end; Docker kills after ten, systemd after ninety."""
WAKE_EVERY = 20.0
"""Seconds between two looks at what is due."""


def serve(
    run_due: Callable[[Callable[[], bool]], None],
    stop: threading.Event,
    grace: float = GRACE,
    wake_every: float = WAKE_EVERY,
) -> bool:
    """Call `run_due` now and every `wake_every` seconds until `stop` is set.

    Then `grace` seconds are left for the call under way, which is told by what it is called with
    that it should end. Returns whether it did; otherwise its thread is still at work. A call that
    raises is logged, and the next one is made.
    """
    scheduler = BackgroundScheduler(
        timezone=UTC,
        executors={"default": ThreadPoolExecutor(1)},
        job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1},
    )
    scheduler.add_listener(_log_failure, EVENT_JOB_ERROR)
    # A wake-up while a call is under way is skipped, of which APScheduler would warn.
    logging.getLogger("apscheduler").setLevel(logging.ERROR)
    under_way = threading.Lock()

    def look() -> None:
        if not stop.is_set():
            with under_way:
                run_due(stop.is_set)

    scheduler.add_job(look, "interval", seconds=wake_every, next_run_time=datetime.now(UTC))
    scheduler.start()
    try:
        stop.wait()
    finally:
        stop.set()
        has_ended = under_way.acquire(timeout=grace)
        scheduler.shutdown(wait=has_ended)
        if has_ended:
            under_way.release()
    return has_ended


def handle_signals(
    stop: threading.Event, at_once: Callable[[], None], reload: Callable[[], None]
) -> None:
    """Let the first SIGTERM or Ctrl-C set `stop`, a second one call `at_once`, and SIGHUP call
    `reload`."""

    def handle(_number: int, _frame: FrameType | None) -> None:
        if stop.is_set():
            at_once()
        stop.set()

    signal.signal(signal.SIGTERM, handle)
    signal.signal(signal.SIGINT, handle)
    signal.signal(signal.SIGHUP, lambda _number, _frame: reload())


def _log_failure(event: JobExecutionEvent) -> None:
    log.error("a look at what is due failed: %s", event.exception)
