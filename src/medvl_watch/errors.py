"""The errors that a person can act on, each kind with its exit code.

WatchError
├── ConfigError          2   configuration, taxonomy, sources or usage are wrong
│   └── LedgerError      2   the ledger cannot be opened or written
├── Busy                75   another run is using the same folder
├── SourceError          4   one source could not be read; the others go on
│   └── SourceLimited   75   the service asked us to come back later
├── ListError            4   one list cannot be read or safely edited; the others go on
├── ModelError           4   the language model was not asked or did not answer; the fallback judged
│   └── ModelDenied      3   wrong key, no permission or no credit
├── NotificationError          4   a webhook, mail server or feed did not take a message
└── ForgeError           4   the forge did not do what was asked
    ├── ForgeDenied      3   wrong token or missing permission
    └── ForgeLimited    75   the forge asked us to come back later

Anything else that reaches the command line is an internal error of medvl-watch: exit code 1.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import IntEnum


class ExitCode(IntEnum):
    """Exit codes of all commands; the numbers are part of the public interface."""

    DONE = 0
    INTERNAL_ERROR = 1
    CONFIG = 2
    DENIED = 3
    PARTLY = 4
    LATER = 75
    INTERRUPTED = 130


class WatchError(Exception):
    """An error that a person can act on: what happened, where, and what to do about it.

    `what` is a clause without a full stop, `where` names a file, list, source or address,
    and `remedy` is an imperative clause. `str(error)` is one sentence on one line.
    """

    exit_code = ExitCode.INTERNAL_ERROR

    def __init__(self, what: str, *, where: str = "", remedy: str = "") -> None:
        self.what = what
        self.where = where
        self.remedy = remedy
        super().__init__(what)

    def __str__(self) -> str:
        sentence = f"{self.where}: {self.what}" if self.where else self.what
        if self.remedy:
            sentence = f"{sentence}; {self.remedy}"
        return " ".join(sentence.split()) + "."


class ConfigError(WatchError):
    """A setting, a seed file or an argument is wrong; nothing was done."""

    exit_code = ExitCode.CONFIG


class LedgerError(ConfigError):
    """The ledger cannot be opened, read or written."""


class Busy(WatchError):
    """Another run is using the same folder."""

    exit_code = ExitCode.LATER


class SourceError(WatchError):
    """One source could not be read; its papers are fetched by a later run.

    `status` is the HTTP status by which the service refused, where it answered with one.
    """

    exit_code = ExitCode.PARTLY

    def __init__(
        self, what: str, *, where: str = "", remedy: str = "", status: int | None = None
    ) -> None:
        super().__init__(what, where=where, remedy=remedy)
        self.status = status


class SourceLimited(SourceError):
    """The service asked us to wait (HTTP 429, `Rate exceeded.`)."""

    exit_code = ExitCode.LATER


class ListError(WatchError):
    """One list cannot be read, understood or safely edited; it is not changed."""

    exit_code = ExitCode.PARTLY


class ModelError(WatchError):
    """The language model was not asked, or gave no usable answer; the fallback judged."""

    exit_code = ExitCode.PARTLY


class ModelDenied(ModelError):
    """The model's key is wrong or missing, lacks a permission, or its account has no credit."""

    exit_code = ExitCode.DENIED


class NotificationError(WatchError):
    """People could not be told by a webhook, by mail or in a feed; the work itself is done."""

    exit_code = ExitCode.PARTLY


class ForgeError(WatchError):
    """The forge refused a request or failed."""

    exit_code = ExitCode.PARTLY


class ForgeDenied(ForgeError):
    """The token is wrong or lacks a permission."""

    exit_code = ExitCode.DENIED


class ForgeLimited(ForgeError):
    """The forge's rate limit is used up; the work is deferred, not lost."""

    exit_code = ExitCode.LATER


def os_reason(error: Exception) -> str:
    """What the operating system says went wrong, as a clause; else the error's own words."""
    return getattr(error, "strerror", None) or str(error) or type(error).__name__


def combined_exit_code(problems: Iterable[WatchError], *, something_done: bool = True) -> ExitCode:
    """The exit code of a run in which these problems occurred while the rest went on.

    No problem is `DONE`; problems of one kind keep their own code when that code says
    what to do (`DENIED`, `LATER`, and `CONFIG` unless `something_done`); everything else
    is `PARTLY`.
    """
    codes = {problem.exit_code for problem in problems}
    if not codes:
        return ExitCode.DONE
    if codes == {ExitCode.CONFIG}:
        return ExitCode.PARTLY if something_done else ExitCode.CONFIG
    if codes in ({ExitCode.DENIED}, {ExitCode.LATER}):
        return codes.pop()
    return ExitCode.PARTLY
