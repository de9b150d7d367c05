"""Reads, once a pull request was merged, what the maintainer made of its entries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cache

from medvl_watch.changes import PullState
from medvl_watch.errors import WatchError
from medvl_watch.lists.parsing.decoding import decode
from medvl_watch.lists.parsing.document import Document, parse
from medvl_watch.offers.kept_entries import how_it_was_kept
from medvl_watch.offers.list_context import ListFacts
from medvl_watch.ports import Forge
from medvl_watch.records import Outcome, State


def with_how_kept(
    forge: Forge, facts: ListFacts, decided: Sequence[Outcome]
) -> tuple[Outcome, ...]:
    """The decisions; what is accepted from a merged pull request says how it was kept. Only news
    is looked at, so each pull request is read once."""
    # the latest commit of ours, whatever a person has put on top of it
    merged = {
        each.number: replace(each.pull, head=each.heads[0])
        for each in facts.pulls
        if each.state is PullState.MERGED and each.heads
    }
    papers = {paper.id: paper.facts for paper in facts.papers.values()}

    @cache
    def proposed(number: int) -> Document | None:
        try:
            content = forge.proposed_list(facts.target, merged[number])
            return parse(decode(content, where=facts.target.id)) if content else None
        except WatchError:
            return None  # it is a figure: no run fails for it

    def described(outcome: Outcome) -> Outcome:
        number = outcome.pull_request
        if outcome.state is not State.ACCEPTED or number not in merged or facts.document is None:
            return outcome
        before = proposed(number)
        how = how_it_was_kept(papers[outcome.paper_id], before, facts.document) if before else ""
        return replace(outcome, reason=f"{outcome.reason}, {how}") if how else outcome

    return tuple(map(described, decided))
