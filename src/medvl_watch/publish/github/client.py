"""The connection to GitHub, which waits between requests, and the translation of its errors.

PyGithub (2.10, `GithubRetry.py`) by itself repeats a POST after a 502, and GitHub may have done it
the first time: two pull requests. So only GET is repeated here. It also takes a 307 for success
(`Requester.py` follows 301 and, where asked, 302; GitHub sends all three,
https://docs.github.com/rest/using-the-rest-api/best-practices-for-using-the-rest-api#follow-redirects),
waits up to an hour for a rate limit, and lets exceptions of `requests` through.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, field

import github
import requests
from github.Auth import Token
from github.GithubException import BadAttributeException

from medvl_watch.errors import ForgeDenied, ForgeError, ForgeLimited
from medvl_watch.publish.characters import clean
from medvl_watch.publish.github.turns import GitHubTurns
from medvl_watch.redaction import redact

PUBLIC_API = "https://api.github.com"


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestLimits:
    """Pauses and time limits in seconds. The pauses are those that GitHub asks of integrators
    (https://docs.github.com/rest/using-the-rest-api/best-practices-for-using-the-rest-api:
    requests one after the other, a second between two that write); `longest_wait` is how long
    a request waits for a rate limit before the work is deferred to a later run."""

    between_reads: float = 0.25
    between_writes: float = 1.0
    longest_wait: float = 120
    timeout: int = 15
    retries: int = 3
    backoff: float = 2


class ForgeUncertain(ForgeError):
    """No answer, or a server's error: GitHub may or may not have done what was asked."""


def connect(token: str, base_url: str, limits: RequestLimits) -> github.Github:
    """A client that repeats reading, and nothing else."""
    retry = github.GithubRetry(
        total=limits.retries,
        allowed_methods={"GET", "HEAD"},
        status_forcelist=[500, 502, 503, 504],
        backoff_factor=limits.backoff,
        secondary_rate_wait=min(60, limits.longest_wait),
        max_rate_limit_wait=limits.longest_wait,
        retry_after_max=int(limits.longest_wait),
    )
    return github.Github(
        auth=Token(token),
        base_url=base_url,
        timeout=limits.timeout,
        per_page=100,
        user_agent="medvl-watch",
        retry=retry,
        seconds_between_requests=limits.between_reads,
        seconds_between_writes=limits.between_writes,
    )


@dataclass(frozen=True, slots=True)
class GitHubErrors:
    """Turns what PyGithub raises into errors that name the place and what to do.

    `secret` never appears in a message. Requests are made in `turns` with other workers.
    """

    where: str
    secret: str
    turns: GitHubTurns = field(default_factory=GitHubTurns)
    limits: RequestLimits = field(default_factory=RequestLimits)

    @contextlib.contextmanager
    def translated(self, doing: str, permission: str) -> Iterator[None]:
        """While `doing` something that needs `permission` (`contents: write`)."""
        writes = permission.endswith("write")
        gap = self.limits.between_writes if writes else self.limits.between_reads
        try:
            with self.turns.turn(gap):
                yield
        except github.GithubException as error:
            raise self._of_answer(error, doing, permission) from error
        except requests.exceptions.RetryError as error:
            raise self._of_retries(error, doing) from error
        except requests.exceptions.RequestException as error:
            kind = type(error).__name__
            raise self._error(
                ForgeUncertain, f"{doing} failed: GitHub did not answer ({kind})", "try again later"
            ) from error
        # PyGithub looks into an answer without asking first whether it is what it should be
        except (
            BadAttributeException,
            ValueError,
            AssertionError,
            AttributeError,
            TypeError,
            LookupError,
        ) as error:
            raise self._error(
                ForgeError, f"{doing} failed: GitHub's answer makes no sense", "try again later"
            ) from error

    def _of_answer(self, error: github.GithubException, doing: str, permission: str) -> ForgeError:
        status, message = error.status, message_of(error)
        # 403 or 429: https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api.
        # PyGithub knows the first alone.
        if isinstance(error, github.RateLimitExceededException) or status == 429:
            return self._error(ForgeLimited, f"{doing} was deferred: {message}", "try again later")
        if status == 401:
            return self._error(
                ForgeDenied, "GitHub does not accept the token", "give one that has not expired"
            )
        if status == 403 and "archived" in message.lower():
            return self._error(ForgeError, f"{doing} failed: the repository is archived", "")
        if status == 403:
            return self._error(
                ForgeDenied,
                f"the token may not do this: {doing} ({message})",
                f"give it the permission {permission}",
            )
        # GitHub says 404, too, of what a token may not see:
        # https://docs.github.com/rest/using-the-rest-api/troubleshooting-the-rest-api
        if status == 404:
            return self._error(
                ForgeDenied,
                f"{doing} failed: it was not found, or the token may not see it",
                f"correct the name, or give the token {permission}",
            )
        kind = ForgeUncertain if status >= 500 else ForgeError
        return self._error(kind, f"{doing} failed: GitHub answered {status}, {message}", "")

    def _of_retries(self, error: requests.exceptions.RetryError, doing: str) -> ForgeError:
        limited = any(code in str(error) for code in ("403 error", "429 error"))
        kind = ForgeLimited if limited else ForgeUncertain
        cause = "its rate limit" if limited else "errors of its own"
        return self._error(
            kind, f"{doing} was deferred: GitHub kept answering with {cause}", "try again later"
        )

    def _error(self, kind: type[ForgeError], what: str, remedy: str) -> ForgeError:
        return kind(self.redacted(what), where=self.where, remedy=remedy)

    def redacted(self, text: str) -> str:
        """The text without the token."""
        return redact(text, self.secret)


def message_of(error: github.GithubException) -> str:
    """GitHub's own words: its message and those of the single errors."""
    data = error.data if isinstance(error.data, dict) else {}
    errors = data.get("errors")
    single = errors if isinstance(errors, list) else []
    words = [str(data.get("message") or "no reason given")]
    words += [str(each.get("message", "")) for each in single if isinstance(each, dict)]
    return clean("; ".join(filter(None, words)), 300).text.rstrip(".")
