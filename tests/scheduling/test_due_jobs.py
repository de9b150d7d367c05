"""Which jobs are due: by what was done, never by when a timer fired."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as some

from medvl_watch.config import Schedule
from medvl_watch.errors import ConfigError
from medvl_watch.publish.weeks import Week
from medvl_watch.scheduling.due_jobs import (
    WEEKS_MADE_UP,
    DueJob,
    WorkDone,
    check_timetables,
    due_jobs,
    next_time,
)

WORKFLOWS = Path(__file__).resolve().parents[2] / ".github" / "workflows"
BERLIN = "Europe/Berlin"


def at(text: str, zone: str = "UTC") -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))


def due_at(now: datetime, schedule: Schedule, done: WorkDone) -> list[str]:
    return [str(job) for job in due_jobs(schedule, done, now)]


MONDAY = at("2026-11-30T08:00")
DONE = WorkDone(began={"poll": MONDAY, "publish": MONDAY, "digest": MONDAY}, digest=Week(2026, 48))


@pytest.mark.parametrize(
    ("now", "due"),
    [
        pytest.param("2026-11-30T08:01", [], id="just done"),
        pytest.param("2026-11-30T13:16:59", [], id="a second before the next poll"),
        pytest.param("2026-11-30T13:17", ["poll"], id="on time"),
        pytest.param("2026-11-30T13:40", ["poll"], id="late"),
        pytest.param("2026-12-01T07:00", ["poll", "publish"], id="several, in their order"),
        pytest.param("2026-12-06T23:59", ["poll", "publish"], id="the week is not over"),
        pytest.param("2026-12-07T07:22", ["poll", "publish"], id="over, but not yet its hour"),
        pytest.param("2026-12-07T07:23", ["poll", "publish", "digest of 2026-W49"], id="digest"),
        pytest.param(
            "2026-12-15T00:00",
            ["poll", "publish", "digest of 2026-W49", "digest of 2026-W50"],
            id="after two weeks without power",
        ),
        pytest.param(
            "2027-01-04T07:23",
            ["poll", "publish", *(f"digest of 2026-W{week}" for week in range(49, 54))],
            id="a year with week 53",
        ),
    ],
)
def test_due(now: str, due: list[str]) -> None:
    assert due_at(at(now), Schedule(), DONE) == due


def test_without_a_record_each_job_and_the_last_week_are_due() -> None:
    assert due_at(MONDAY, Schedule(), WorkDone()) == ["poll", "publish", "digest of 2026-W48"]


def test_what_a_wrong_clock_recorded_counts_for_nothing() -> None:
    tomorrow = WorkDone(
        began=dict.fromkeys(("poll", "publish"), MONDAY + timedelta(days=1)),
        digest=Week(2026, 49),
    )
    assert due_at(MONDAY, Schedule(), tomorrow) == ["poll", "publish", "digest of 2026-W48"]
    mended = tomorrow.after(DueJob("digest", Week(2026, 48)), MONDAY)
    assert due_at(MONDAY, Schedule(), mended) == ["poll", "publish"]


def test_after_a_year_without_power_not_every_digest_is_made_up() -> None:
    due = due_jobs(Schedule(), DONE, MONDAY + timedelta(days=365))
    assert len([job for job in due if job.week]) == WEEKS_MADE_UP


@pytest.mark.parametrize(
    ("zone", "done", "now", "is_due"),
    [
        pytest.param(BERLIN, "2026-03-28T02:30", "2026-03-29T01:59", False, id="before the gap"),
        pytest.param(BERLIN, "2026-03-28T02:30", "2026-03-29T03:00", True, id="skipped in spring"),
        pytest.param(BERLIN, "2026-10-25T02:31", "2026-10-25T03:30", False, id="twice in autumn"),
        pytest.param("Australia/Sydney", "2026-10-03T02:30", "2026-10-04T03:00", True,
                     id="skipped in the southern spring"),
        pytest.param("Pacific/Auckland", "2027-04-04T02:31", "2027-04-04T04:00", False,
                     id="twice in the southern autumn"),
        pytest.param("UTC", "2028-02-28T02:30", "2028-02-29T02:30", True, id="leap day"),
    ],
)  # fmt: skip
def test_hours_are_those_of_the_wall_clock(zone: str, done: str, now: str, is_due: bool) -> None:
    schedule = Schedule(timezone=zone, poll="30 2 * * *")
    record = WorkDone(began={"poll": at(done, zone)}, digest=Week(2026, 1))
    assert ("poll" in due_at(at(now, zone), schedule, record)) is is_due


def test_the_hour_that_comes_twice_is_one_hour() -> None:
    first = at("2026-10-25T02:30", BERLIN)
    second = first.replace(fold=1)
    assert second.astimezone(UTC) - first.astimezone(UTC) == timedelta(hours=1)
    schedule = Schedule(timezone=BERLIN, poll="30 2 * * *")
    record = WorkDone(began={"poll": first})
    assert "poll" not in due_at(second, schedule, record)
    assert "poll" not in due_at(second + timedelta(minutes=29), schedule, record)


@given(
    start=some.timedeltas(timedelta(), timedelta(days=1100)).map(MONDAY.__add__),
    zone=some.sampled_from([BERLIN, "Australia/Lord_Howe", "America/St_Johns", "Pacific/Apia"]),
    steps=some.lists(some.timedeltas(timedelta(seconds=1), timedelta(days=9)), max_size=12),
)
def test_whenever_it_looks_each_week_gets_one_digest_and_what_is_done_is_not_due(
    start: datetime, zone: str, steps: list[timedelta]
) -> None:
    schedule, now, done, weeks = Schedule(timezone=zone), start, WorkDone(), []
    for step in (timedelta(), *steps):
        now += step
        for job in due_jobs(schedule, done, now):
            done = done.after(job, now)
            weeks += [job.week] if job.week else []
        assert due_jobs(schedule, done, now) == ()
    assert [week.start for week in weeks] == [
        weeks[0].start + timedelta(weeks=count) for count in range(len(weeks))
    ]
    assert weeks[-1] >= Week.of((now - timedelta(days=15)).date())


def test_the_next_time_is_told_in_the_time_zone() -> None:
    coming = next_time("41 6 * * mon-fri", BERLIN, at("2026-12-04T06:41", BERLIN))
    assert coming.isoformat() == "2026-12-07T06:41:00+01:00"


@pytest.mark.parametrize(
    "cron",
    [
        pytest.param("0 0 31 feb *", id="31 February"),
        pytest.param("0 0 30 2 *", id="30 February"),
    ],
)
def test_a_timetable_that_never_comes_is_refused(cron: str) -> None:
    with pytest.raises(ConfigError, match=re.escape(repr(cron))) as caught:
        check_timetables(Schedule(poll=cron))
    assert str(caught.value).startswith("schedule.poll: ")


@pytest.mark.parametrize(
    "cron",
    [
        pytest.param("61 * * * *", id="minute 61"),
        pytest.param("0 25 * * *", id="hour 25"),
        pytest.param("a b c d e", id="words"),
    ],
)
def test_a_timetable_that_makes_no_sense_is_refused(cron: str) -> None:
    with pytest.raises(ConfigError, match=re.escape(repr(cron))) as caught:
        check_timetables(Schedule.model_construct(**{**Schedule().model_dump(), "poll": cron}))
    assert str(caught.value).startswith("schedule.poll: ")


def test_the_default_timetables_are_sound() -> None:
    check_timetables(Schedule())


DAYS = {"mon": "1", "sun": "0"}


@pytest.mark.parametrize(
    ("workflow", "cron"), [("watch.yml", Schedule().poll), ("digest.yml", Schedule().digest)]
)
def test_the_workflows_keep_the_same_hours(workflow: str, cron: str) -> None:
    text = (WORKFLOWS / workflow).read_text(encoding="utf-8")
    found = re.search(r'cron: "([^"]+)"', text)
    assert found
    *fields, day = cron.split()
    assert found[1] == " ".join([*fields, DAYS.get(day, day)])
