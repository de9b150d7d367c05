"""What a list hears of its papers, and in which week."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from medvl_watch.offers.list_news import (
    FOR_THE_MAINTAINER,
    MOST_A_WEEK,
    WEEKS_SHOWN,
    PaperNews,
    news_of,
    news_of_week,
)
from medvl_watch.records import EventKind, Paper, PaperEvent, Record

MONDAY = datetime(2026, 11, 30, tzinfo=UTC)


def news(number: int, days: int = 0, kind: EventKind = EventKind.WITHDRAWN) -> PaperNews:
    key = f"arxiv:2611.{number:05}"
    event = PaperEvent(kind=kind, at=MONDAY + timedelta(days=days))
    paper = Paper(id=key, facts=Record(id=key, title=f"Paper {number}"), events=(event,))
    return PaperNews(paper=paper, event=event)


def test_the_latest_come_first_and_stay_four_weeks() -> None:
    told = [news(1, 0), news(2, 1)]
    assert news_of_week(told, MONDAY + timedelta(days=2)) == (told[1], told[0])
    assert news_of_week(told, MONDAY + timedelta(days=27)) == (told[1], told[0])
    assert news_of_week(told, MONDAY + timedelta(days=28)) == ()


@given(st.lists(st.integers(-60, 0), max_size=60))
def test_a_week_brings_no_more_than_agreed_and_nothing_is_left_out(days: list[int]) -> None:
    told = [news(number, day) for number, day in enumerate(days)]
    seen: set[str] = set()
    for week in range(-10, 20):
        shown = {each.paper.id for each in news_of_week(told, MONDAY + timedelta(weeks=week))}
        assert len(shown - seen) <= MOST_A_WEEK
        assert len(shown) <= MOST_A_WEEK * WEEKS_SHOWN
        seen |= shown
    assert seen == {each.paper.id for each in told}


def test_of_a_retracted_paper_it_is_not_said_that_it_was_withdrawn() -> None:
    events = (
        PaperEvent(kind=EventKind.WITHDRAWN, at=MONDAY),
        PaperEvent(kind=EventKind.RETRACTED, at=MONDAY),
        PaperEvent(kind=EventKind.CODE_RELEASED, at=MONDAY),
    )
    paper = Paper(id="a", facts=Record(id="a", title="A"), withdrawn=True, events=events)
    found = news_of([paper], FOR_THE_MAINTAINER)
    assert [each.event.kind for each in found] == [EventKind.RETRACTED]
