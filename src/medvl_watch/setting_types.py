"""The kinds of values in a configuration file, and how each is checked."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, ConfigDict, ValidationInfo

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def _resolved(path: Path, info: ValidationInfo) -> Path:
    if "\0" in str(path):
        raise ValueError("a path must not contain a NUL character")
    if path.parts[:1] and path.parts[0].startswith("~"):
        raise ValueError("write the whole path, `~` is not replaced here")
    base = (info.context or {}).get("base", Path())
    return Path(base, path)


def _cron(text: str) -> str:
    """Five fields as in cron, but week days by name: 0 is Monday for APScheduler and Sunday
    for cron and GitHub, so a number would mean two things."""
    fields = text.split()
    if len(fields) != 5:
        raise ValueError("give five fields: minute hour day month weekday")
    if any(character.isdigit() for character in fields[4]):
        raise ValueError(f"name the week days ({', '.join(WEEKDAYS)}) instead of numbering them")
    return text


def _time_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise ValueError("not a time zone of the IANA data base, such as Europe/Berlin") from error
    return name


def _postgres_address(text: str) -> str:
    if text and not re.fullmatch(r"postgres(ql)?://[^\s/]*/[^\s/?]+(\?\S*)?", text):
        raise ValueError("write it as postgresql://USER@HOST:PORT/NAME")
    return re.sub("^postgres:", "postgresql:", text)


FilePath = Annotated[Path, AfterValidator(_resolved)]
Cron = Annotated[str, AfterValidator(_cron)]
TimeZone = Annotated[str, AfterValidator(_time_zone)]
PostgresAddress = Annotated[str, AfterValidator(_postgres_address)]


class SettingsModel(BaseModel):
    """A table of the configuration: frozen, without unknown keys."""

    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=True)
