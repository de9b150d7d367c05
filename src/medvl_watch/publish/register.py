"""The forges by their names in the configuration. A new one is a module and a line here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from medvl_watch.errors import ConfigError
from medvl_watch.ports import Forge, RequestTurns

if TYPE_CHECKING:
    from medvl_watch.publish.dry_run import DryRun
    from medvl_watch.publish.github.forge import GitHubForge
    from medvl_watch.publish.local.forge import LocalForge

# A forge is imported when it is made: PyGithub alone takes longer to load than a whole
# command of the local forge.
# ruff: noqa: PLC0415


@dataclass(frozen=True, slots=True, kw_only=True)
class ForgeInputs:
    """What the forges are made of; each takes its part.

    `folder` and `seeds` (a file for each list id) are the local forge's, which dates its
    commits `now`; `token`, `base_url` (empty: the public GitHub) and `issues_repository` are
    GitHub's, as are the `turns` among workers. `dry_run_of` names the forge that a dry run reads.
    """

    now: datetime
    folder: Path
    seeds: Mapping[str, Path] = field(default_factory=dict)
    token: str = field(default="", repr=False)
    base_url: str = ""
    issues_repository: str = ""
    dry_run_of: str = "local"
    turns: RequestTurns | None = None


def make_local(settings: ForgeInputs) -> LocalForge:
    from medvl_watch.publish.local.forge import LocalForge

    return LocalForge(settings.folder, settings.seeds, settings.now)


def make_github(settings: ForgeInputs) -> GitHubForge:
    from medvl_watch.publish.github.client import PUBLIC_API
    from medvl_watch.publish.github.forge import GitHubForge

    return GitHubForge(
        settings.token,
        issues_repository=settings.issues_repository,
        base_url=settings.base_url or PUBLIC_API,
        turns=settings.turns,
    )


def make_dry_run(settings: ForgeInputs) -> DryRun:
    """A dry run of the forge that the settings name. Raises ConfigError for another."""
    from medvl_watch.publish.dry_run import DryRun

    if settings.dry_run_of == "github":
        return DryRun(make_github(settings))
    if settings.dry_run_of == "local":
        return DryRun(make_local(settings))
    raise ConfigError(f"a dry run of {settings.dry_run_of!r} is not available")


FORGES: Mapping[str, Callable[[ForgeInputs], Forge]] = MappingProxyType(
    {"local": make_local, "github": make_github, "dry-run": make_dry_run}
)

ON_DISK = frozenset({"local", "dry-run"})
"""The forges that are read on this machine, without a network or a token."""


def make_forge(name: str, settings: ForgeInputs) -> Forge:
    """The forge of that name. Raises ConfigError for one that we do not have."""
    if name not in FORGES:
        raise ConfigError(
            f"{name!r} is not the name of a forge", remedy=f"choose one of {', '.join(FORGES)}"
        )
    return FORGES[name](settings)
