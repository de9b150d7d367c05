"""Settings of the issues that a team reads."""

from __future__ import annotations

from pydantic import Field

from medvl_watch.setting_types import SettingsModel


class DigestSettings(SettingsModel):
    """The weekly digest."""

    title: str = Field(default="Medical vision-language papers", min_length=1, max_length=150)


class DashboardSettings(SettingsModel):
    """The issue that shows how the lists stand, in the repository of the digests."""

    enabled: bool = True
    title: str = Field(default="medvl-watch: how the lists stand", min_length=1, max_length=150)
