"""Streams of papers with what people said of them: what `train` and `eval triage` read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import asdict
from pathlib import Path
from typing import NamedTuple

from medvl_watch.classify.examples import Labels, key_of
from medvl_watch.cli.list_files import read_list
from medvl_watch.cli.session import LEDGER_NAME
from medvl_watch.cli.streams import BATCH, Unreadable, batches, paper_of, records_of
from medvl_watch.config import Settings
from medvl_watch.errors import ConfigError, WatchError
from medvl_watch.evaluate.triage import TriageFigures, triage_figures
from medvl_watch.ledger.opening import copy_of_ledger
from medvl_watch.lists.editing.holdings import holdings
from medvl_watch.lists.parsing.document import parse
from medvl_watch.outcomes import Moved, moves
from medvl_watch.papers.recordfile import record_from_json
from medvl_watch.ports import Classifier
from medvl_watch.records import Paper, Record, State, Verdict


class Decided(NamedTuple):
    """What people did with the papers of a ledger, and all that it has seen."""

    seen: Sequence[Paper]
    taken: Sequence[Paper]
    refused: Sequence[Paper]
    moved: Sequence[Moved] = ()
    """Entries that people put elsewhere; their new sections speak from the lists themselves."""


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


def entries_of(paths: Iterable[Path]) -> Iterator[Record]:
    """The papers that some Markdown lists hold, as far as they have a title."""
    for path in paths:
        for each in holdings(parse(read_list(path))):
            if each.title.strip():
                yield record_from_json({"title": each.title}, f"{path}:{each.line}")


def decided(settings: Settings) -> Decided:
    """A paper that one list took and another refused is relevant all the same."""
    with closing(copy_of_ledger(settings.state / LEDGER_NAME)) as ledger:
        standing = ledger.standing(states=(State.ACCEPTED, State.REFUSED))
        taken = {each.paper_id for each in standing if each.state is State.ACCEPTED}
        refused = {each.paper_id for each in standing} - taken
        seen = ledger.papers()
        moved = moves(ledger.history(states=(State.PROPOSED, State.ACCEPTED)))
    return Decided(
        seen,
        [paper for paper in seen if paper.id in taken],
        [paper for paper in seen if paper.id in refused],
        moved,
    )


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
        raise ConfigError(
            "none of the papers is labelled as relevant",
            where=where,
            remedy="give labels whose arxiv_id, doi or title is that of a paper",
        )
    return triage_figures(
        verdicts, labels.listed & there, labels.refused & there, labels.plausible & there
    )


def stream(paths: Iterable[Path], problems: list[WatchError]) -> Iterator[Paper]:
    return (paper_of(record) for record in readable(paths, problems))


def rounded(figures: TriageFigures) -> dict[str, int | float]:
    """The figures by name, shares to four digits."""
    given: dict[str, int | float] = asdict(figures)
    return {name: round(value, 4) for name, value in given.items()}
