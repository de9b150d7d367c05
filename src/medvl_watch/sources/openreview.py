"""The kind `openreview`: the accepted papers of a venue, through OpenReview's API v2
(https://docs.openreview.net/reference/api-v2). Built from the documentation: no answer was at hand.

Every field of the content is `{"value": …}`, times are milliseconds. Servers without a login may
get 403 `ChallengeRequiredError`, which is a failure, not an empty venue.
"""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial
from typing import Annotated, Any, Literal
from urllib.parse import urlencode

from pydantic import Field

from medvl_watch.errors import SourceError
from medvl_watch.ports import Fetcher, Response, Source, Window
from medvl_watch.records import Poll, Record
from medvl_watch.sources.archive import ArchiveEntry, ArchiveReading, json_of, read_pages
from medvl_watch.sources.entries import SourceEntry, VenueName

_NOTES = "https://api2.openreview.net/notes"
_AT_ONCE = 1_000


class OpenreviewEntry(SourceEntry):
    """The venue's id, which papers have only once they are accepted."""

    kind: Literal["openreview"]
    venueid: Annotated[str, Field(pattern=r"^[\w.-]+(?:/[\w.-]+){1,6}$")]
    venue: VenueName | None = None

    def open(self, fetcher: Fetcher) -> Source:
        return OpenreviewSource(self, fetcher)


class OpenreviewSource:
    """All accepted papers of a venue."""

    def __init__(self, entry: OpenreviewEntry, fetcher: Fetcher) -> None:
        self.name = entry.id
        self._entry = entry
        self._fetcher = fetcher

    def poll(self, window: Window) -> Poll:
        """All papers of the venue. Raises SourceError."""
        reading = ArchiveReading(self.name)
        read_pages(reading, self._fetcher, self._address(0), partial(self._read_page, 0))
        return reading.poll(window)

    def lookup(self, identifier: str) -> Record | None:  # noqa: ARG002 - it has neither id
        return None

    def _address(self, offset: int) -> str:
        query = {"content.venueid": self._entry.venueid, "limit": _AT_ONCE, "offset": offset}
        return f"{_NOTES}?{urlencode(query)}"

    def _read_page(self, offset: int, response: Response, reading: ArchiveReading) -> str | None:
        answer = json_of(response, self.name)
        if not isinstance(answer, dict) or not isinstance(answer.get("notes"), list):
            name = answer.get("name", "") if isinstance(answer, dict) else ""
            raise SourceError(
                f"the service answers {str(name)[:100]!r} instead of notes", where=self.name
            )
        if isinstance(answer.get("count"), int):
            reading.claimed = answer["count"]
        reading.add_all(answer["notes"], self._read, response)
        seen = reading.entries
        is_last = len(answer["notes"]) < _AT_ONCE or seen <= offset
        return None if is_last else self._address(seen)

    def _read(self, note: dict[str, Any]) -> ArchiveEntry:
        content = note["content"]

        def value(name: str) -> Any:
            found = content.get(name)
            return found.get("value") if isinstance(found, dict) else found

        posted = note.get("pdate") or note.get("odate") or note.get("cdate")
        forum = note.get("forum") or note["id"]
        return ArchiveEntry(
            title=value("title"),
            authors=[str(one) for one in value("authors") or ()],
            abstract=value("abstract") or "",
            published=datetime.fromtimestamp(posted / 1000, UTC).date().isoformat()
            if posted
            else None,
            venue=self._entry.venue or value("venue"),
            url=f"https://openreview.net/forum?id={forum}",
            raw_ids=(str(note["id"]),),
        )
