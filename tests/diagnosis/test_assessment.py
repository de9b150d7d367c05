"""What measurements mean: table by table."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from medvl_watch.diagnosis.assessment import (
    DiskState,
    HttpAnswer,
    assess_clock,
    assess_disk,
    assess_schedule,
    assess_sources,
    assess_workflows,
)
from medvl_watch.diagnosis.findings import HealthStatus
from medvl_watch.diagnosis.github_access import assess_repository, assess_token
from medvl_watch.ports import SourceHealth
from medvl_watch.records import Receipt

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
OK, WARNING, FAILED, SKIPPED = HealthStatus


def health(source: str, days: float, problem: str = "", *, ever: bool = True) -> SourceHealth:
    """A source whose latest poll was so many days ago."""
    at = NOW - timedelta(days=days)
    receipt = Receipt(source=source, fetched_at=at, received=3)
    return SourceHealth(receipt=receipt, problem=problem, last_good=at if ever else None)


@pytest.mark.parametrize(
    ("disk", "status"),
    [
        pytest.param(DiskState(folder="data", free=10**10), OK, id="enough room"),
        pytest.param(DiskState(folder="data", free=10**8), WARNING, id="nearly full"),
        pytest.param(DiskState(folder="data", free=0, problem="Read-only"), FAILED, id="read-only"),
    ],
)
def test_disk(disk: DiskState, status: HealthStatus) -> None:
    assert assess_disk(disk).status is status


@pytest.mark.parametrize(
    ("minutes", "status"),
    [
        pytest.param(0, OK, id="the same time"),
        pytest.param(-4, OK, id="some minutes behind"),
        pytest.param(12, WARNING, id="minutes ahead"),
        pytest.param(24 * 60, FAILED, id="a day ahead"),
        pytest.param(-24 * 60, FAILED, id="a day behind"),
    ],
)
def test_clock(minutes: int, status: HealthStatus) -> None:
    assert assess_clock(NOW + timedelta(minutes=minutes), NOW).status is status


def test_clock_without_an_answer_is_skipped() -> None:
    assert assess_clock(None, NOW).status is SKIPPED


@pytest.mark.parametrize(
    ("state", "status", "words"),
    [
        pytest.param(health("feed", 0.2), OK, "1 of 1 read", id="read today"),
        pytest.param(health("feed", 0.2, "HTTP 500"), WARNING, "HTTP 500", id="failed once"),
        pytest.param(health("feed", 9, "HTTP 404"), FAILED, "2026-11-21", id="dead for days"),
        pytest.param(health("feed", 1, "no host", ever=False), FAILED, "never", id="never read"),
    ],
)
def test_sources(state: SourceHealth, status: HealthStatus, words: str) -> None:
    (finding,) = assess_sources(["feed"], [state], NOW)
    assert finding.status is status
    assert words in finding.detail


def test_sources_that_were_never_polled_share_one_line() -> None:
    found = list(assess_sources(["a", "b", "c", "d", "e"], [health("a", 0)], NOW))
    assert [each.status for each in found] == [OK, SKIPPED]
    assert "4 of 5 not polled yet (b, c, d …)" in found[1].detail


@pytest.mark.parametrize(
    ("days", "status"),
    [
        pytest.param(0.3, OK, id="today"),
        pytest.param(2, WARNING, id="two days ago"),
        pytest.param(60, FAILED, id="two months ago"),
        pytest.param(-2, FAILED, id="in the future"),
    ],
)
def test_schedule(days: float, status: HealthStatus) -> None:
    assert assess_schedule([health("feed", days)], NOW).status is status


def answer(status: int = 200, headers: dict[str, str] | None = None, **body: object) -> HttpAnswer:
    return HttpAnswer(status=status, headers=headers or {}, body=body)


PUSH = {"push": True}


@pytest.mark.parametrize(
    ("found", "status", "words"),
    [
        pytest.param(
            answer(full_name="a/list", permissions=PUSH), OK, "may write", id="write access"
        ),
        pytest.param(
            answer(full_name="a/list", permissions={"push": False}),
            FAILED,
            "may not write",
            id="read access alone",
        ),
        pytest.param(
            answer(full_name="b/list", permissions=PUSH), WARNING, "renamed to b/list", id="renamed"
        ),
        pytest.param(
            answer(full_name="a/list", archived=True, permissions=PUSH),
            FAILED,
            "archived",
            id="archived",
        ),
        pytest.param(answer(401, message="Bad credentials"), FAILED, "not accept", id="expired"),
        pytest.param(answer(404, message="Not Found"), FAILED, "does not exist", id="not found"),
        pytest.param(
            answer(403, message="Resource protected by organization SAML enforcement."),
            FAILED,
            "single sign-on",
            id="SAML",
        ),
        pytest.param(
            answer(403, {"x-ratelimit-remaining": "0"}, message="API rate limit exceeded"),
            SKIPPED,
            "rate limit",
            id="rate limit",
        ),
        pytest.param(
            answer(403, message="Resource not accessible by personal access token"),
            FAILED,
            "may not see it",
            id="no permission",
        ),
        pytest.param(answer(502), SKIPPED, "502", id="server error"),
        pytest.param(answer(0), SKIPPED, "no answer", id="no network"),
    ],
)
def test_access_to_a_list(found: HttpAnswer, status: HealthStatus, words: str) -> None:
    finding = assess_repository(found, "a/list", lists=True)
    assert finding.status is status
    assert words in finding.detail


def test_the_repository_of_the_digest_needs_issues() -> None:
    found = answer(full_name="a/home", has_issues=False)
    assert "issues are disabled" in assess_repository(found, "a/home", lists=False).detail
    found = answer(full_name="a/home", has_issues=True)
    assert assess_repository(found, "a/home", lists=False).status is OK


@pytest.mark.parametrize(
    ("token", "status"),
    [
        pytest.param("github_pat_11AAAA", OK, id="fine-grained"),
        pytest.param("ghs_16C7e42F292c69", OK, id="of an App"),
        pytest.param("ghp_16C7e42F292c69", WARNING, id="classic"),
        pytest.param("", FAILED, id="missing"),
        pytest.param("github_pat_11AAAA\n", FAILED, id="with a line end"),
    ],
)
def test_token(token: str, status: HealthStatus) -> None:
    finding = assess_token(token, "GITHUB_TOKEN")
    assert finding.status is status
    assert not token or token not in f"{finding.detail} {finding.remedy}"


@pytest.mark.parametrize(
    ("state", "status", "words"),
    [
        pytest.param("active", OK, "1 active", id="active"),
        pytest.param("disabled_inactivity", FAILED, "60 days", id="stopped by GitHub"),
        pytest.param("disabled_fork", FAILED, "fork", id="in a fork"),
        pytest.param("disabled_manually", FAILED, "disabled manually", id="by a person"),
    ],
)
def test_workflows(state: str, status: HealthStatus, words: str) -> None:
    found = answer(workflows=[{"name": "watch", "state": state}])
    finding = assess_workflows(found, "a/home")
    assert finding.status is status
    assert words in finding.detail


def test_workflows_that_cannot_be_seen_are_skipped() -> None:
    assert assess_workflows(answer(403), "a/home").status is SKIPPED
