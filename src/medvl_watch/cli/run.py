"""`medvl-watch run`: poll, judge and publish, once."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import click

from medvl_watch.changes import Action
from medvl_watch.cli.exam_taking import ensure_exam
from medvl_watch.cli.options import config_option, dry_run_option, examples, json_option
from medvl_watch.cli.output import counted, nearby, plural, progress, say, say_json, warn
from medvl_watch.cli.session import Session, session
from medvl_watch.cli.settings_files import is_demonstration
from medvl_watch.errors import ExitCode, WatchError, combined_exit_code
from medvl_watch.offers.next_step import Step
from medvl_watch.pipeline.polling import PollReport, poll
from medvl_watch.pipeline.publishing import ListReport, publish
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


@click.command(
    epilog=examples(
        "medvl-watch run",
        "medvl-watch run --dry-run",
        "medvl-watch run --only poll      read and judge; needs no token",
        "medvl-watch run --only publish   open or update pull requests; needs no feed",
        "medvl-watch run --rejudge        once, after a change of model or taxonomy",
        "medvl-watch run --json | jq .lists",
    )
)
@config_option
@click.option(
    "--only", type=click.Choice(["poll", "publish"]), help="Do only this half of the work."
)
@click.option("--rejudge", is_flag=True, help="Judge referred, rejected and waiting papers again.")
@dry_run_option
@json_option
def command(
    config: Path | None, only: str | None, *, rejudge: bool, dry_run: bool, as_json: bool
) -> ExitCode:
    """Poll the sources, judge what is new, and open or update the pull requests.

    A second run without new papers changes nothing. Failures are reported and retried on the
    next run; everything else continues.

    A new model or taxonomy judges only new papers. With --rejudge, earlier papers are judged
    again, except those that a person accepted, refused or is looking at. The limit of reviewer
    minutes per week still holds, and a refused paper never comes back.
    """
    if rejudge and only == "publish":
        raise click.UsageError("--rejudge is a part of polling, so not of --only publish.")
    polls_only = only == "poll"
    judges = not dry_run and only != "publish"
    with progress() as report_step:
        no_exam = ensure_exam(config, report_step) if judges else None
    with session(config, dry_run=dry_run, polls_only=polls_only) as work, progress() as report_step:
        polled = PollReport()
        lists: tuple[ListReport, ...] = ()
        if only != "publish":
            polled = poll(work.parts, work.window, work.now, report_step, rejudge=rejudge)
        if not polls_only:
            lists = publish(work.parts, work.now, report_step)
    problems = [*filter(None, [no_exam]), *work.problems, *polled.problems]
    problems += [report.problem for report in lists if report.problem]
    done = _RunResult(polled, lists, problems)
    if as_json:
        say_json({**_as_json(done), "spent": work.judge.usage_summary})
    else:
        _print_report(work, done, only=only, dry_run=dry_run)
    warn(problems)
    return done.exit_code


class _RunResult(NamedTuple):
    """What a run came to."""

    polled: PollReport
    lists: tuple[ListReport, ...]
    problems: Sequence[WatchError]

    @property
    def exit_code(self) -> ExitCode:
        """A run in which no source and no list could be read has done nothing."""
        done = bool(self.polled.receipts) or any(report.step for report in self.lists)
        return combined_exit_code(self.problems, something_done=done)

    @property
    def changed(self) -> bool:
        """Whether there are pull requests to look at."""
        return any(r.published and r.published.action is not Action.NONE for r in self.lists)

    @property
    def news(self) -> bool:
        return (
            self.changed
            or self.polled.fresh + self.polled.changed > 0
            or any(r.states for r in self.lists)
        )


def _print_report(work: Session, done: _RunResult, *, only: str | None, dry_run: bool) -> None:
    if is_demonstration(work.config):
        say("This is the demonstration: recorded feeds in, pull requests on this machine out.")
    if only != "publish":
        _print_sources(done.polled)
        if work.judge.usage_summary:
            say(work.judge.usage_summary)
    for report in done.lists:
        say(_list_line(report))
        if report.published and report.published.address:
            say(f"    {nearby(report.published.address)}")
    if not done.news and done.problems:
        say("Nothing new was found, but not everything could be read.")
    elif not done.news:
        say("Nothing is new; nothing was written.")
    elif dry_run:
        say("This was a dry run: nothing was written.")
    elif done.changed:
        say("Look closer with `medvl-watch prs`, `medvl-watch prs diff LIST`, and at the digest"
            " with `medvl-watch digest`.")  # fmt: skip


def _print_sources(polled: PollReport) -> None:
    for receipt in polled.receipts:
        claimed = "" if receipt.claimed is None else f" of {receipt.claimed}"
        clauses = [one for one in (receipt.detail, receipt.silence) if one]
        detail = f" ({'; '.join(clauses)})" if clauses else ""
        say(f"{receipt.source}: {receipt.received}{claimed} records{detail}")
    decisions = {f"to {decision}": count for decision, count in polled.decisions.items()}
    judged = f"; judged: {counted(decisions)}" if any(decisions.values()) else ""
    say(f"{plural(polled.records, 'record')}, {plural(polled.fresh, 'new paper')}{judged}"
        f"{_waiting(polled.waiting)}")  # fmt: skip
    if polled.rejudged:
        papers = plural(polled.rejudged, "paper")
        say(f"{papers} judged again; the decision changed for {polled.changed}")


def _waiting(number: int) -> str:
    """The clause about papers for which this week has no review time left."""
    return f"; {number} deferred: this week's review time is used up" if number else ""


def _list_line(report: ListReport) -> str:
    if report.problem and not report.step:
        return f"{report.list_id}: failed; the next run tries again"
    states = counted({state.value: report.states.get(state.value, 0) for state in SHOWN})
    if report.published is None:
        reason = "" if states and report.step == Step.NOTHING else report.reason
        words = "; ".join(filter(None, (reason, states)))
        return f"{report.list_id}: {words}{_waiting(report.waiting)}"
    number = f" {report.published.number}" if report.published.number else ""
    return (
        f"{report.list_id}: {report.published.action} pull request{number}: {states}"
        f"{_waiting(report.waiting)}"
    )


def _as_json(done: _RunResult) -> dict[str, Any]:
    polled = done.polled
    return {
        "sources": [
            {
                "source": receipt.source,
                "received": receipt.received,
                "claimed": receipt.claimed,
                "new": receipt.new,
                "complete": receipt.complete,
                "silence": receipt.silence,
                "alarm": receipt.alarm,
                "fetched_at": receipt.fetched_at.isoformat(),
            }
            for receipt in polled.receipts
        ],
        "records": polled.records,
        "new_papers": polled.fresh,
        "decisions": dict(polled.decisions),
        "waiting_for_time": polled.waiting,
        "rejudged": {"papers": polled.rejudged, "changed": polled.changed},
        "lists": [_list_as_json(report) for report in done.lists],
        "problems": [str(problem) for problem in done.problems],
        "exit_code": int(done.exit_code),
    }


def _list_as_json(report: ListReport) -> dict[str, Any]:
    published = report.published
    return {
        "list": report.list_id,
        "step": report.step,
        "reason": report.reason,
        "states": dict(report.states),
        "waiting_for_time": report.waiting,
        "action": published.action.value if published else "none",
        "pull_request": published.number if published else None,
        "address": published.address if published else None,
        "problem": str(report.problem) if report.problem else None,
    }
