"""Workers that share a ledger: what one has in hand, the others leave."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import ClassVar

import pytest

from medvl_watch.errors import Busy, ExitCode
from medvl_watch.pipeline.parts import PipelineParts
from medvl_watch.pipeline.workers import POLLING, recording, while_nobody_polls, work_on
from medvl_watch.records import State
from tests.classify.test_subject import SATELLITES
from tests.fakes import World, paper_id, record, world
from tests.pipeline.test_own_classifiers import make_world, with_classifiers


@dataclass
class OtherWorker:
    """Locks of which another worker holds some."""

    taken: set[str]
    asked: list[str] = field(default_factory=list)
    are_shared: ClassVar[bool] = True

    @contextmanager
    def hold(self, work: str, *, wait: float = 0) -> Iterator[bool]:
        self.asked.append(work)
        yield work not in self.taken

    def __call__(self, parts: PipelineParts) -> PipelineParts:
        return replace(parts, locks=self)


@pytest.fixture
def two_lists(tmp_path: Path) -> World:
    return world(tmp_path, 1, 2)


def test_a_list_that_another_worker_has_is_left_and_the_others_are_written(
    two_lists: World,
) -> None:
    ran = two_lists.run(OtherWorker({work_on("first")}))
    assert ran.code is ExitCode.DONE
    assert [(each.list_id, each.step) for each in ran.lists] == [
        ("first", "elsewhere"),
        ("second", "create"),
    ]
    assert "another worker" in ran.lists[0].reason
    assert two_lists.pulls("first") == []
    assert set(two_lists.latest_outcomes("first").values()) == {State.DEFERRED}
    two_lists.run(OtherWorker(set()))
    assert two_lists.latest_outcomes("first")[paper_id(1)] is State.PROPOSED


def test_while_another_worker_polls_nothing_is_read(two_lists: World) -> None:
    ran = two_lists.run(OtherWorker({POLLING}))
    assert ran.code is ExitCode.DONE
    assert ran.polled.records == 0
    assert two_lists.overall() == {}


def test_what_another_worker_judged_meanwhile_is_not_taken_out_again(two_lists: World) -> None:
    """Papers are read anew for each list: they are not those from before the lists."""

    class PollsBetween(OtherWorker):
        @contextmanager
        def hold(self, work: str, *, wait: float = 0) -> Iterator[bool]:
            if work == work_on("second") and "more" not in self.taken:
                self.taken.add("more")
                more = world(two_lists.folder, 3)
                more.now = two_lists.now
                more.run(OtherWorker(set()))
            with super().hold(work, wait=wait) as is_ours:
                yield is_ours

    two_lists.run(PollsBetween(set()))
    text = two_lists.proposed("second")
    assert all(str(record(number).url) in text for number in (1, 2, 3))


def test_an_overall_outcome_is_worked_out_while_nobody_else_records(two_lists: World) -> None:
    ran = two_lists.run(OtherWorker({"recording outcomes"}))
    assert all("recording outcomes" in str(each.problem) for each in ran.lists)
    assert set(two_lists.latest_outcomes("first").values()) == {State.DEFERRED}


def test_a_digest_is_posted_by_one_worker_at_a_time(two_lists: World) -> None:
    two_lists.run()
    with pytest.raises(Busy, match="recording the digest"):
        two_lists.digest("current", OtherWorker({"recording the digest"}))


def test_the_best_verdict_of_several_lists_is_chosen_while_nobody_else_records(
    tmp_path: Path,
) -> None:
    made = make_world(tmp_path, sky=SATELLITES)
    wrap, others = with_classifiers(sky="subject"), OtherWorker({"recording verdicts"})
    ran = made.run(lambda parts: others(wrap(parts)))
    assert ["recording verdicts" in str(each.problem) for each in ran.lists] == [True]


def test_links_are_decided_while_nobody_polls() -> None:
    said = pytest.raises(Busy, match="another worker is reading the sources")
    with said, while_nobody_polls(OtherWorker({POLLING})):
        raise AssertionError


def test_recording_waits_its_turn_and_then_gives_up_with_a_sentence() -> None:
    others = OtherWorker({"recording outcomes"})
    said = pytest.raises(Busy, match="other workers have been recording outcomes")
    with said, recording(others, "outcomes"):
        raise AssertionError
