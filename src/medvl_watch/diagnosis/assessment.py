"""Decides what measurements mean: pure functions from numbers, dates and answers to findings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from medvl_watch.diagnosis.findings import HealthFinding, failed, passed, skipped, warned
from medvl_watch.ports import SourceHealth

LEAST_FREE = 200_000_000
"""Bytes. A ledger of 100,000 papers takes about half of it."""
CLOCK_WARNING = timedelta(minutes=5)
CLOCK_FAILURE = timedelta(hours=6)
"""From here on, windows of sources and weeks of digests are shifted noticeably."""
LATE = timedelta(hours=36)
"""Without a poll for so long, at least three turns of the default schedule were missed."""
DEAD = timedelta(days=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class DiskState:
    """`free` in bytes; `problem` is why nothing can be written, or empty."""

    folder: str
    free: int
    problem: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpAnswer:
    """An answer over HTTP, as far as health checks need it.

    `status` is 0 where no answer came, and `problem` says why. `headers` have lower-case names;
    `body` is the decoded JSON object, empty where there was none.
    """

    status: int
    headers: Mapping[str, str]
    body: Mapping[str, object]
    problem: str = ""
    address: str = ""


def assess_disk(disk: DiskState) -> HealthFinding:
    if disk.problem:
        return failed(
            "disk",
            f"{disk.folder} cannot be written ({disk.problem})",
            "make it writable, or name another folder as `state`",
        )
    free = f"{disk.free / 1e9:.1f} GB free in {disk.folder}"
    if disk.free < LEAST_FREE:
        return warned("disk", free, "free at least 200 MB")
    return passed("disk", free)


def assess_clock(server: datetime | None, now: datetime) -> HealthFinding:
    """Compare the clock with the `Date` of a server's answer (RFC 9110, section 6.6.1)."""
    if server is None:
        return skipped("clock", "no server answered, so there is nothing to compare with")
    difference = abs(server - now)
    minutes = round(difference.total_seconds() / 60)
    detail = f"differs from the server's by {minutes} min"
    remedy = "set the clock of this machine, for example with NTP"
    if difference >= CLOCK_FAILURE:
        return failed("clock", detail, remedy)
    if difference >= CLOCK_WARNING:
        return warned("clock", detail, remedy)
    return passed("clock", "agrees with the server's")


def assess_sources(
    names: Sequence[str], health: Sequence[SourceHealth], now: datetime
) -> Iterator[HealthFinding]:
    """The sources by their latest polls in the ledger: one finding per source with a problem, and
    one each for those that are fine and those that were never polled."""
    found = {each.receipt.source: each for each in health}
    problems = [
        finding
        for name in names
        if name in found and (finding := _source_problem(name, found[name], now))
    ]
    yield from problems
    fine = sum(name in found for name in names) - len(problems)
    if fine:
        yield passed("sources", f"{fine} of {len(names)} read in their last poll")
    if missing := [name for name in names if name not in found]:
        shown = ", ".join(missing[:3]) + (" …" if len(missing) > 3 else "")
        yield skipped("sources", f"{len(missing)} of {len(names)} not polled yet ({shown})")


def _source_problem(name: str, health: SourceHealth, now: datetime) -> HealthFinding | None:
    check, remedy = f"source {name}", "look at its address in a browser; correct or disable it"
    if health.last_good is None:
        return failed(check, f"was never read: {health.problem}", remedy)
    if now - health.last_good > DEAD:
        reason = health.problem or "no poll since"
        return failed(check, f"last read on {health.last_good:%Y-%m-%d}: {reason}", remedy)
    if health.problem:
        later = "wait for the next run; it reads the same window again"
        return warned(check, f"the last poll failed: {health.problem}", later)
    return None


def assess_schedule(health: Sequence[SourceHealth], now: datetime) -> HealthFinding:
    """Whether runs happen: by the latest poll of any source."""
    polls = [each.receipt.fetched_at for each in health]
    if not polls:
        return skipped("schedule", "no run yet")
    last = max(polls)
    if last > now + CLOCK_WARNING:
        return failed(
            "schedule",
            f"the last run is in the future ({last:%Y-%m-%d %H:%M} UTC)",
            "set the clock of this machine; then run `medvl-watch run`",
        )
    detail = f"last run on {last:%Y-%m-%d %H:%M} UTC"
    if now - last > DEAD:
        return failed("schedule", detail, "start `medvl-watch serve`, or enable the workflow")
    if now - last > LATE:
        return warned("schedule", detail, "see whether `medvl-watch serve` or the workflow runs")
    return passed("schedule", detail)


def assess_workflows(answer: HttpAnswer, repository: str) -> HealthFinding:
    """Scheduled workflows of the home repository. GitHub disables them after 60 days without
    activity in a public repository, and in forks
    (https://docs.github.com/actions/managing-workflow-runs/disabling-and-enabling-a-workflow)."""
    check = "workflows"
    if answer.status != 200:
        return skipped(check, f"not visible in {repository} ({answer.status or answer.problem})")
    states = {}
    workflows = answer.body.get("workflows")
    for each in workflows if isinstance(workflows, list) else ():
        if isinstance(each, dict):
            states[str(each.get("name", ""))] = str(each.get("state", ""))
    stopped = {name: state for name, state in states.items() if state != "active"}
    for name, state in stopped.items():
        why = {
            "disabled_inactivity": "disabled by GitHub after 60 days without activity",
            "disabled_fork": "disabled because the repository is a fork",
        }.get(state, state.replace("_", " "))
        return failed(
            check,
            f"{name} is {why}",
            f"enable it on https://github.com/{repository}/actions",
        )
    if not states:
        return skipped(check, f"{repository} has none")
    return passed(check, f"{len(states)} active in {repository}")
