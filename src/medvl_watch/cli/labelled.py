"""Streams of papers with what people said of them: what `train` and `eval triage` read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import asdict
from pathlib import Path
from typing import NamedTuple

from medvl_watch.classify.examples import Labels, key_of
from medvl_watch.cli.session import LEDGER_NAME
from medvl_watch.cli.streams import BATCH, Unreadable, batches, paper_of, records_of
from medvl_watch.config import Settings
from medvl_watch.errors import ConfigError, WatchError
from medvl_watch.evaluate.triage import TriageFigures, triage_figures
from medvl_watch.ledger.files import copy_of_ledger
from medvl_watch.offers.outcomes import SectionMove, moves
from medvl_watch.ports import Classifier
from medvl_watch.records import Outcome, Paper, Record, State, Verdict

_HELD = frozenset({State.ACCEPTED, State.DUPLICATE})
"""States of a paper that stands on a list."""


class LabelledPaper(NamedTuple):
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


def readable(paths: Iterable[Path], problems: list[WatchError]) -> Iterator[Record]:
    """The records of some files; what is none is added to `problems`."""
    for path in paths:
        for each in records_of(path):
            if isinstance(each, Unreadable):
                problems.append(each.error)
            else:
                yield each


def keys_in(paths: Iterable[Path], problems: list[WatchError]) -> frozenset[str]:
    return frozenset(key_of(record) for record in readable(paths, problems))


def decided(settings: Settings) -> LabelledPaper:
    """What people decided so far: one list that took a paper outvotes all that refused it, and
    one that may still take it leaves it undecided."""
    with closing(copy_of_ledger(settings.state / LEDGER_NAME)) as ledger:
        standing = ledger.standing(states=frozenset(State) - {State.REJECTED})
        seen = ledger.papers()
        moved = moves(ledger.history(states=(State.PROPOSED, State.ACCEPTED)))
    ids = {
        "taken": {each.paper_id for each in standing if each.state in _HELD},
        "waiting": {each.paper_id for each in standing if _waits(each)},
        "refused": {each.paper_id for each in standing if each.state is State.REFUSED},
    }
    ids["waiting"] -= ids["taken"]
    ids["refused"] -= ids["taken"] | ids["waiting"]
    found = {name: [paper for paper in seen if paper.id in each] for name, each in ids.items()}
    return LabelledPaper(seen=seen, moved=moved, **found)


def _waits(outcome: Outcome) -> bool:
    """Whether people have it before them, or will; one that nobody judged is on no list."""
    shown = {State.PROPOSED, State.REFERRED}
    return outcome.state in shown or (outcome.state is State.DEFERRED and bool(outcome.list_id))


def judged(classifier: Classifier, papers: Iterable[Paper]) -> Iterator[Verdict]:
    """Verdicts under the papers' keys, without the words that decided: a stream of them has
    to fit into memory."""
    for batch in batches(iter(papers), BATCH):
        for paper, verdict in zip(batch, classifier.judge(batch), strict=True):
            yield Verdict(
                paper_id=key_of(paper.facts),
                relevance=verdict.relevance,
                decision=verdict.decision,
            )


def figures_of(verdicts: Sequence[Verdict], labels: Labels, where: str) -> TriageFigures:
    """The figures on papers that were judged. Raises ConfigError if none of them is listed."""
    there = {verdict.paper_id for verdict in verdicts}
    if not labels.listed & there:
        raise nothing_listed(where)
    return triage_figures(
        verdicts, labels.listed & there, labels.refused & there, labels.plausible & there
    )


def nothing_listed(where: str) -> ConfigError:
    """What is said where no paper of a stream is among the labels."""
    return ConfigError(
        "none of the papers is labelled as relevant",
        where=where,
        remedy="give labels whose arxiv_id, doi or title is that of a paper",
    )


def stream(paths: Iterable[Path], problems: list[WatchError]) -> Iterator[Paper]:
    return (paper_of(record) for record in readable(paths, problems))


def rounded(figures: TriageFigures) -> dict[str, int | float]:
    """The figures by name, shares to four digits."""
    given: dict[str, int | float] = asdict(figures)
    return {name: round(value, 4) for name, value in given.items()}
