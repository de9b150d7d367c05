"""The kind `pmlr`: one volume of the Proceedings of Machine Learning Research, from its BibTeX file
(https://github.com/mlresearch, one repository per volume)."""

from __future__ import annotations

import re
from functools import partial
from typing import Literal

from medvl_watch.errors import SourceError, WatchError
from medvl_watch.ports import Fetcher, Request, Response, Source
from medvl_watch.sources.archive import ArchiveEntry, ArchiveReading, OneAnswerSource
from medvl_watch.sources.entries import HttpsAddress, SourceEntry, VenueName

_VOLUME = re.compile(r"/v(\d{1,4})/")
_PUBLISHED = re.compile(r"published\s*=\s*[{\"](\d{4}-\d\d-\d\d)[}\"]")


class PmlrEntry(SourceEntry):
    """The address of a volume's BibTeX file, and the venue of its papers."""

    kind: Literal["pmlr"]
    url: HttpsAddress
    venue: VenueName | None = None

    def open(self, fetcher: Fetcher) -> Source:
        request = Request(source=self.id, url=self.url)
        return OneAnswerSource(request, fetcher, partial(parse, entry=self))


def parse(response: Response, entry: PmlrEntry) -> ArchiveReading:
    """The papers of a volume. Raises SourceError for an answer without one."""
    from medvl_watch.papers.bibtexfile import looks_like_bibtex, read_bibtex  # noqa: PLC0415

    text = response.body.decode("utf-8", "replace")
    if not looks_like_bibtex(text):
        raise SourceError(
            "the answer is not BibTeX", where=entry.id, remedy="correct the address in sources.yaml"
        )
    reading = ArchiveReading(entry.id, responses=[response])
    published, volume = _PUBLISHED.search(text), _VOLUME.search(entry.url)
    for record in read_bibtex(text, entry.id):
        if isinstance(record, WatchError):
            reading.unusable["not of the documented form"] += 1
            continue
        key = record.id
        page = f"https://proceedings.mlr.press/v{volume.group(1)}/{key}.html" if volume else None
        reading.add(
            ArchiveEntry(
                title=record.title,
                authors=record.authors,
                abstract=record.abstract,
                published=published.group(1) if published else record.published,
                venue=entry.venue or record.venue,
                url=record.url or page,
                raw_ids=(key,),
            ),
            response,
        )
    return reading
