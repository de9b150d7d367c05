"""The catalogue of sources, `sources.yaml`: what a curator edits, checked."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache, reduce
from operator import or_
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, create_model

from medvl_watch.ports import Fetcher, Source
from medvl_watch.seedfile import SeedFile
from medvl_watch.sources.entries import SourceEntry
from medvl_watch.sources.register import KINDS


class Catalogue(BaseModel):
    """All sources, in the order in which they are polled.

    `contact` (`mailto:…` or an https address) goes into the User-Agent, so that a service
    can reach whoever runs this before it blocks them.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    version: Literal[1]
    contact: Annotated[str, Field(pattern=r"^(mailto:[^@\s]+@[^@\s]+|https://\S+)$")]
    sources: list[SourceEntry]

    def enabled(self) -> tuple[SourceEntry, ...]:
        return tuple(entry for entry in self.sources if entry.enabled)


def load_catalogue(
    text: str, where: str, kinds: tuple[type[SourceEntry], ...] = KINDS
) -> Catalogue:
    """The catalogue from the text of the file `where`, with sources of these kinds.

    Raises ConfigError that names file, line, key and reason: for an unknown, missing or
    duplicate key, a value of the wrong kind, an address that is not https, an id used twice.
    """
    seed = SeedFile(text, where)
    catalogue = seed.check(_model_with(kinds))
    seen: set[str] = set()
    for place, entry in enumerate(catalogue.sources):
        if entry.id in seen:
            seed.refuse(
                ("sources", place, "id"),
                f"another source has the id {entry.id!r}",
                "give each its own",
            )
        seen.add(entry.id)
    return catalogue


@cache
def _model_with(kinds: tuple[type[SourceEntry], ...]) -> type[Catalogue]:
    """The model of a catalogue that checks each entry by its `kind`."""
    union: Any = reduce(or_, kinds)
    entries: Any = list[Annotated[union, Field(discriminator="kind")]]
    return create_model(
        "Catalogue", __base__=Catalogue, sources=(Annotated[entries, Field(min_length=1)], ...)
    )


def open_sources(catalogue: Catalogue, fetcher: Fetcher) -> Iterator[Source]:
    """The enabled sources of the catalogue, in its order, reading through the fetcher; each is
    opened only when the iterator reaches it."""
    for entry in catalogue.enabled():
        yield entry.open(fetcher)
