"""Settings: read once, from a TOML text and a mapping of environment, into frozen values.

Relative paths in a configuration file are relative to that file. `state` is where
everything that a run writes goes; without it, `medvl-watch-data` in the working folder.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any, Literal

from pydantic import (
    Field,
    ValidationError,
    field_validator,
    model_validator,
)

from medvl_watch import repository_path
from medvl_watch.changes import Target
from medvl_watch.classify.llm.settings import CascadeSettings, LlmSettings
from medvl_watch.errors import ConfigError
from medvl_watch.lists.style.overrides import explain_template
from medvl_watch.notification.settings import NotifySettings
from medvl_watch.offers.limits import OfferLimits
from medvl_watch.offers.reviewer_time import ReviewBudget
from medvl_watch.publish.settings import DashboardSettings, DigestSettings
from medvl_watch.setting_types import Cron, FilePath, PostgresAddress, SettingsModel, TimeZone
from medvl_watch.validation import first_fault

FILE_NAME = "medvl-watch.toml"
STATE_NAME = "medvl-watch-data"
ENVIRONMENT = {
    "MEDVL_WATCH_STATE": "state",
    "MEDVL_WATCH_LEDGER": "ledger",
    "MEDVL_WATCH_FORGE": "forge.name",
    "MEDVL_WATCH_CLASSIFIER": "classifier.name",
}
"""Environment variables that override a key of the file."""

_BRANCH = re.compile(r"[\w][\w./+@-]{0,200}(?<![./])")
SLUG = r"^[a-z0-9][a-z0-9-]{0,63}$"
_LAST_PORT = 65_535


class ClassifierSettings(SettingsModel):
    """The classifier: a name in `classify/register.py`.

    `model` is the file of a trained model, by default the shipped one. `exam` has the papers of
    a language model's exam, by default the shipped ones; `exam_result` is a result that is kept
    beside the configuration, for runs whose `state` is new.
    """

    name: str = "local"
    model: FilePath | None = None
    exam: FilePath | None = None
    exam_result: FilePath | None = None
    llm: LlmSettings = LlmSettings()
    cascade: CascadeSettings = CascadeSettings()


class ForgeSettings(SettingsModel):
    """Where pull requests go. The token is read from the environment, never from the file."""

    name: str = "local"
    api: str = Field(default="https://api.github.com", pattern=r"^https?://")
    token_env: str = Field(default="GITHUB_TOKEN", pattern=r"^[A-Z][A-Z0-9_]*$")
    digest_repository: str = Field(default="", pattern=r"^$|^[\w.-]+/[\w.-]+$")


class Limits(SettingsModel):
    """How much review work a run may cause. The best papers come first."""

    papers_per_pull_request: int = Field(default=15, ge=1, le=100)
    completions_per_pull_request: int = Field(default=5, ge=0, le=50)
    window_days: int = Field(default=14, ge=7, le=365)
    """Days that each poll looks back; papers are announced days after their submission."""
    reviewer_minutes_per_week: float = Field(default=10, ge=0, le=10_080)
    """Minutes per week, for each list's maintainer and for the reader of the digest."""
    minutes_per_proposed: float = Field(default=0.45, gt=0, le=60)
    minutes_per_referred: float = Field(default=0.65, gt=0, le=60)
    decisions_per_week: int = Field(default=5, ge=0, le=100)
    """Papers per week that the maintainer of a list is asked to decide on."""
    pause_weeks: int = Field(default=4, ge=0, le=52)
    """Weeks in which no pull request is opened on a list after two in a row were closed without a
    merge."""

    @model_validator(mode="after")
    def _time_for_one(self) -> Limits:
        longest = max(self.minutes_per_proposed, self.minutes_per_referred)
        if 0 < self.reviewer_minutes_per_week < longest:
            raise ValueError(
                f"reviewer_minutes_per_week must be 0 or allow for one paper ({longest:g})"
            )
        return self

    def offers(self) -> OfferLimits:
        return OfferLimits(
            papers=self.papers_per_pull_request,
            completions=self.completions_per_pull_request,
            time=ReviewBudget(
                per_week=self.reviewer_minutes_per_week,
                decisions=self.decisions_per_week,
                proposed=self.minutes_per_proposed,
                referred=self.minutes_per_referred,
            ),
            pause=timedelta(weeks=self.pause_weeks),
        )


class Schedule(SettingsModel):
    """When `serve` runs each job. Hours are local to `timezone`."""

    timezone: TimeZone = "UTC"
    poll: Cron = "17 5,13,21 * * *"
    publish: Cron = "41 6 * * mon-fri"
    digest: Cron = "23 7 * * mon"


class ServeSettings(SettingsModel):
    """How `serve` shows that it is alive."""

    listen: str = Field(default="", pattern=r"^$|^[\w.:\[\]-]+:\d{1,5}$")
    """`host:port` of health checks and metrics; empty: none. Use a loopback address, or one that
    only your monitoring can reach."""
    ping: str = Field(default="", pattern=r"^$|^https?://\S+$")
    """An address to request after each poll that went well."""

    def address(self) -> tuple[str, int] | None:
        """Host and port to listen on; None for none."""
        host, _, port = self.listen.rpartition(":")
        return (host.strip("[]"), int(port)) if port else None

    @field_validator("listen")
    @classmethod
    def _is_a_port(cls, listen: str) -> str:
        if listen and int(listen.rpartition(":")[2]) > _LAST_PORT:
            raise ValueError("give host:port with a port up to 65535, as in 127.0.0.1:9464")
        return listen


