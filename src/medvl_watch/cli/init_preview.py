"""What would have been proposed for a list that `init` looks at."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from medvl_watch.changes import Target
from medvl_watch.classify.taxonomy import Taxonomy
from medvl_watch.cli.forecast_view import Forecast
from medvl_watch.errors import WatchError
from medvl_watch.lists.parsing.document import Document
from medvl_watch.offers.consideration import JudgedPaper, OfferAction
from medvl_watch.offers.limits import OfferLimits
from medvl_watch.papers.merging import paper_of
from medvl_watch.pipeline.forecaster import Forecaster
from medvl_watch.pipeline.list_classifiers import ListClassifier
from medvl_watch.ports import Classifier, Fetcher, Window
from medvl_watch.records import Decision, Record
from medvl_watch.sources.catalogue import Catalogue, open_sources

MOST_SHOWN = 10
_LOOKED_BACK = timedelta(days=14)


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewPaper:
    """A paper that belongs on the list: `would` is what a run would do with it."""

    title: str
    relevance: float
    would: str
    in_words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """How many papers were read, and what would be done with them; best first."""

    read: int
    proposed: Sequence[PreviewPaper]
    referred: int


def preview(  # noqa: PLR0913, PLR0917  what is judged, and how
    records: Iterable[Record],
    target: Target,
    document: Document,
    judge: ListClassifier,
    shared: Classifier,
    taxonomy: Taxonomy,
    now: datetime,
) -> Preview:
    """What a first run would do with these papers, whatever the limits of a pull request."""
    known = Forecaster(taxonomy, OfferLimits(), now, None).known_list(target, document, judge=judge)
    proposed: list[PreviewPaper] = []
    read = referred = 0
    for record in records:
        read += 1
        paper = paper_of(record)
        verdict = known.without_proposal((judge.own or shared).judge([paper])[0])
        if verdict.decision is Decision.REFER:
            referred += 1
        if verdict.decision is not Decision.PROPOSE:
            continue
        found = Forecast(
            known.name, known.consider(JudgedPaper(paper=paper, verdict=verdict)), verdict.reason
        )
        if found.found.action is not OfferAction.NOTHING:
            proposed.append(
                PreviewPaper(
                    title=record.title,
                    relevance=verdict.relevance,
                    would=found.found.action.value,
                    in_words=found.in_words,
                )
            )
    best_first = sorted(proposed, key=lambda each: (-each.relevance, each.title))
    return Preview(read=read, proposed=best_first, referred=referred)


def poll_recent(
    catalogue: Catalogue, fetcher: Fetcher, now: datetime
) -> tuple[list[Record], list[WatchError]]:
    """The papers of the last two weeks from arXiv, and why some could not be read."""
    arxiv = [entry for entry in catalogue.sources if entry.kind == "arxiv"]
    window = Window(since=now - _LOOKED_BACK, until=now)
    records: list[Record] = []
    problems: list[WatchError] = []
    for source in open_sources(catalogue.model_copy(update={"sources": arxiv}), fetcher):
        try:
            records += source.poll(window).records
        except WatchError as error:
            problems.append(error)
    return records, problems
