"""The dashboard: from the ledger and what a run saw of the lists to an issue."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from medvl_watch.changes import Published, Target
from medvl_watch.errors import WatchError
from medvl_watch.offers.kept_entries import kept_share
from medvl_watch.pipeline.list_reports import ListReport
from medvl_watch.pipeline.parts import PipelineParts, as_watch_error
from medvl_watch.pipeline.workers import recording
from medvl_watch.publish import dashboard_boxes
from medvl_watch.publish.dashboard import (
    KEY,
    MOST_REFUSED,
    ListStanding,
    RefusedPaper,
    dashboard_message,
)
from medvl_watch.records import Outcome, State

_COUNTED = frozenset(
    {State.PROPOSED, State.REFERRED, State.DEFERRED, State.ACCEPTED, State.REFUSED}
)


def update_dashboard(
    parts: PipelineParts, reports: Sequence[ListReport]
) -> tuple[Published | None, WatchError | None]:
    """Write the dashboard after a run that brought the lists up to date; None where none is
    wanted, or no list could be read. What cannot be written is a problem, and the run goes on."""
    nothing_known = reports and not any(each.step for each in reports)
    if not parts.dashboard_title or nothing_known:
        return None, None
    try:
        with recording(parts.locks, "the dashboard"):
            return _update(parts, reports), None
    except Exception as error:  # noqa: BLE001 - the lists are up to date without it
        return None, as_watch_error(error, "dashboard")


def _update(parts: PipelineParts, reports: Sequence[ListReport]) -> Published:
    by_list = {each.list_id: each for each in reports}
    bodies = [each.body for each in parts.forge.issues(KEY)][:1]
    taken_back = dashboard_boxes.undone(bodies[0]) if bodies else {}
    standings = [_standing(parts, each, by_list.get(each.id)) for each in parts.targets]
    issue = dashboard_message(
        standings,
        refused=[
            refused
            for target in parts.targets
            for refused in _refused(parts, target, by_list.get(target.id), taken_back)
        ],
        undone=_undone(parts, taken_back),
        problems=[
            f"{each.receipt.source}: {each.problem}" for each in parts.ledger.receipts()
            if each.problem
        ],
        title=parts.dashboard_title,
    )  # fmt: skip
    return parts.forge.ensure_issue(issue)


def _standing(parts: PipelineParts, target: Target, report: ListReport | None) -> ListStanding:
    latest = parts.ledger.latest_outcomes(list_id=target.id, states=_COUNTED)
    counts = Counter(each.state for each in latest)
    history = parts.ledger.history(list_id=target.id, states={State.ACCEPTED, State.REFUSED})
    return ListStanding(
        target=target,
        open_pulls=report.open_pulls if report else (),
        proposed=counts[State.PROPOSED],
        to_decide=counts[State.REFERRED],
        waiting=counts[State.DEFERRED],
        accepted=counts[State.ACCEPTED],
        refused=counts[State.REFUSED],
        kept=kept_share(history),
        problem=str(report.problem) if report and report.problem else "",
    )


def _refused(
    parts: PipelineParts,
    target: Target,
    report: ListReport | None,
    taken_back: Mapping[str, Mapping[str, int]],
) -> list[RefusedPaper]:
    """The latest papers that the list refused in pull requests that have ended, or in digests; in
    an open one, its own box says it."""
    is_open = {each.number for each in report.open_pulls} if report else set()
    latest = parts.ledger.latest_outcomes(list_id=target.id, states={State.REFUSED})
    gone = taken_back.get(target.id, {})
    shown = [
        each
        for each in sorted(latest, key=lambda each: (each.at, each.paper_id), reverse=True)
        if each.pull_request not in is_open
        and (each.pull_request or 0) > gone.get(each.paper_id, -1)
    ]
    return _with_papers(parts, shown[:MOST_REFUSED])


def _undone(
    parts: PipelineParts, taken_back: Mapping[str, Mapping[str, int]]
) -> list[RefusedPaper]:
    papers = {
        paper.id: paper
        for paper in parts.ledger.papers({key for each in taken_back.values() for key in each})
    }
    return [
        RefusedPaper(paper=papers[key], list_id=list_id, number=number, reason="")
        for list_id, of_list in sorted(taken_back.items())
        for key, number in sorted(of_list.items())
        if key in papers
    ]


def _with_papers(parts: PipelineParts, outcomes: Iterable[Outcome]) -> list[RefusedPaper]:
    found = list(outcomes)
    papers = {paper.id: paper for paper in parts.ledger.papers({each.paper_id for each in found})}
    return [
        RefusedPaper(
            paper=papers[each.paper_id],
            list_id=each.list_id,
            number=each.pull_request or 0,
            reason=each.reason,
        )
        for each in found
        if each.paper_id in papers
    ]
