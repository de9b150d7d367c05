"""Due jobs are run and recorded; what failed waits; the record outlives the process."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from medvl_watch.config import Schedule
from medvl_watch.errors import ConfigError
from medvl_watch.publish.weeks import Week
from medvl_watch.scheduling.due_jobs import DueJob, WorkDone
from medvl_watch.scheduling.job_runner import RETRY, JobRunner
from medvl_watch.scheduling.work_record import RECORD_NAME, read_work, save_work

MONDAY = datetime(2026, 11, 30, 8, tzinfo=UTC)


@dataclass
class Jobs:
    """Jobs that note that they ran; those in `broken` do nothing."""

    folder: Path
    now: datetime = MONDAY
    ran: list[str] = field(default_factory=list)
    broken: set[str] = field(default_factory=set)

    def run(self, job: DueJob) -> bool:
        self.ran.append(str(job))
        return job.name not in self.broken

    def runner(self) -> JobRunner:
        return JobRunner(
            Schedule(),
            read_work(self.folder),
            run=self.run,
            save=lambda done: save_work(self.folder, done, self.now),
            now=lambda: self.now,
        )


@pytest.fixture
def jobs(tmp_path: Path) -> Jobs:
    return Jobs(tmp_path / "data")


def goes_on() -> bool:
    return False


def test_a_second_start_repeats_nothing(jobs: Jobs) -> None:
    jobs.runner().run_due(goes_on)
    assert jobs.ran == ["poll", "publish", "digest of 2026-W48"]
    jobs.runner().run_due(goes_on)
    assert len(jobs.ran) == 3


def test_a_job_that_did_nothing_waits_and_the_others_go_on(jobs: Jobs) -> None:
    jobs.broken = {"publish"}
    runner = jobs.runner()
    runner.run_due(goes_on)
    jobs.now += RETRY - timedelta(seconds=1)
    runner.run_due(goes_on)
    assert jobs.ran == ["poll", "publish", "digest of 2026-W48"]
    jobs.now += timedelta(seconds=1)
    jobs.broken.clear()
    runner.run_due(goes_on)
    runner.run_due(goes_on)
    assert jobs.ran[3:] == ["publish"]


def test_a_failed_job_is_tried_at_once_after_a_reload(jobs: Jobs) -> None:
    jobs.broken = {"poll"}
    runner = jobs.runner()
    runner.run_due(goes_on)
    runner.retry_now()
    runner.run_due(goes_on)
    assert jobs.ran.count("poll") == 2


def test_a_job_that_raises_is_not_tried_again_at_once(jobs: Jobs) -> None:
    runner = JobRunner(
        Schedule(), WorkDone(), run=lambda _: 1 // 0 > 0, save=lambda _: None, now=lambda: MONDAY
    )
    with pytest.raises(ZeroDivisionError):
        runner.run_due(goes_on)
    assert [str(job) for job in runner.due()] == ["publish", "digest of 2026-W48"]


def test_no_job_begins_while_it_stops(jobs: Jobs) -> None:
    jobs.runner().run_due(lambda: bool(jobs.ran))
    assert jobs.ran == ["poll"]


def test_a_record_that_cannot_be_written_does_not_repeat_jobs(
    jobs: Jobs, caplog: pytest.LogCaptureFixture
) -> None:
    jobs.folder.write_text("a file where the folder should be")
    runner = jobs.runner()
    runner.run_due(goes_on)
    runner.run_due(goes_on)
    assert len(jobs.ran) == 3
    assert "what was done cannot be recorded" in caplog.text


def test_the_record_is_read_as_it_was_saved(tmp_path: Path) -> None:
    done = WorkDone(began={"poll": MONDAY}, digest=Week(2026, 53))
    save_work(tmp_path, done, MONDAY)
    assert read_work(tmp_path) == done


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="empty"),
        pytest.param("[]", id="not an object"),
        pytest.param("{}", id="without times"),
        pytest.param('{"began": {"poll": "soon"}}', id="not a time"),
        pytest.param('{"at": "2026-11-30", "began": {}, "digest": "W"}', id="not a week"),
    ],
)
def test_a_damaged_record_counts_as_none(tmp_path: Path, text: str) -> None:
    (tmp_path / RECORD_NAME).write_text(text)
    assert read_work(tmp_path) == WorkDone()


def test_a_record_in_a_folder_that_cannot_be_used_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigError, match="cannot be recorded"):
        save_work(tmp_path / "file", WorkDone(), MONDAY)
