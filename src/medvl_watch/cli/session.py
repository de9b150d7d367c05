"""Builds the objects of a command from the configuration file.

Only here are the clock and the environment read, and only in `settings_files` the settings'
files; all other code receives values.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache, partial
from pathlib import Path

from medvl_watch.classify.llm.protocols import CandidateLists
from medvl_watch.classify.register import (
    LLM_CLASSIFIERS,
    ClassifierInputs,
    LlmInputs,
    OpenClassifier,
    open_classifier,
)
from medvl_watch.classify.subject.classifier import SubjectClassifier
from medvl_watch.classify.subject.profile import SubjectProfile
from medvl_watch.classify.taxonomy import Taxonomy
from medvl_watch.cli.settings_files import read_prompt, read_settings, read_taxonomy
from medvl_watch.config import Settings
from medvl_watch.errors import ConfigError, ForgeDenied, ListError, WatchError
from medvl_watch.list_copies import (
    ListedPapers,
    ListedSections,
    last_read_list,
    listed_document,
    save_copy,
)
from medvl_watch.offers.own_entries import learn_subject, paper_titles
from medvl_watch.pipeline.list_classifiers import ListClassifiers
from medvl_watch.pipeline.parts import PipelineParts, save_no_copy
from medvl_watch.pipeline.polling import window
from medvl_watch.ports import Fetcher, Forge, Ledger, Source, SourceRhythm, Window, Workbench
from medvl_watch.publish.lazy_forge import LazyForge
from medvl_watch.sources.catalogue import Catalogue, load_catalogue, open_sources
from medvl_watch.state import LEDGER_NAME, locked_folder
from medvl_watch.storage.model_files import (
    bundled_background,
    bundled_model,
    bundled_word_vectors,
    read_model,
)
from medvl_watch.storage.user_files import read_text


def now() -> datetime:
    """The moment of this run; read once and passed down."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """What a command works with. `opening` are the problems met while the ledger was opened."""

    settings: Settings
    config: Path
    parts: PipelineParts
    judge: OpenClassifier
    now: datetime
    opening: tuple[WatchError, ...] = ()

    @property
    def problems(self) -> tuple[WatchError, ...]:
        """Problems of the ledger and the classifier so far; neither stopped the command."""
        return (*self.opening, *self.judge.problems)

    @property
    def window(self) -> Window:
        return window(self.settings.limits.window_days, self.now)


def make_sources(settings: Settings) -> Sequence[Source]:
    """The sources, over the network or over recordings."""
    return tuple(iterate_sources(settings))


def rhythms_of(settings: Settings) -> Mapping[str, SourceRhythm]:
    """How each source is polled. Recordings answer the same to every window, and are not live."""
    if settings.recordings is not None:
        return {}
    catalogue = catalogue_of(settings)
    return {entry.id: entry.rhythm for entry in catalogue.enabled()}


def iterate_sources(
    settings: Settings, live: Callable[[str], Fetcher] | None = None
) -> Iterator[Source]:
    """The sources one by one, since importing a reader is slow and the first may be enough.
    Raises ConfigError at once for a faulty catalogue or faulty recordings. `live` makes the
    fetcher for the network from the contact address."""
    catalogue = catalogue_of(settings)
    return open_sources(catalogue, _fetcher(settings, catalogue.contact, live))


def catalogue_of(settings: Settings) -> Catalogue:
    """The catalogue of sources. Raises ConfigError for one that is wrong."""
    text = read_text(settings.sources, "name it as `sources` in the configuration")
    return load_catalogue(text, str(settings.sources))


def _fetcher(settings: Settings, contact: str, live: Callable[[str], Fetcher] | None) -> Fetcher:
    if settings.recordings is not None:
        from medvl_watch.sources.recorded import RecordedFetcher

        return RecordedFetcher(settings.recordings)
    return live(contact) if live is not None else live_fetcher(settings, contact)


def live_fetcher(settings: Settings, contact: str) -> Fetcher:
    """The fetcher for the network, which keeps the gaps of services with other processes."""
    from medvl_watch.sources.live import LiveFetcher

    return LiveFetcher(contact, shared=settings.state)


def forge_of(settings: Settings, moment: datetime) -> Forge:
    """The forge that the settings name; its token comes from the environment."""
    from medvl_watch.publish.register import ForgeInputs, make_forge

    chosen = settings.forge
    parts = ForgeInputs(
        now=moment,
        folder=settings.state / "forge",
        seeds={entry.id: entry.seed for entry in settings.lists if entry.seed},
        token=os.environ.get(chosen.token_env, ""),
        base_url=chosen.api,
        issues_repository=chosen.digest_repository,
    )
    try:
        return make_forge(chosen.name, parts)
    except ForgeDenied as error:
        where = f"environment variable {chosen.token_env}"
        raise ForgeDenied(error.what, where=where, remedy=error.remedy) from error


@contextmanager
def session(
    option: Path | None, *, dry_run: bool = False, polls_only: bool = False
) -> Iterator[Session]:
    """A session that holds the lock of its state folder and may write; with `dry_run`, one that
    cannot write.

    With `polls_only` no token is needed: the forge is opened on first use. Errors in settings,
    venues, taxonomy or sources are raised before anything is written.
    """
    from medvl_watch.ledger.files import copy_of_ledger, open_ledger

    settings, config = read_settings(option)
    moment = now()
    path = settings.state / LEDGER_NAME
    taxonomy = read_taxonomy(settings)
    work = partial(Session, settings=settings, config=config, now=moment)
    without_llm = judge_of(settings, taxonomy, moment, may_ask=False)
    parts = partial(
        _parts(settings, taxonomy, moment, dry_run=dry_run, polls_only=polls_only),
        classifier_of=ListClassifiers(taxonomy, without_llm).of,
    )
    if dry_run:
        with closing(copy_of_ledger(path)) as ledger:
            yield work(
                parts=parts(ledger=ledger, classifier=without_llm.classifier), judge=without_llm
            )
        return
    with (
        locked_folder(settings.state),
        _session_judge(settings, taxonomy, moment, without_llm) as judge,
    ):
        opened = open_ledger(path, moment)
        problems = (opened.problem,) if opened.problem else ()
        with closing(opened.ledger) as ledger:
            yield work(
                parts=parts(ledger=ledger, classifier=judge.classifier),
                judge=judge,
                opening=problems,
            )


def list_classifiers(
    settings: Settings, taxonomy: Taxonomy, moment: datetime, *, name: str = ""
) -> ListClassifiers:
    """Who judges papers for each list: the classifier of this name or of the settings, or the
    list's own. No language model is asked about the entries of lists."""
    shared = judge_of(settings, taxonomy, moment, name=name, may_ask=False)
    return ListClassifiers(taxonomy, shared)


