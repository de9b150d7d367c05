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

    def within(self, seconds: int) -> ServerAddress:
        """The same, given up after so many seconds without an answer, unless the address itself
        says for how long to wait."""
        if "connect_timeout=" in self.url:
            return self
        joint = "&" if urlsplit(self.url).query else "?"
        return ServerAddress(f"{self.url}{joint}connect_timeout={seconds}")

    def __str__(self) -> str:
        parts = urlsplit(self.url)
        return f"postgresql://{parts.netloc.rpartition('@')[2]}{parts.path}"
