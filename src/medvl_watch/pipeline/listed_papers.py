"""What a pull request says of papers that its list holds: entries to complete, and news."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from medvl_watch.offers import outcomes
from medvl_watch.offers.completions import EntryCompletion, completions, room_this_week
from medvl_watch.offers.list_context import ListContext, ListFacts
from medvl_watch.offers.list_news import (
    FOR_THE_MAINTAINER,
    PaperNews,
    news_of,
    news_of_week,
)
from medvl_watch.offers.list_plan import ListPlan, Trial
from medvl_watch.pipeline.parts import PipelineParts
from medvl_watch.records import EventKind


def completions_of_week(
    parts: PipelineParts, facts: ListFacts, trial: Trial, now: datetime
) -> Sequence[EntryCompletion]:
    """The entries to complete in the same pull request as the papers of the trial."""
    if not facts.target.completes or not trial.placed:
        return ()
    latest = parts.ledger.latest_outcomes(list_id=facts.target.id, states=outcomes.ON_THE_LIST)
    ids = dict.fromkeys((*(each.paper_id for each in latest), *trial.already_listed))
    listed = parts.ledger.papers(ids)
    return completions(listed, facts, room_this_week(facts.pulls, parts.limits.completions, now))


def news_for_maintainer(
    parts: PipelineParts, facts: ListFacts, context: ListContext, plan: ListPlan
) -> Sequence[PaperNews]:
    """What happened to papers on the list, a few pieces a week. Of a new title nothing is said
    where the entry gets it."""
    latest = parts.ledger.latest_outcomes(list_id=facts.target.id, states=outcomes.ON_THE_LIST)
    papers = parts.ledger.papers({each.paper_id for each in latest})
    renamed = {each.paper.id for each in plan.completed if "title" in each.added}
    news = news_of_week(news_of(papers, FOR_THE_MAINTAINER), context.now)
    return [
        each
        for each in news
        if each.event.kind is not EventKind.RENAMED or each.paper.id not in renamed
    ]
