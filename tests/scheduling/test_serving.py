"""The loop of `serve`, with a real scheduler that is stopped by an event."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable

import pytest

from medvl_watch.scheduling.serving import serve

Stopping = Callable[[], bool]


def test_it_looks_at_the_start_and_again_until_it_is_stopped() -> None:
    stop, looks = threading.Event(), []

    def look(_is_stopping: Stopping) -> None:
        looks.append(1)
        if len(looks) == 3:
            stop.set()

    assert serve(look, stop, wake_every=0.02)
    assert len(looks) == 3


def test_a_look_that_fails_is_logged_and_followed_by_others(
    caplog: pytest.LogCaptureFixture,
) -> None:
    stop, looks = threading.Event(), []

    def look(_is_stopping: Stopping) -> None:
        looks.append(1)
        if len(looks) == 1:
            raise ZeroDivisionError("the record is broken")
        stop.set()

    with caplog.at_level(logging.ERROR):
        assert serve(look, stop, wake_every=0.02)
    assert "failed: the record is broken" in caplog.text


def test_what_is_under_way_is_finished_and_learns_that_it_should_end() -> None:
    stop, done = threading.Event(), []

    def slow(is_stopping: Stopping) -> None:
        stop.set()
        time.sleep(0.1)
        done.append(is_stopping())

    assert serve(slow, stop)
    assert done == [True]


def test_what_does_not_end_is_left_after_the_grace() -> None:
    stop, free = threading.Event(), threading.Event()

    def wait_for_a_server(_is_stopping: Stopping) -> None:
        stop.set()
        free.wait(10)

    has_ended = serve(wait_for_a_server, stop, grace=0.05)
    free.set()

    assert not has_ended


def test_a_long_look_is_not_joined_by_another_and_no_warning_is_given(
    caplog: pytest.LogCaptureFixture,
) -> None:
    stop, at_work = threading.Event(), []

    def long(_is_stopping: Stopping) -> None:
        at_work.append(1)
        time.sleep(0.1)
        stop.set()

    assert serve(long, stop, wake_every=0.02)
    assert len(at_work) == 1
    assert not caplog.records


def test_stopping_before_the_start_looks_at_nothing() -> None:
    stop, looks = threading.Event(), []
    stop.set()

    assert serve(lambda _: looks.append(1), stop)
    assert looks == []
