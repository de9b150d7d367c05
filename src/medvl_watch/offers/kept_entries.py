"""What maintainers made of proposed entries when they merged them: as proposed, or reworded."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from medvl_watch.changes import AlreadyListed
from medvl_watch.lists.paper_matching import identify_entries, match_paper
from medvl_watch.lists.parsing.document import Document
from medvl_watch.offers.outcomes import MOVED_BY_HAND
from medvl_watch.records import Outcome, Record, State

AS_PROPOSED, REWORDED = "as proposed", "reworded"
LATEST = 50
"""How many of the latest merged papers the figure is about."""


class KeptShare(NamedTuple):
    """Of the latest papers of merged pull requests: how many stand in the list as proposed."""

    kept: int
    merged: int


def how_it_was_kept(paper: Record, proposed: Document, merged: Document) -> str:
    """How an accepted paper stands in the list; empty where its proposed entry is not found."""
    before, after = _texts(paper, proposed), _texts(paper, merged)
    if not before:
        return ""
    return AS_PROPOSED if before & after else REWORDED


def _texts(paper: Record, document: Document) -> frozenset[str]:
    identities = identify_entries(document)
    return frozenset(
        " ".join(document.text(entry).split())
        for identity, entry in zip(identities, document.entries, strict=True)
        if isinstance(match_paper(paper, [identity]), AlreadyListed)
    )


def kept_share(history: Iterable[Outcome]) -> KeptShare:
    """The share among the latest papers of which we know it; `history` is oldest first."""
    known = [kept for each in history if (kept := _is_kept(each)) is not None][-LATEST:]
    return KeptShare(kept=sum(known), merged=len(known))


def _is_kept(outcome: Outcome) -> bool | None:
    if not outcome.list_id:
        return None
    if outcome.state is State.REFUSED and outcome.reason.startswith("left out when"):
        return False
    if outcome.state is not State.ACCEPTED:
        return None
    if REWORDED in outcome.reason or MOVED_BY_HAND in outcome.reason:
        return False
    return True if AS_PROPOSED in outcome.reason else None
