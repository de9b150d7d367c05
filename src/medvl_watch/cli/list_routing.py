"""What a run would do with papers, on the configured lists or on the list in a file."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from datetime import datetime
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from medvl_watch.changes import Target
from medvl_watch.classify.routing import Router
from medvl_watch.classify.subject.classifier import SubjectClassifier
from medvl_watch.classify.taxonomy import Taxonomy
from medvl_watch.cli.forecast_view import Forecast
from medvl_watch.cli.judges import list_classifiers
from medvl_watch.cli.list_files import configured_list
from medvl_watch.cli.session import existing_ledger, forge_of
from medvl_watch.cli.settings_files import read_settings, read_taxonomy
from medvl_watch.config import ListSettings, Settings
from medvl_watch.errors import WatchError
from medvl_watch.list_copies import last_read_pulls, listed_document, parsed
from medvl_watch.lists.parsing.decoding import decode
from medvl_watch.lists.parsing.document import Document, parse
from medvl_watch.offers.consideration import JudgedPaper
from medvl_watch.offers.maintainer_decisions import OwnPull
from medvl_watch.offers.section_candidates import LearnedList, LearnedLists, fields_of_list
from medvl_watch.offers.section_examples import router_of
from medvl_watch.papers.merging import paper_of
from medvl_watch.pipeline.forecaster import Forecaster, KnownList
from medvl_watch.publish.descriptions import own_pull
from medvl_watch.publish.register import ON_DISK
from medvl_watch.records import Headings, Paper, Record, Verdict
from medvl_watch.storage.user_files import read_list

if TYPE_CHECKING:
    from medvl_watch.changes import PullRequest
    from medvl_watch.evaluate.list_replay import Choose


def entry_of(settings: Settings, file: Path, list_id: str | None = None) -> ListSettings | None:
    """The configured list with this name, else the one whose seed is this file."""
    if list_id is not None:
        return configured_list(settings, list_id)
    seeds = {each.seed.resolve(): each for each in settings.lists if each.seed}
    return seeds.get(file.resolve())


class CurrentLists:
    """The configured lists and our pull requests on them, as a run would find them.

    The local forge is read directly. For another forge, the copies of the last run are used, so
    neither token nor network is needed. Lists that cannot be read are left to a run to report.
    """

    def __init__(self, settings: Settings, moment: datetime) -> None:
        self._state = settings.state
        self._forge = forge_of(settings, moment) if settings.forge.name in ON_DISK else None

    def document(self, entry: ListSettings) -> Document | None:
        """The list; None where it was never read and has no seed."""
        if self._forge is not None:
            target = entry.target()
            with contextlib.suppress(WatchError):
                return parsed(decode(self._forge.read(target).content, where=target.id))
        return listed_document(self._state, entry)

    def pulls(self, entry: ListSettings) -> Sequence[OwnPull]:
        found: Sequence[PullRequest] = ()
        if self._forge is None:
            found = last_read_pulls(self._state, entry.id)
        else:
            with contextlib.suppress(WatchError):
                found = self._forge.pull_requests(entry.target())
        return [own_pull(each) for each in found]


@dataclass(frozen=True, slots=True)
class Forecasts:
    """What a run would do with papers on these lists."""

    forecaster: Forecaster
    lists: Sequence[KnownList]

    def of(self, record: Record, verdict: Verdict) -> tuple[Forecast, ...]:
        """For each list. `verdict` is the classifier's; a run may go by an earlier one."""
        return tuple(self._of_list(each, record, verdict) for each in self.lists)

    def _of_list(self, known: KnownList, record: Record, verdict: Verdict) -> Forecast:
        return self.of_judged(known, record, known.verdict(paper_of(record), verdict))

    def of_judged(self, known: KnownList, record: Record, verdict: Verdict) -> Forecast:
        """For a list on which this verdict holds."""
        judged = self.forecaster.judged(record, verdict)
        return Forecast(known.name, known.consider(judged), verdict.reason)

    @property
    def problems(self) -> list[WatchError]:
        """Why some of the lists get no proposals."""
        return [each.judge.problem for each in self.lists if each.judge.problem is not None]

    @property
    def learned_lists(self) -> LearnedLists:
        """The lists, to ask a language model about their sections."""
        return LearnedLists(
            [
                LearnedList(
                    router=each.context.router,
                    title=each.facts.target.title,
                    fields=fields_of_list(each.facts.document),
                )
                for each in self.lists
            ]
        )


@contextmanager
def open_forecasts(  # noqa: PLR0913  what is judged, and for which lists
    settings: Settings,
    taxonomy: Taxonomy,
    moment: datetime,
    *,
    file: Path | None = None,
    list_id: str | None = None,
    classifier: str = "",
) -> Iterator[Forecasts]:
    """Forecasts for the configured lists, or for the list in `file`. The ledger is used for
    configured lists only (`entry_of`), and closed after use. `classifier` is one that a person
    chose for all lists. Raises WatchError for a file that cannot be read."""
    document = parse(read_list(file)) if file else None
    entry = entry_of(settings, file, list_id) if file else None
    is_known = file is None or entry is not None
    with existing_ledger(settings) if is_known else nullcontext() as ledger:
        forecaster = Forecaster(taxonomy, settings.limits.offers(), moment, ledger)
        current = CurrentLists(settings, moment)
        classifiers = list_classifiers(settings, taxonomy, moment, name=classifier)
        entries = settings.lists if file is None else (entry,) if entry else ()
        lists = []
        for each in entries:
            found = document if file else current.document(each)
            judge = classifiers.of(each.target(), found) if found else None
            name = file.name if file else ""
            pulls = current.pulls(each)
            lists.append(forecaster.known_list(each.target(), found, pulls, name=name, judge=judge))
        if file is not None and entry is None and document is not None:
            target = Target(id=file.name, title=file.name, repository="")
            judge = None if classifier else classifiers.of_unconfigured(target, document)
            if classifier == SubjectClassifier.name:
                judge = classifiers.by_subject(target, document)
            lists.append(forecaster.known_list(target, document, judge=judge))
        yield Forecasts(forecaster, lists)


def chooser(at_least: float) -> Choose:
    """A function that chooses the likeliest section of a list, learned from its text; none if its
    score is below `at_least`. The taxonomy is read on first use."""

    @cache
    def taxonomy() -> Taxonomy:
        return read_taxonomy(read_settings(None)[0])

    @lru_cache(maxsize=1)
    def router(text: str) -> Router:
        return router_of(parse(text), taxonomy())

    def choose(text: str, record: Record) -> Headings | None:
        candidate = JudgedPaper.on_request(Paper(id=record.id, facts=record))
        likely = router(text).route(candidate.verdict, record).sections
        return likely[0].path if likely and likely[0].score >= at_least else None

    return choose
