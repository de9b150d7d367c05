"""What a run did, shown at a terminal, as JSON, and in the step summary of a workflow."""

from __future__ import annotations

from pathlib import Path

from medvl_watch.changes import Action
from medvl_watch.cli.output import counted, nearby, plural, say
from medvl_watch.errors import ConfigError, os_reason
from medvl_watch.offers.next_step import Step
from medvl_watch.pipeline.run_report import ListLine, RunReport
from medvl_watch.pipeline.run_summary import run_summary
from medvl_watch.records import State

SHOWN = (
    State.PROPOSED,
    State.DEFERRED,
    State.REFERRED,
    State.DUPLICATE,
    State.ACCEPTED,
    State.REFUSED,
)
"""The states that the line of a list counts; papers outside its scope are not news."""


def print_run(report: RunReport, *, is_demonstration: bool) -> None:
    """The report for a person, a line per source and list."""
    if is_demonstration:
        say("This is the demonstration: recorded feeds in, pull requests on this machine out.")
    if report.job != "publish":
        _print_sources(report)
        if report.spent:
            say(report.spent)
    for line in report.lists:
        say(list_words(line))
        if line.action != Action.NONE and line.address:
            say(f"    {nearby(line.address)}")
    if report.dashboard and report.dashboard.action != Action.NONE and report.dashboard.address:
        say(f"dashboard: {report.dashboard.action}\n    {nearby(report.dashboard.address)}")
    _print_end(report)


def _print_end(report: RunReport) -> None:
    has_changed = any(line.action != Action.NONE for line in report.lists)
    is_news = (
        has_changed
        or report.new_papers + report.rejudged.changed > 0
        or any(line.states for line in report.lists)
    )
    if not is_news and report.problems:
        say("Nothing new was found, but not everything could be read.")
    elif not is_news:
        say("Nothing is new; nothing was written.")
    elif report.dry_run:
        say("This was a dry run: nothing was written.")
    elif has_changed:
        say("Look closer with `medvl-watch prs`, `medvl-watch prs diff LIST`, and at the digest"
            " with `medvl-watch digest`.")  # fmt: skip


def _print_sources(report: RunReport) -> None:
    for line in report.sources:
        claimed = "" if line.claimed is None else f" of {line.claimed}"
        clauses = [one for one in (line.detail, line.silence) if one]
        detail = f" ({'; '.join(clauses)})" if clauses else ""
        say(f"{line.source}: {line.received}{claimed} records{detail}")
    decisions = {f"to {decision}": count for decision, count in report.decisions.items()}
    judged = f"; judged: {counted(decisions)}" if any(decisions.values()) else ""
    say(f"{plural(report.records, 'record')}, {plural(report.new_papers, 'new paper')}{judged}"
        f"{_waiting(report.waiting_for_time)}")  # fmt: skip
    if report.rejudged.papers:
        papers = plural(report.rejudged.papers, "paper")
        say(f"{papers} judged again; the decision changed for {report.rejudged.changed}")


def _waiting(number: int) -> str:
    """The clause about papers for which this week has no review time left."""
    return f"; {number} deferred: this week's review time is used up" if number else ""


def list_words(line: ListLine) -> str:
    """One line on a list: the pull request, and its papers by state."""
    if line.problem and not line.step:
        return f"{line.list}: failed; the next run tries again"
    states = counted({state.value: line.states.get(state.value, 0) for state in SHOWN})
    if not line.was_published:
        reason = "" if states and line.step == Step.NOTHING else line.reason
        words = "; ".join(filter(None, (reason, states)))
        return f"{line.list}: {words}{_waiting(line.waiting_for_time)}"
    number = f" {line.pull_request}" if line.pull_request else ""
    waiting = _waiting(line.waiting_for_time)
    return f"{line.list}: {line.action} pull request{number}: {states}{waiting}"


def add_summary(path: Path, report: RunReport) -> None:
    """Add the report as Markdown to the end of a file. Raises ConfigError if that fails."""
    try:
        with path.open("a", encoding="utf-8") as file:
            file.write(run_summary(report))
    except OSError as error:
        raise ConfigError(
            f"the summary cannot be written ({os_reason(error)})",
            where=str(path),
            remedy="name a file in a folder that exists",
        ) from error
