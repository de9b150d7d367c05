"""From what is decided about papers to the rows of a pull request's description."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from medvl_watch.changes import Edit
from medvl_watch.classify.routing import Route
from medvl_watch.offers.consideration import JudgedPaper
from medvl_watch.offers.reviewer_time import week_of
from medvl_watch.publish.messages import Option, ProposalItem, ReferredItem
from medvl_watch.records import Outcome, State


def proposal_items(edit: Edit, judged: Mapping[str, JudgedPaper]) -> tuple[ProposalItem, ...]:
    """The papers that an edit adds."""
    return tuple(
        ProposalItem(
            paper=judged[placement.paper_id].paper,
            verdict=judged[placement.paper_id].verdict,
            placement=placement,
        )
        for placement in edit.placed
    )


def referred_items(
    outcomes: Iterable[Outcome],
    judged: Mapping[str, JudgedPaper],
    unsure: Mapping[str, Route],
    drafts: Mapping[str, str],
    asked: Mapping[str, date],
) -> tuple[ReferredItem, ...]:
    """The papers that a maintainer should decide on; `unsure` are the routes of those that
    only lack a sure section, `drafts` the entries as they would be written, `asked` the weeks in
    which the maintainer was first asked."""
    return tuple(
        ReferredItem(
            paper=judged[each.paper_id].paper,
            verdict=judged[each.paper_id].verdict,
            reason=unsure[each.paper_id].short_doubt if each.paper_id in unsure else each.reason,
            draft=drafts.get(each.paper_id, ""),
            options=_options(unsure[each.paper_id]) if each.paper_id in unsure else (),
            asked=asked.get(each.paper_id, week_of(each.at).date()),
        )
        for each in sorted(outcomes, key=lambda each: each.paper_id)
        if each.state is State.REFERRED and each.paper_id in judged
    )


def _options(route: Route) -> tuple[Option, ...]:
    return tuple(
        Option(path=each.path, shown=route.display_path(each), score=each.score)
        for each in route.candidates
    )
