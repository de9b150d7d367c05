"""Decides what a token may do, from GitHub's answers about repositories."""

from __future__ import annotations

from medvl_watch.diagnosis.assessment import HttpAnswer
from medvl_watch.diagnosis.findings import HealthFinding, failed, passed, skipped, warned

_SLOW = frozenset({403, 429})
_REFUSALS = {
    401: ("GitHub does not accept the token", "give one that has not expired"),
    403: ("the token may not see it", "give the token access to it, with metadata: read"),
    404: (
        "it does not exist, or the token may not see it",
        "correct the name, or give the token access to it",
    ),
}
"""GitHub answers 404 also for what a token may not see
(https://docs.github.com/rest/using-the-rest-api/troubleshooting-the-rest-api)."""
_SINGLE_SIGN_ON = (
    "its organization requires single sign-on (SAML) for the token",
    "authorize the token for the organization in your GitHub settings",
)


def assess_token(token: str, variable: str) -> HealthFinding:
    """What kind of token it is, by the prefixes that GitHub documents
    (https://docs.github.com/authentication/keeping-your-account-and-data-secure/about-authentication-to-github#githubs-token-formats)."""
    if not token:
        return failed(
            "token",
            f"the environment variable {variable} is not set",
            "set it to a fine-grained token, or to the token of a GitHub App",
        )
    if token != token.strip() or not token.isascii() or not token.isprintable():
        return failed(
            "token",
            f"{variable} has blanks or characters that no token has",
            "copy the token again, without quotes and line ends",
        )
    if token.startswith("github_pat_"):
        return passed("token", "a fine-grained token")
    if token.startswith("ghs_"):
        return passed("token", "a token of a GitHub App or of a workflow")
    if token.startswith(("ghp_", "gho_")):
        return warned(
            "token",
            "a classic token, which may write to every repository of its owner",
            "use a fine-grained token with contents and pull requests of the lists",
        )
    return passed("token", "a token of an unknown kind")


def assess_repository(answer: HttpAnswer, repository: str, *, lists: bool) -> HealthFinding:
    """Whether the token's owner may write to a repository: to its contents and pull requests for
    one with `lists`, else to its issues. What a fine-grained token itself may do is not told by
    GitHub before the first write; the first write names what is missing."""
    check = f"access to {repository}"
    if problem := _refusal(answer, repository):
        return problem
    body = answer.body
    name = str(body.get("full_name", repository))
    if name.lower() != repository.lower():
        return warned(check, f"it was renamed to {name}", f"write {name} in the configuration")
    if body.get("archived") is True:
        return failed(check, "it is archived", "unarchive it, or remove its list")
    if not lists and body.get("has_issues") is False:
        return failed(check, "issues are disabled there", "enable issues, or name another one")
    permissions = body.get("permissions")
    may_push = isinstance(permissions, dict) and permissions.get("push") is True
    if lists and not may_push:
        return failed(
            check,
            "the token's owner may not write to it",
            "give the owner write access, and the token contents and pull requests: write",
        )
    return passed(check, "its owner may write" if may_push else "visible")


def _refusal(answer: HttpAnswer, repository: str) -> HealthFinding | None:
    """The finding for an answer that is not a repository."""
    check = f"access to {repository}"
    message = str(answer.body.get("message", ""))[:200]
    if answer.status == 200:
        return None
    if answer.status == 0:
        return skipped(check, f"no answer ({answer.problem})")
    if answer.status in _SLOW and _is_rate_limit(answer, message):
        return skipped(check, "GitHub's rate limit is used up; check again later")
    if answer.status == 403 and ("saml" in message.lower() or "x-github-sso" in answer.headers):
        detail, remedy = _SINGLE_SIGN_ON
    elif answer.status in _REFUSALS:
        detail, remedy = _REFUSALS[answer.status]
    else:
        return skipped(check, f"GitHub answered {answer.status}; check again later")
    return failed(check, detail, remedy)


def _is_rate_limit(answer: HttpAnswer, message: str) -> bool:
    """https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api"""
    return (
        answer.status == 429
        or answer.headers.get("x-ratelimit-remaining") == "0"
        or "rate limit" in message.lower()
    )
