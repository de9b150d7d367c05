"""What a curator writes for one source in the catalogue, and how the source is made of it.

Each kind of source is a subclass of `SourceEntry`, named in `register.KINDS`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, ClassVar, Literal, TypeAlias
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from medvl_watch.ports import Fetcher, Source, SourceRhythm


class SourceEntry(BaseModel, ABC):
    """The keys that every kind has. A kind gives `kind` a `Literal` with its name, adds its own
    keys with their checks, and opens its source."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    gaps: ClassVar[Mapping[str, float]] = MappingProxyType({})
    """Minimum seconds between two requests, by host including its subdomains. All other hosts
    have `live.DEFAULT_GAP`."""

    id: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,63}$")]
    kind: str
    enabled: bool = True
    quiet_days: Annotated[int, Field(ge=1, le=800)] | None = None
    """The most days that pass without a new paper while all is well; more raise an alarm."""
    sure: Literal["recorded", "documented", "used", "unproven"] = "used"
    """How well the source is known: a recording of it was read; its documentation was; other
    programs use the address; or none of these, so that the first poll has to show it."""

    @property
    def rhythm(self) -> SourceRhythm:
        """How the source is polled and what is usual for it."""
        return SourceRhythm(quiet_days=self.quiet_days)

    @abstractmethod
    def open(self, fetcher: Fetcher) -> Source:
        """The source, which reads through the fetcher. Heavy libraries are imported here, so that
        checking a catalogue stays fast."""


def _https(url: str) -> str:
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError as error:
        raise ValueError("this is not an address") from error
    if parts.scheme != "https" or not host:
        raise ValueError("should be an https:// address")
    if parts.username or parts.password:
        raise ValueError("should hold no user name or password")
    if port not in (None, 443) or any(letter.isspace() for letter in url):
        raise ValueError("should be a plain https:// address without port or spaces")
    return url


HttpsAddress: TypeAlias = Annotated[str, Field(max_length=2_000), AfterValidator(_https)]
"""An address that a source may fetch, as a curator wrote it."""
VenueName: TypeAlias = Annotated[str, Field(min_length=1, max_length=200)]
"""The name of the venue in which the papers of a source appear, without the year."""
