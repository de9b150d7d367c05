"""Reads a list, our pull requests on it, and their state in the ledger."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from medvl_watch.changes import PullRequest, Snapshot, Target
from medvl_watch.errors import WatchError
from medvl_watch.lists.paper_matching import identify_entries
from medvl_watch.lists.parsing.decoding import decode
from medvl_watch.lists.parsing.document import Document, parse
from medvl_watch.offers.digest_answers import DigestAnswers
from medvl_watch.offers.list_context import ListFacts
from medvl_watch.offers.maintainer_decisions import (
    OwnPull,
    mentioned_papers,
    with_recorded_entries,
)
from medvl_watch.offers.reviewer_time import UNDER_REVIEW, ReviewBudget, ReviewTime, digest_time
from medvl_watch.pipeline.parts import as_watch_error
from medvl_watch.ports import Forge, Ledger
from medvl_watch.publish.descriptions import own_pull
from medvl_watch.publish.marker import blob_id
from medvl_watch.records import Paper, State

NO_ANSWERS = DigestAnswers()


def facts_of(
    target: Target,
    snapshot: Snapshot,
    pulls: Iterable[PullRequest],
    ledger: Ledger | None,
    answers: DigestAnswers = NO_ANSWERS,
) -> ListFacts:
    """The facts of a list as read from the forge. Raises ListError if it cannot be read."""
    document = parse(decode(snapshot.content, where=target.id))
    return known_facts(
        target,
        document,
        [own_pull(each) for each in pulls],
        ledger,
        version=blob_id(snapshot.content),
        branch=snapshot.branch,
        answers=answers,
    )


def known_facts(  # noqa: PLR0913  # all that is known of a list
    target: Target,
    document: Document | None,
    pulls: Sequence[OwnPull],
    ledger: Ledger | None,
    *,
    version: str = "",
    branch: str = "",
    answers: DigestAnswers = NO_ANSWERS,
) -> ListFacts:
    """The facts of a list that was read from elsewhere, or that has no text yet; without a
    `ledger`, nothing is known of any paper."""
    facts = ListFacts(
        target=target,
        document=document,
        version=version,
        branch=branch,
        identities=identify_entries(document) if document else (),
        pulls=pulls,
        answers=answers,
    )
    if ledger is None:
        return facts
    latest = ledger.latest_outcomes(list_id=target.id)
    pulls = [with_recorded_entries(each, latest) for each in pulls]
    return replace(
        facts,
        pulls=pulls,
        papers=_named(ledger, mentioned_papers(pulls) | answers.papers),
        latest_outcomes={each.paper_id: each for each in latest},
        history=ledger.history(list_id=target.id, states=UNDER_REVIEW | {State.DEFERRED}),
        shown_elsewhere=frozenset(
            each.paper_id
            for each in ledger.latest_outcomes(states=UNDER_REVIEW | {State.ACCEPTED})
            if each.list_id not in {"", target.id}
        ),
    )


def _named(ledger: Ledger, ids: Iterable[str]) -> dict[str, Paper]:
    """The papers with these ids, which stand in pull requests.

    A new ledger may have another id for a paper, if it read another of its records first; it is
    found by its identifiers.
    """
    wanted = list(ids)
    names = {
        **ledger.paper_ids(wanted),
        **{each.id: each.id for each in ledger.papers(wanted)},
    }
    papers = {paper.id: paper for paper in ledger.papers(names.values())}
    return {paper_id: papers[name] for paper_id, name in names.items()}


def reader_time(ledger: Ledger, budget: ReviewBudget, now: datetime) -> ReviewTime:
    """The review time of the digest's reader in the current week."""
    history = [
        *ledger.history(states={State.REFERRED}),
        *ledger.history(list_id="", states={State.DEFERRED}),
    ]
    return digest_time(budget, history, now)


def pulls_of(
    forge: Forge, targets: Iterable[Target]
) -> tuple[Mapping[str, Sequence[PullRequest]], list[WatchError]]:
    """Our pull requests by list, and the errors of lists whose pull requests could not be read."""
    pulls: dict[str, Sequence[PullRequest]] = {}
    problems: list[WatchError] = []
    for target in targets:
        try:
            pulls[target.id] = forge.pull_requests(target)
        except Exception as error:  # noqa: BLE001 - one list's failure is not another's
            problems.append(as_watch_error(error, target.id))
    return pulls, problems
