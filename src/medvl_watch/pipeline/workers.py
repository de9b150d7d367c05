"""The works that several workers divide among them when they share a ledger, by name."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import ClassVar

from medvl_watch.errors import Busy
from medvl_watch.ports import WorkLocks

POLLING = "polling"
"""Reading the sources, joining records into papers, and having them judged."""
_WAIT = 60.0
"""Seconds that a worker waits for the short works."""


def work_on(list_id: str) -> str:
    """The work on one list and its pull request."""
    return f"list/{list_id}"


class OneWorker:
    """The locks where one worker has the ledger to itself, by the lock of its folder."""

    are_shared: ClassVar[bool] = False

    def hold(self, work: str, *, wait: float = 0) -> AbstractContextManager[bool]:  # noqa: ARG002
        return nullcontext(enter_result=True)


@contextmanager
def recording(locks: WorkLocks, what: str) -> Iterator[None]:
    """While values are worked out from what the ledger has and written to it, nobody else does so.
    Raises Busy if others take too long."""
    words = f"other workers have been recording {what} for {_WAIT:g} s"
    with _alone(locks, f"recording {what}", words):
        yield


@contextmanager
def while_nobody_polls(locks: WorkLocks) -> Iterator[None]:
    """What a person decides about papers that a poll may be changing. Raises Busy if one takes too
    long."""
    with _alone(locks, POLLING, "another worker is reading the sources"):
        yield


@contextmanager
def _alone(locks: WorkLocks, work: str, otherwise: str) -> Iterator[None]:
    with locks.hold(work, wait=_WAIT) as is_ours:
        if not is_ours:
            raise Busy(otherwise, remedy="try again when it is done")
        yield
