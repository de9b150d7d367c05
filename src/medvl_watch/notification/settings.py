"""The table `[notify]` of the configuration. Nothing is sent without it."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from medvl_watch.setting_types import FilePath, SettingsModel

_MAIL_ADDRESS = r"^[^\s@<>,;]+@[^\s@<>,;]+$"
_VARIABLE = r"^$|^[A-Z][A-Z0-9_]*$"


class MailSettings(SettingsModel):
    """A mail server. The password is read from the environment, never from the file."""

    host: str = ""
    port: int = Field(default=587, ge=1, le=65_535)
    tls: Literal["starttls", "tls", "none"] = "starttls"
    user: str = ""
    password_env: str = Field(default="", pattern=_VARIABLE)
    sender: str = Field(default="", pattern=f"^$|{_MAIL_ADDRESS}")
    recipients: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _complete(self) -> MailSettings:
        if self.host and not (self.sender and self.recipients):
            raise ValueError("a mail needs `sender` and `recipients`")
        if self.user and self.tls == "none":
            raise ValueError("a password is not sent in the clear; set `tls`")
        return self


class NotifySettings(SettingsModel):
    """Who is told, besides the forge, of a new digest and of problems that need a person."""

    webhook_env: str = Field(default="", pattern=_VARIABLE)
    """The environment variable with the address of a webhook that takes Slack's messages; who
    knows the address can post, so it does not stand in the file."""
    atom: FilePath | None = None
    """An Atom feed to write; a web server of yours may publish it."""
    mail: MailSettings = MailSettings()
