"""A fetcher that reads a folder of recordings instead of the network.

`index.json` names the file for each page of each source:
{"version": 1, "pages": [{"source", "page", "file", "url", "fetched_at", "status",
"content_type"}]}. Everything after the fetcher works as with live answers.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from medvl_watch.errors import ConfigError, SourceError, SourceLimited, os_reason
from medvl_watch.ports import Request, Response
from medvl_watch.repository_path import inside
from medvl_watch.validation import first_fault

LARGEST = 20_000_000
"""Bytes; a page that is larger is refused, live or recorded."""


class NotRecorded(SourceError):
    """There is no recording for this request."""


class _RecordedPage(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    source: Annotated[str, Field(min_length=1)]
    page: Annotated[int, Field(ge=0)]
    file: Annotated[str, Field(min_length=1)]
    url: str = ""
    fetched_at: AwareDatetime
    status: int = 200
    content_type: str = ""


class _RecordingIndex(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    version: Literal[1]
    pages: tuple[_RecordedPage, ...]


class RecordedFetcher:
    """Returns the recording for a source and page. Raises ConfigError if the folder has no usable
    index."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._pages = {(page.source, page.page): page for page in _read(folder).pages}

    def get(self, request: Request) -> Response:
        page = self._pages.get((request.source, request.page))
        if page is None:
            raise NotRecorded(
                f"page {request.page} is not among the recordings in {self._folder}",
                where=request.source,
                remedy="disable the source, or poll it live",
            )
        if page.status == 429:
            raise SourceLimited("the recorded answer is HTTP 429", where=request.source)
        if page.status != 200:
            raise SourceError(f"the recorded answer is HTTP {page.status}", where=request.source)
        return Response(
            body=self._body(page),
            fetched_at=page.fetched_at,
            content_type=page.content_type.lower(),
            address=page.url,
        )

    def _body(self, page: _RecordedPage) -> bytes:
        path = inside(self._folder, page.file)
        if path is None:
            raise SourceError(
                f"the recording {page.file} lies outside {self._folder}", where=page.source
            )
        try:
            if path.stat().st_size > LARGEST:
                raise SourceError(f"the recording {page.file} is too large", where=page.source)
            return path.read_bytes()
        except OSError as error:
            raise SourceError(
                f"the recording {page.file} cannot be read ({os_reason(error)})",
                where=page.source,
                remedy=f"put it into {self._folder} or take it out of index.json",
            ) from error


def _read(folder: Path) -> _RecordingIndex:
    where = str(folder / "index.json")
    try:
        index = _RecordingIndex.model_validate_json((folder / "index.json").read_bytes())
    except OSError as error:
        raise ConfigError(
            f"the index of the recordings cannot be read ({os_reason(error)})",
            where=where,
            remedy="name a folder that holds recordings",
        ) from error
    except ValidationError as error:
        fault = first_fault(error, _RecordingIndex)
        raise ConfigError(
            fault.clause, where=where, remedy=fault.remedy or "correct the index"
        ) from error
    seen: set[tuple[str, int]] = set()
    for page in index.pages:
        if (page.source, page.page) in seen:
            raise ConfigError(f"page {page.page} of {page.source} stands twice", where=where)
        seen.add((page.source, page.page))
    return index
