"""Which known paper a notice (`Retraction Note: …`, `Correction: …`) is about.

A publisher's metadata may name the paper by its number, which suffices. Otherwise the notice has
its whole title, and authors or venue have to agree as well: a notice about the wrong paper is
worse than none.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from medvl_watch.papers.evidence import known_venue
from medvl_watch.papers.identifiers import is_generic_title, title_key
from medvl_watch.papers.names import match_authors
from medvl_watch.papers.paper_events import with_more_events
from medvl_watch.papers.withdrawal import Notice, NoticeKind, notice_in
from medvl_watch.records import EventKind, Paper, PaperEvent, Record

NOTICE_OF = "notice_of"
"""The key of `Record.extra` with the identity key of the paper that a notice names."""
_FIRST_WORDS = re.compile(
    r"\W*(?:(?:author|publisher|editorial)\s)?(?:(?P<gone>retraction|withdrawal)|"
    r"(?P<concern>expression of concern)|correction|corrigend|errat|addend)",
    re.IGNORECASE,
)
_FEWEST_WORDS = 5
_MOST_LAYERS = 3


def read_notice(record: Record) -> Notice | None:
    """What a notice says, also where it is wrapped: `Retraction: Retraction Note to: …`."""
    found = notice_in(record.title)
    for _ in range(_MOST_LAYERS):
        inner = notice_in(found.title) if found else None
        if found is None or inner is None:
            break
        is_retraction = NoticeKind.RETRACTION in {found.kind, inner.kind}
        kind = NoticeKind.RETRACTION if is_retraction else NoticeKind.CORRECTION
        found = Notice(kind, inner.title)
    return found


def keys_of_notices(notices: Iterable[Record]) -> Iterator[str]:
    """The identity keys of the papers that notices name by number."""
    for each in notices:
        key = each.extra.get(NOTICE_OF)
        if isinstance(key, str) and key:
            yield key


def with_notices(
    notices: Iterable[Record], known: Mapping[str, str], papers: Sequence[Paper]
) -> tuple[Paper, ...]:
    """The papers among these that a notice is about and that change by it. `known` has the ids
    of papers by their identity keys."""
    by_id = {each.id: each for each in papers}
    changed: dict[str, Paper] = {}
    for notice in notices:
        paper_id = _named(notice, known) or _titled(notice, papers)
        event = _event(notice)
        if paper_id not in by_id or event is None:
            continue
        before = changed.get(paper_id, by_id[paper_id])
        after = with_more_events(before, [event])
        if after != before:
            changed[paper_id] = after
    return tuple(changed.values())


def _event(notice: Record) -> PaperEvent | None:
    kind = _kind(notice)
    if kind is None or notice.origin is None:
        return None
    address = notice.url or (f"https://doi.org/{notice.doi}" if notice.doi else None)
    return PaperEvent(
        kind=kind,
        at=notice.origin.fetched_at,
        address=address,
    )


def _kind(notice: Record) -> EventKind | None:
    """What a notice says. One that names the paper by number need not repeat its title."""
    said = read_notice(notice)
    found = _FIRST_WORDS.match(notice.title)
    if said is None and not (found and notice.extra.get(NOTICE_OF)):
        return None
    if found and found["concern"]:
        return EventKind.CONCERN
    is_retraction = said.kind is NoticeKind.RETRACTION if said else bool(found and found["gone"])
    return EventKind.RETRACTED if is_retraction else EventKind.CORRECTED


def _named(notice: Record, known: Mapping[str, str]) -> str:
    key = notice.extra.get(NOTICE_OF)
    return known.get(key, "") if isinstance(key, str) else ""


def _titled(notice: Record, papers: Sequence[Paper]) -> str:
    """The only paper with the title that the notice names, where authors or venue agree."""
    said = read_notice(notice)
    if said is None or notice.extra.get(NOTICE_OF):
        return ""
    if is_generic_title(said.title) or len(said.title.split()) < _FEWEST_WORDS:
        return ""
    key = title_key(said.title)
    same = [
        paper
        for paper in papers
        if any(title_key(each.title) == key for each in (*paper.records, paper.facts))
    ]
    return same[0].id if len(same) == 1 and _agrees(notice, same[0]) else ""


def _agrees(notice: Record, paper: Paper) -> bool:
    records = (*paper.records, paper.facts)
    venue = known_venue(notice)
    if venue and venue in {known_venue(each) for each in records}:
        return True
    matches = (match_authors(notice.authors, each.authors) for each in records)
    return any(match is not None and match.most for match in matches)
