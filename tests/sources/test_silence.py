"""When a source may be silent, when it may not, and what people are told of it."""

# ruff: noqa: E501 - a table of sentences

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from medvl_watch.ports import SourceHealth, SourceRhythm, Window
from medvl_watch.records import Receipt
from medvl_watch.sources import arxiv_schedule
from medvl_watch.sources.poll_window import LONGEST, OVERLAP, poll_windows
from medvl_watch.sources.silence import alarm_of, silence_of

NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)  # a Saturday
USUAL = Window(since=NOW - timedelta(days=14), until=NOW)


def health(good: float | None = 1, news: float | None = 1) -> SourceHealth:
    """A source that was last read, and last brought something, so many days ago."""
    return SourceHealth(
        receipt=Receipt(source="venue", fetched_at=NOW, received=0),
        problem="",
        last_good=None if good is None else NOW - timedelta(days=good),
        last_news=None if news is None else NOW - timedelta(days=news),
    )


@pytest.mark.parametrize(
    ("since", "now", "sentence"),
    [
        pytest.param("2026-10-16T04:00", "2026-10-17T12:00",
                     "arXiv announced nothing: weekend, next Sunday 20:00 ET", id="a Saturday"),
        pytest.param("2026-10-16T04:00", "2026-10-18T12:00",
                     "arXiv announced nothing: weekend, next today 20:00 ET", id="a Sunday"),
        pytest.param("2026-11-26T05:00", "2026-11-27T12:00",
                     "arXiv announced nothing: holiday, next Sunday 20:00 ET", id="Thanksgiving"),
        pytest.param("2026-10-13T04:00", "2026-10-13T20:00",
                     "arXiv announced nothing: next today 20:00 ET", id="between two evenings"),
        pytest.param("2026-10-12T04:00", "2026-10-13T04:00", "", id="papers were due"),
        pytest.param("2026-10-16T04:00", "2026-10-19T12:00", "", id="a Monday"),
    ],
)  # fmt: skip
def test_arxivs_schedule_explains_its_silence(since: str, now: str, sentence: str) -> None:
    moments = [datetime.fromisoformat(one).replace(tzinfo=UTC) for one in (since, now)]
    assert arxiv_schedule.silence(*moments) == sentence


@pytest.mark.parametrize(
    ("year", "days"),
    [
        pytest.param(2026, "01-01 01-19 06-19 07-03 09-07 11-26 12-25 12-29 12-31", id="as listed"),
        pytest.param(
            2027, "01-01 01-18 06-18 07-05 09-06 11-25 12-24 12-31", id="weekends are moved"
        ),
        pytest.param(2028, "01-17 06-19 07-04 09-04 11-23 12-25", id="a leap year"),
    ],
)
def test_holidays_follow_from_the_year(year: int, days: str) -> None:
    dates = {f"{day:%m-%d}" for day in arxiv_schedule.holidays(year)}
    assert dates == set(days.split())


def test_a_holiday_of_a_later_year_explains_the_silence() -> None:
    moments = [datetime(2027, 9, day, 12, tzinfo=UTC) for day in (6, 7)]
    assert arxiv_schedule.silence(*moments) == (
        "arXiv announced nothing: holiday, next today 20:00 ET"
    )


def test_announcements_are_in_the_evening_of_new_york_in_summer_and_winter() -> None:
    def following(text: str) -> str:
        moment = datetime.fromisoformat(text).replace(tzinfo=UTC)
        return arxiv_schedule.next_announcement(moment).astimezone(UTC).isoformat()

    assert following("2026-07-01T12:00") == "2026-07-02T00:00:00+00:00"
    assert following("2026-12-01T12:00") == "2026-12-02T01:00:00+00:00"
    assert following("2026-12-24T12:00") == "2026-12-25T01:00:00+00:00"
    assert following("2026-12-25T12:00") == "2026-12-28T01:00:00+00:00", "Christmas and a weekend"


@pytest.mark.parametrize(
    ("before", "quiet", "sentence", "alarm"),
    [
        pytest.param(None, 7, "", "", id="never polled"),
        pytest.param(health(news=0), 7, "", "", id="news today"),
        pytest.param(health(news=5), 7, "nothing new for 5 days; up to 7 are usual", "", id="quiet"),
        pytest.param(health(news=9), 7, "nothing new for 9 days; up to 7 are usual",
                     "no new paper for 9 days, although 7 are the most that is usual", id="too quiet"),
        pytest.param(health(news=900), None, "", "", id="of unknown rhythm"),
        pytest.param(health(news=None), 7, "", "", id="of unknown news"),
    ],
)  # fmt: skip
def test_silence_longer_than_usual_is_an_alarm(
    before: SourceHealth | None, quiet: int | None, sentence: str, alarm: str
) -> None:
    rhythm = SourceRhythm(quiet_days=quiet)
    assert silence_of(before, rhythm, NOW) == sentence
    assert alarm_of(before, rhythm, NOW) == alarm


def test_a_source_without_an_archive_has_one_window() -> None:
    (only,) = poll_windows(health(good=100), SourceRhythm(), USUAL)
    assert only.since == NOW - timedelta(days=100) - OVERLAP


def test_a_source_that_never_succeeded_is_polled_from_its_first_attempt_on() -> None:
    (only,) = poll_windows(health(good=None, news=40), SourceRhythm(), USUAL)
    assert only.since == NOW - timedelta(days=40) - OVERLAP


def test_the_usual_window_is_one_slice() -> None:
    for good in (None, 0.1, 1, 7):
        (only,) = poll_windows(health(good=good), SourceRhythm(slice_days=14), USUAL)
        assert (only.since, only.until) == (USUAL.since, NOW)


@pytest.mark.parametrize("days", [30, 182, 400, 5000])
def test_an_outage_is_cut_into_slices_without_a_gap(days: int) -> None:
    windows = poll_windows(health(good=days), SourceRhythm(slice_days=14), USUAL)

    assert windows[0].since == max(NOW - timedelta(days=days) - OVERLAP, NOW - LONGEST)
    assert windows[-1].until == NOW
    assert all(one.until == other.since for one, other in pairwise(windows))
    assert all(one.until - one.since <= timedelta(days=21) for one in windows)
