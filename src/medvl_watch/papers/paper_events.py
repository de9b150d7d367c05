"""What happens to a paper after it was first seen, and what a list that holds it should hear of:
it is published, its code is released, it gets another title, it is withdrawn, retracted or
corrected."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from medvl_watch.papers.evidence import is_preprint
from medvl_watch.papers.identifiers import title_key
from medvl_watch.papers.preprint_names import is_preprint_name
from medvl_watch.papers.titles import TitleMatch, match_titles
from medvl_watch.papers.venues import venue_of
from medvl_watch.records import EventKind, Paper, PaperEvent, Record

MOST_EVENTS = 20
"""The latest events of one paper that are kept."""
GONE = frozenset({EventKind.WITHDRAWN, EventKind.RETRACTED})
_UNKNOWN = datetime(1970, 1, 1, tzinfo=UTC)


def with_events(before: Paper | None, after: Paper) -> Paper:
    """The paper with what happened to it since `before`; None for one that was not known. What
    a new paper already is, is no event, but for its withdrawal."""
    known = before.events if before else ()
    new = tuple(_events_between(before, after)) if before else tuple(_events_of_new(after))
    return with_more_events(replace(after, events=known), new)


def with_more_events(paper: Paper, new: Iterable[PaperEvent]) -> Paper:
    """The paper with these events, each once; a retraction withdraws it for good."""
    said = {_identity(each) for each in paper.events}
    events = (*paper.events, *(each for each in new if _identity(each) not in said))
    retracted = any(each.kind is EventKind.RETRACTED for each in events)
    return replace(paper, events=events[-MOST_EVENTS:], withdrawn=paper.withdrawn or retracted)


def former_titles(paper: Paper) -> tuple[str, ...]:
    """The titles that a paper had before, the latest first."""
    found = (each.was for each in reversed(paper.events) if each.kind is EventKind.RENAMED)
    now = title_key(paper.facts.title)
    return tuple(dict.fromkeys(each for each in found if title_key(each) != now))


def _identity(event: PaperEvent) -> tuple[str, ...]:
    return event.kind, event.was, event.now, event.address or ""


def _events_of_new(after: Paper) -> Iterator[PaperEvent]:
    if after.withdrawn:
        yield PaperEvent(kind=EventKind.WITHDRAWN, at=_read_at(after.records))


def _events_between(before: Paper, after: Paper) -> Iterator[PaperEvent]:
    at = _read_at(after.records)
    renamed = _new_title(before, after)
    if renamed:
        old, new = renamed
        yield PaperEvent(kind=EventKind.RENAMED, at=at, was=old, now=new)
    venue = _published_in(after.facts)
    if venue and not _published_in(before.facts):
        yield PaperEvent(kind=EventKind.PUBLISHED, at=at, now=venue)
    if after.facts.code_urls and not before.facts.code_urls:
        yield PaperEvent(kind=EventKind.CODE_RELEASED, at=at, now=after.facts.code_urls[0])
    if after.withdrawn and not any(each.kind in GONE for each in before.events):
        yield PaperEvent(kind=EventKind.WITHDRAWN, at=at)


def _new_title(before: Paper, after: Paper) -> tuple[str, str] | None:
    """The old and the new title of a paper whose preprint got another one.

    Sources spell one title in several ways and cut it off, so a title counts as another one only
    where the same preprint has a later version, or where it is none of these.
    """
    old, new = before.facts, after.facts
    if title_key(old.title) == title_key(new.title) or not _same_preprint(old, new):
        return None
    is_later = (new.version or 0) > (old.version or 0) > 0
    if not is_later and match_titles(old.title, new.title) in {TitleMatch.SAME, TitleMatch.VARIANT}:
        return None
    return old.title, new.title


def _same_preprint(one: Record, other: Record) -> bool:
    return bool(one.arxiv_id and one.arxiv_id == other.arxiv_id) or (
        one.doi is not None and one.doi == other.doi and is_preprint(one)
    )


def _published_in(record: Record) -> str:
    """The venue in which a paper appeared, with its year; empty for a preprint."""
    venue = venue_of(record)
    return str(venue) if venue is not None and not is_preprint_name(venue.name) else ""


def _read_at(records: Sequence[Record]) -> datetime:
    return max((each.origin.fetched_at for each in records if each.origin), default=_UNKNOWN)
