"""The scheduled jobs: their table, and a real scheduler stopped by event and by signal."""

from __future__ import annotations

import logging
import re
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from medvl_watch.config import Schedule
from medvl_watch.errors import ConfigError
from medvl_watch.schedule import Job, check_timetables, serve, table

WORKFLOWS = Path(__file__).resolve().parents[1] / ".github" / "workflows"
NEVER = "0 0 1 1 *"


def nothing() -> None:
    pass


def job(name: str, action: Callable[[], None] = nothing, cron: str = NEVER) -> Job:
    return Job(name, cron, "something", action)


def test_the_table_names_every_job_with_its_timetable() -> None:
    schedule = Schedule(poll="1 2 * * *", publish="3 4 * * mon", digest="5 6 * * sun")
    jobs = table(schedule, poll=nothing, publish=nothing, digest=nothing)

    assert [(one.name, one.cron) for one in jobs] == [
        ("poll", "1 2 * * *"), ("publish", "3 4 * * mon"), ("digest", "5 6 * * sun"),
    ]  # fmt: skip
    assert all(one.meaning for one in jobs)
    assert check_timetables(jobs) == jobs


def test_the_default_timetables_are_sound() -> None:
    check_timetables(table(Schedule(), poll=nothing, publish=nothing, digest=nothing))


@pytest.mark.parametrize(
    "cron",
    [
        pytest.param("61 * * * *", id="minute 61"),
        pytest.param("0 25 * * *", id="hour 25"),
        pytest.param("0 0 * * someday", id="no week day"),
        pytest.param("a b c d e", id="words"),
        pytest.param("* * *", id="three fields"),
        pytest.param("0 0 31 feb *", id="31 February"),
    ],
)
def test_a_timetable_that_makes_no_sense_is_refused(cron: str) -> None:
    with pytest.raises(ConfigError, match=re.escape(repr(cron))) as caught:
        check_timetables((job("poll", cron=cron),))
    assert str(caught.value).startswith("schedule.poll: ")


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


# --- serving ------------------------------------------------------------------------------


def served(*jobs: Job, stop: threading.Event) -> float:
    """Serve in a thread of its own; how long it took until it ended by itself."""
    thread = threading.Thread(target=serve, args=(jobs, "UTC", stop))
    began = time.monotonic()
    thread.start()
    thread.join(timeout=10)
    assert not thread.is_alive(), "serve does not end"
    return time.monotonic() - began


def last(action: Callable[[], None], stop: threading.Event) -> Callable[[], None]:
    """The action, and then the end."""

    def run() -> None:
        action()
        stop.set()

    return run


def test_every_job_runs_once_at_the_start_and_in_order() -> None:
    stop, done = threading.Event(), []
    served(
        job("poll", lambda: done.append("poll")),
        job("publish", lambda: done.append("publish")),
        job("digest", last(lambda: done.append("digest"), stop)),
        stop=stop,
    )
    assert done == ["poll", "publish", "digest"]


def test_a_job_that_fails_does_not_stop_the_others(caplog: pytest.LogCaptureFixture) -> None:
    stop, done = threading.Event(), []

    def fail() -> None:
        raise ZeroDivisionError("poll is broken")

    with caplog.at_level(logging.ERROR):
        served(
            job("poll", fail),
            job("publish", last(lambda: done.append("publish"), stop)),
            stop=stop,
        )
    assert done == ["publish"]
    assert "job poll at the start failed: poll is broken" in caplog.text


def test_the_job_under_way_is_finished_and_no_other_begins() -> None:
    stop, done = threading.Event(), []

    def slow() -> None:
        stop.set()
        time.sleep(0.2)
        done.append("slow")

    served(job("poll", slow), job("publish", lambda: done.append("publish")), stop=stop)

    assert done == ["slow"]


def test_a_job_that_does_not_end_is_left_after_the_grace() -> None:
    stop, free, found = threading.Event(), threading.Event(), []

    def wait_for_a_server() -> None:
        stop.set()
        free.wait(10)

    found.append(serve((job("poll", wait_for_a_server),), "UTC", stop, grace=0.05))
    free.set()

    assert found == [False]


def test_jobs_take_turns() -> None:
    stop, at_work, most = threading.Event(), [], []

    def work() -> None:
        at_work.append(1)
        time.sleep(0.05)
        most.append(len(at_work))
        at_work.pop()

    served(job("a", work), job("b", work), job("c", last(work, stop)), stop=stop)

    assert most == [1, 1, 1]


def test_stopping_before_the_start_runs_nothing() -> None:
    stop, done = threading.Event(), []
    stop.set()
    assert served(job("poll", lambda: done.append("poll")), stop=stop) < 5
    assert done == []