class ListSettings(SettingsModel):
    """One curated list. `seed` is the file that the local forge starts its copy from."""

    id: str = Field(pattern=SLUG)
    title: str = Field(min_length=1)
    repository: str = Field(pattern=r"^[\w.-]+/[\w.-]+$")
    path: str = "README.md"
    branch: str = ""
    map: str = ""
    seed: FilePath | None = None
    classifier: Literal["", "subject"] = ""
    """`subject`: papers are judged by the subject of the list's own entries, and not by the
    classifier of `[classifier]`."""
    complete: bool = False
    """Also propose to complete entries: a venue once the preprint is published, a code link."""
    labels: tuple[str, ...] = ()
    reviewers: tuple[str, ...] = ()
    assignees: tuple[str, ...] = ()
    """Given to each new pull request on GitHub; names of accounts without @."""
    draft: bool = False
    """Open pull requests as drafts."""
    fork: str = Field(default="", pattern=r"^$|^[\w.-]+/[\w.-]+$")
    """`owner/name` of a fork for our branches, for lists that the token may not write to."""
    templates: dict[str, str] = Field(default_factory=dict)
    """Jinja2 templates of entries instead of the learned ones, by section (`Papers > 2024`, or
    the end of a path) or `*` for the whole list; `list inspect` shows the learned ones."""

    @field_validator("templates")
    @classmethod
    def _are_templates(cls, templates: dict[str, str]) -> dict[str, str]:
        for section, template in templates.items():
            problem = explain_template(template)
            if problem:
                raise ValueError(f"the template for {section!r} {problem}")
        return templates

    @field_validator("path")
    @classmethod
    def _inside_the_repository(cls, path: str) -> str:
        if problem := repository_path.problem_of(path):
            raise ValueError(f"{path!r} {problem}; {repository_path.REMEDY}")
        return path

    @field_validator("branch")
    @classmethod
    def _is_a_branch(cls, branch: str) -> str:
        if branch and (not _BRANCH.fullmatch(branch) or ".." in branch or "//" in branch):
            raise ValueError("is not a valid branch name")
        return branch

    def target(self) -> Target:
        return Target(
            id=self.id,
            title=self.title,
            labels=self.labels,
            reviewers=self.reviewers,
            assignees=self.assignees,
            draft=self.draft,
            fork=self.fork,
            repository=self.repository,
            path=self.path,
            branch=self.branch,
            map_id=self.map or self.id,
            templates=self.templates,
            completes=self.complete,
            classifier=self.classifier,
        )


class Settings(SettingsModel):
    """All that a run needs to know, checked."""

    state: FilePath
    ledger: PostgresAddress = ""
    """A PostgreSQL database for the ledger, `postgresql://USER@HOST:PORT/NAME`, which several
    workers may share; by default it is an SQLite file in `state`."""
    taxonomy: FilePath
    sources: FilePath
    venues: FilePath
    prompts: FilePath | None = None
    """The folder of the prompts for a language model; by default the bundled one."""
    recordings: FilePath | None = None
    """Read sources from recorded answers in this folder instead of the network."""
    classifier: ClassifierSettings = ClassifierSettings()
    forge: ForgeSettings = ForgeSettings()
    limits: Limits = Limits()
    digest: DigestSettings = DigestSettings()
    dashboard: DashboardSettings = DashboardSettings()
    schedule: Schedule = Schedule()
    serve: ServeSettings = ServeSettings()
    notify: NotifySettings = NotifySettings()
    lists: tuple[ListSettings, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _lists_differ(self) -> Settings:
        ids = [entry.id for entry in self.lists]
        files = [(each.repository.lower(), each.path, each.branch) for each in self.lists]
        for entry_id, file in zip(ids, files, strict=True):
            if ids.count(entry_id) > 1:
                raise ValueError(f"two lists have the id {entry_id!r}; give each its own")
            if files.count(file) > 1:
                raise ValueError(f"two lists are the same file ({file[0]}, {file[1]})")
        return self

    @property
    def shared_classifier(self) -> str:
        """The name of the classifier that judges what the sources bring: that of `[classifier]`,
        unless every list names its own."""
        first, *others = {entry.classifier for entry in self.lists}
        return first if first and not others else self.classifier.name

    def targets(self) -> tuple[Target, ...]:
        return tuple(entry.target() for entry in self.lists)


def load_settings(
    text: str, *, where: Path, environment: Mapping[str, str], cwd: Path, shipped: Path
) -> Settings:
    """Settings from the text of the file `where`.

    `shipped` is the folder with taxonomy, sources and venues that come with the project.
    Raises ConfigError that names file, key and reason.
    """
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(
            f"this is not valid TOML ({error})", where=str(where), remedy="correct that line"
        ) from error
    raw.setdefault("state", str(cwd / STATE_NAME))
    raw.setdefault("taxonomy", str(shipped / "taxonomy.yaml"))
    raw.setdefault("sources", str(shipped / "sources.yaml"))
    raw.setdefault("venues", str(shipped / "venues.yaml"))
    for variable, key in ENVIRONMENT.items():
        if environment.get(variable):
            _set(raw, key, environment[variable], cwd)
    try:
        return Settings.model_validate(raw, context={"base": where.parent})
    except ValidationError as error:
        raise ConfigError(
            first_fault(error, Settings).clause,
            where=str(where),
            remedy="`medvl-watch config check` shows whether it is right",
        ) from error


def _set(raw: dict[str, Any], key: str, value: str, cwd: Path) -> None:
    *parents, last = key.split(".")
    for parent in parents:
        raw = raw.setdefault(parent, {})
        if not isinstance(raw, dict):
            return  # not a table: validation says so
    raw[last] = str(cwd / value) if last == "state" else value
