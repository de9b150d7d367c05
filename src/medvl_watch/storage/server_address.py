"""Where a PostgreSQL database is. A module of its own, since it is read with the settings, and
SQLAlchemy takes long to import."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import urlsplit


@dataclass(frozen=True, slots=True)
class ServerAddress:
    """A database by its address, `postgresql://USER@HOST:PORT/NAME`. As a text it has neither user
    nor password."""

    url: str = field(repr=False)

    def __str__(self) -> str:
        parts = urlsplit(self.url)
        return f"postgresql://{parts.netloc.rpartition('@')[2]}{parts.path}"
