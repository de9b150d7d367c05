"""What people decided about the papers that the bot has seen, as the ledger records it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from medvl_watch.offers.outcomes import SectionMove, section_moves
from medvl_watch.ports import Ledger
from medvl_watch.records import Outcome, Paper, State

_ON_A_LIST = frozenset({State.ACCEPTED, State.DUPLICATE})
"""States of a paper that stands on a list."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperDecisions:
    """What people did with the papers of a ledger, and all that it has seen.

    `taken` is what a list holds, `refused` what was refused wherever it was offered,
    `waiting` what people have not decided. `moved` are entries that people put elsewhere;
    their new sections speak from the lists themselves.
    """

    seen: Sequence[Paper] = ()
    taken: Sequence[Paper] = ()
    refused: Sequence[Paper] = ()
    waiting: Sequence[Paper] = ()
    moved: Sequence[SectionMove] = ()


def decisions_in(ledger: Ledger) -> PaperDecisions:
    """What people decided so far: one list that took a paper outvotes all that refused it, and
    one that may still take it leaves it undecided."""
    latest_outcomes = ledger.latest_outcomes(states=frozenset(State) - {State.REJECTED})
    taken = {each.paper_id for each in latest_outcomes if each.state in _ON_A_LIST}
    waiting = {each.paper_id for each in latest_outcomes if _waits(each)} - taken
    refused = {each.paper_id for each in latest_outcomes if each.state is State.REFUSED}
    refused -= taken | waiting
    seen = ledger.papers()
    return PaperDecisions(
        seen=seen,
        taken=[paper for paper in seen if paper.id in taken],
        refused=[paper for paper in seen if paper.id in refused],
        waiting=[paper for paper in seen if paper.id in waiting],
        moved=section_moves(ledger.history(states=(State.PROPOSED, State.ACCEPTED))),
    )


def _waits(outcome: Outcome) -> bool:
    """Whether people have it before them, or will; one that nobody judged is on no list."""
    shown = {State.PROPOSED, State.REFERRED}
    return outcome.state in shown or (outcome.state is State.DEFERRED and bool(outcome.list_id))
