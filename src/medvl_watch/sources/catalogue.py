"""The catalogue of sources, `sources.yaml`: what a curator edits, checked."""

from __future__ import annotations

from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, field_validator

from medvl_watch.classify.seedfile import SeedFile

_ID = r"^[a-z0-9][a-z0-9-]{0,63}$"


class _CatalogueModel(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class ArxivEntry(_CatalogueModel):
    """One query to the arXiv API. The window of time is added by the source.

    At most `page_size` x `max_pages` results are read; a query that finds more is refused
    rather than cut.
    """

    id: Annotated[str, Field(pattern=_ID)]
    kind: Literal["arxiv"]
    query: Annotated[str, Field(min_length=1, max_length=6_000)]
    page_size: Annotated[int, Field(ge=1, le=2_000)] = 100
    max_pages: Annotated[int, Field(ge=1, le=1_000)] = 100
    enabled: bool = True

    @field_validator("query")
    @classmethod
    def _says_and_or(cls, query: str) -> str:
        query = " ".join(query.split())
        if query.count("(") != query.count(")"):
            raise ValueError("the parentheses do not match")
        if query.count('"') % 2:
            raise ValueError("a quotation mark is not closed")
        if "submittedDate:" in query or "lastUpdatedDate:" in query:
            raise ValueError("leave dates out, the window is added to the query")
        for word in (" and ", " or ", " andnot "):
            if word in query:
                raise ValueError(f"write{word.upper()}in capitals, arXiv takes{word}for a word")
        return query


class FeedEntry(_CatalogueModel):
    """One RSS, RDF or Atom feed. `venue` is what its papers are said to appear in."""

    id: Annotated[str, Field(pattern=_ID)]
    kind: Literal["feed"]
    url: Annotated[str, Field(max_length=2_000)]
    venue: Annotated[str, Field(min_length=1, max_length=200)] | None = None
    enabled: bool = True

    @field_validator("url")
    @classmethod
    def _is_https(cls, url: str) -> str:
        try:
            parts = urlsplit(url)
            host, port = parts.hostname, parts.port
        except ValueError as error:
            raise ValueError("this is no address") from error
        if parts.scheme != "https" or not host:
            raise ValueError("should be an https:// address")
        if parts.username or parts.password:
            raise ValueError("should hold no user name or password")
        if port not in (None, 443) or any(letter.isspace() for letter in url):
            raise ValueError("should be a plain https:// address without port or spaces")
        return url


Entry = Annotated[ArxivEntry | FeedEntry, Field(discriminator="kind")]


class Catalogue(_CatalogueModel):
    """All sources, in the order in which they are polled.

    `contact` (`mailto:…` or an https address) goes into the User-Agent, so that a service
    can reach whoever runs this before it blocks them.
    """

    version: Literal[1]
    contact: Annotated[str, Field(pattern=r"^(mailto:[^@\s]+@[^@\s]+|https://\S+)$")]
    sources: Annotated[list[Entry], Field(min_length=1)]

    def enabled(self) -> tuple[ArxivEntry | FeedEntry, ...]:
        return tuple(entry for entry in self.sources if entry.enabled)


def load_catalogue(text: str, where: str) -> Catalogue:
    """The catalogue from the text of the file `where`.

    Raises ConfigError that names file, line, key and reason: for an unknown, missing or
    duplicate key, a value of the wrong kind, an address that is not https, an id used twice.
    """
    seed = SeedFile(text, where)
    catalogue = seed.check(Catalogue)
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