def _profiles(settings: Settings, taxonomy: Taxonomy) -> Sequence[SubjectProfile]:
    """The subjects of the lists that are judged by their own entries, as they were last read;
    lists that were not read yet, or that show no subject, have none."""
    is_for_all = settings.classifier.name == SubjectClassifier.name
    profiles = []
    for entry in settings.lists:
        document = listed_document(settings.state, entry)
        if document is None or not (is_for_all or entry.classifier):
            continue
        titles = paper_titles(document, taxonomy.lists.get(entry.target().map_id))
        with suppress(ListError):
            profiles.append(
                learn_subject(titles, bundled_background(), bundled_word_vectors(), entry.id)
            )
    return profiles


def _session_judge(
    settings: Settings, taxonomy: Taxonomy, moment: datetime, without_llm: OpenClassifier
) -> OpenClassifier:
    """The classifier of a session. One with a language model is opened only now, under the lock:
    it writes its answers into the state folder."""
    uses_llm = settings.classifier.name in LLM_CLASSIFIERS
    return judge_of(settings, taxonomy, moment) if uses_llm else without_llm


def _parts(
    settings: Settings, taxonomy: Taxonomy, moment: datetime, *, dry_run: bool, polls_only: bool
) -> partial[PipelineParts]:
    """All parts but the ledger and the classifier, which must be closed after use."""

    def forge() -> Forge:
        made = forge_of(settings, moment)
        return as_dry_run(made) if dry_run else made

    return partial(
        PipelineParts,
        sources=make_sources(settings),
        rhythms=rhythms_of(settings),
        forge=LazyForge(forge) if polls_only else forge(),
        taxonomy=taxonomy,
        targets=settings.targets(),
        limits=settings.limits.offers(),
        save_copy=save_no_copy if dry_run else partial(save_copy, settings.state),
        last_copy=partial(last_read_list, settings.state),
        digest_title=settings.digest.title,
    )


def judge_of(  # noqa: PLR0913  one parameter per choice of a command
    settings: Settings,
    taxonomy: Taxonomy,
    moment: datetime,
    *,
    name: str = "",
    may_ask: bool = True,
    lists: CandidateLists | None = None,
    asks_canaries: bool = True,
) -> OpenClassifier:
    """The classifier of this name, by default that of the settings; close it after use.

    Without `may_ask`, no language model is called and nothing is written. `lists` replaces the
    configured lists, about whose sections a model is asked. `asks_canaries` says whether known
    papers are asked among the others.
    """
    chosen = settings.classifier
    service = LlmInputs(
        settings=chosen.llm,
        prompt=partial(read_prompt, settings),
        environment=os.environ,
        state=settings.state,
        now=moment,
        examples=ListedPapers(settings, taxonomy),
        lists=lists or ListedSections(settings, taxonomy),
        exam=chosen.exam,
        exam_result=chosen.exam_result,
        asks_canaries=asks_canaries,
    )
    name = name or settings.shared_classifier
    return open_classifier(
        name,
        taxonomy,
        ClassifierInputs(
            profiles=partial(_profiles, settings, taxonomy),
            model=cache(partial(read_model, chosen.model or bundled_model())),
            llm=service if may_ask and name in LLM_CLASSIFIERS else None,
        ),
    )


@contextmanager
def existing_ledger(settings: Settings) -> Iterator[Ledger | None]:
    """A copy of the ledger for reading; None if no ledger exists yet, so that none is created."""
    path = settings.state / LEDGER_NAME
    if not path.exists():
        yield None
        return
    from medvl_watch.ledger.files import copy_of_ledger

    with closing(copy_of_ledger(path)) as ledger:
        yield ledger


def as_dry_run(forge: Forge) -> Forge:
    """A dry run of this forge. Raises ConfigError for a forge without a read-only interface."""
    from medvl_watch.publish.dry_run import DryRun, ForgeReader

    if isinstance(forge, DryRun):
        return forge
    if not isinstance(forge, ForgeReader):
        raise ConfigError(f"there is no dry run of the forge {forge.name!r}")
    return DryRun(forge)


def workbench(forge: Forge) -> Workbench:
    """The forge as a workbench. Raises ConfigError for a forge that is not on this machine."""
    if not isinstance(forge, Workbench):
        raise ConfigError(
            f"pull requests of the forge {forge.name!r} cannot be handled from here",
            remedy="open their addresses, which `medvl-watch prs` shows",
        )
    return forge
