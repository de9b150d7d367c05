"""Builds the objects of a command from the configuration file.

Only here are the clock and the environment read, and only in `settings_files` the settings'
files; all other code receives values.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from medvl_watch.classify.register import (
    OpenClassifier,
)
from medvl_watch.classify.taxonomy import Taxonomy
from medvl_watch.cli.judges import judge_of, session_judge
from medvl_watch.cli.ledger_place import ledger_place, locks_at, request_turns
from medvl_watch.cli.settings_files import LoadedSettings, read_settings, read_taxonomy
from medvl_watch.cli.source_opening import make_sources, rhythms_of
from medvl_watch.config import Settings
from medvl_watch.errors import ConfigError, ForgeDenied, WatchError
from medvl_watch.list_copies import (
    last_read_list,
    save_copy,
)
from medvl_watch.pipeline.list_classifiers import ListClassifiers
from medvl_watch.pipeline.parts import PipelineParts, save_no_copy
from medvl_watch.pipeline.polling import window
from medvl_watch.ports import Forge, Ledger, Window, Workbench
from medvl_watch.publish.lazy_forge import LazyForge
from medvl_watch.state import locked_folder


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
        turns=request_turns(settings) if settings.ledger else None,
    )
    try:
        return make_forge(chosen.name, parts)
    except ForgeDenied as error:
        where = f"environment variable {chosen.token_env}"
        raise ForgeDenied(error.what, where=where, remedy=error.remedy) from error


@contextmanager
def session(
    option: Path | LoadedSettings | None, *, dry_run: bool = False, polls_only: bool = False
) -> Iterator[Session]:
    """A session that holds the lock of its state folder and may write; with `dry_run`, one that
    cannot write.

    With `polls_only` no token is needed: the forge is opened on first use. Errors in settings,
    venues, taxonomy or sources are raised before anything is written. Settings that were read
    before are used as they are.
    """
    from medvl_watch.ledger.files import copy_of_ledger, open_ledger

    settings, config = option if isinstance(option, tuple) else read_settings(option)
    moment = now()
    place = ledger_place(settings)
    taxonomy = read_taxonomy(settings)
    work = partial(Session, settings=settings, config=config, now=moment)
    without_llm = judge_of(settings, taxonomy, moment, may_ask=False)
    parts = partial(
        _parts(settings, taxonomy, moment, dry_run=dry_run, polls_only=polls_only),
        classifier_of=ListClassifiers(taxonomy, without_llm).of,
    )
    if dry_run:
        with closing(copy_of_ledger(place)) as ledger:
            yield work(
                parts=parts(ledger=ledger, classifier=without_llm.classifier), judge=without_llm
            )
        return
    with (
        locked_folder(settings.state),
        session_judge(settings, taxonomy, moment, without_llm) as judge,
    ):
        opened = open_ledger(place, moment)
        problems = (opened.problem,) if opened.problem else ()
        with closing(opened.ledger) as ledger:
            yield work(
                parts=parts(
                    ledger=ledger,
                    classifier=judge.classifier,
                    locks=locks_at(place, opened.engine),
                ),
                judge=judge,
                opening=problems,
            )


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
        dashboard_title=_dashboard_title(settings),
    )


def _dashboard_title(settings: Settings) -> str:
    """The title of the dashboard; empty where it is off, or has no repository."""
    has_place = settings.forge.name != "github" or bool(settings.forge.digest_repository)
    return settings.dashboard.title if settings.dashboard.enabled and has_place else ""


@contextmanager
def existing_ledger(settings: Settings, *, wait: int | None = None) -> Iterator[Ledger | None]:
    """A copy of the ledger for reading; None if its file does not exist yet, so that none is
    created. A server is given up after `wait` seconds."""
    place = ledger_place(settings)
    if wait is not None and not isinstance(place, Path):
        place = place.within(wait)
    if isinstance(place, Path) and not place.exists():
        yield None
        return
    from medvl_watch.ledger.files import ledger_to_read

    with closing(ledger_to_read(place)) as ledger:
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
