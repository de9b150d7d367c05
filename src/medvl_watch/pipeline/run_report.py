"""What one run or job did: the one value that feeds the terminal, `--json`, the log of `serve`,
the step summary of a workflow, and the metrics.

Its JSON form is published as `seeds/run-report.schema.json`:

    python -m medvl_watch.pipeline.run_report > seeds/run-report.schema.json
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from medvl_watch.changes import Published
from medvl_watch.errors import ExitCode, WatchError, combined_exit_code
from medvl_watch.pipeline.list_reports import ListReport
from medvl_watch.pipeline.polling import PollReport
from medvl_watch.pipeline.weekly_digest import DigestReport
from medvl_watch.records import Receipt

ADDRESS = (
    "https://raw.githubusercontent.com/medvl-watch/medvl-watch/main/seeds/run-report.schema.json"
)

_FOR_A_PERSON = frozenset({ExitCode.INTERNAL_ERROR, ExitCode.CONFIG, ExitCode.DENIED})
"""Exit codes of problems that last until somebody does something."""


class _ReportPart(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class SourceLine(_ReportPart):
    """What one source answered: `received` of the `claimed` records (None: it names no total),
    `new` papers, and whether that was everything. `silence` and `alarm` are sentences."""

    source: str
    fetched_at: datetime
    received: int
    claimed: int | None
    new: int | None
    complete: bool
    detail: str
    silence: str
    alarm: str

    @classmethod
    def of(cls, receipt: Receipt) -> SourceLine:
        names = cls.model_fields
        return cls.model_validate({name: getattr(receipt, name) for name in names})


class ListLine(_ReportPart):
    """What was done on one list: the `step` and its `reason`, papers by state, how many wait for
    review time, and the pull request."""

    list: str
    step: str
    reason: str
    states: dict[str, int]
    waiting_for_time: int
    action: str
    pull_request: int | None
    address: str | None
    problem: str | None
    was_published: bool = Field(exclude=True)
    """Whether a pull request was looked at; not in the JSON form, where `action` is enough."""

    @classmethod
    def of(cls, report: ListReport) -> ListLine:
        published = report.published
        return cls(
            list=report.list_id,
            step=report.step,
            reason=report.reason,
            states=dict(report.states),
            waiting_for_time=report.waiting,
            action=published.action.value if published else "none",
            pull_request=published.number if published else None,
            address=published.address if published else None,
            problem=str(report.problem) if report.problem else None,
            was_published=published is not None,
        )


class Rejudged(_ReportPart):
    """How many papers were judged again, and for how many the decision changed."""

    papers: int = 0
    changed: int = 0


class DigestLine(_ReportPart):
    """The digest of a week (`2026-W49`); `action` is `none` where nothing had to be written."""

    week: str
    action: str
    address: str | None


class DashboardLine(_ReportPart):
    """The dashboard; `action` is `none` where nothing had to be written."""

    action: str
    address: str

    @classmethod
    def of(cls, published: Published) -> DashboardLine:
        return cls(action=published.action.value, address=published.address)


class RunReport(_ReportPart):
    """One run of `job`: `run` (poll and publish), `poll`, `publish`, `digest`, or a further job
    of `serve`. `problems` are one sentence each; `alarms` are those that no later run mends, and
    sources whose silence cannot be right; `spent` says what a language model cost."""

    version: int = 1
    job: str
    began: datetime
    ended: datetime
    dry_run: bool = False
    sources: tuple[SourceLine, ...] = ()
    records: int = 0
    new_papers: int = 0
    decisions: dict[str, int] = {}
    waiting_for_time: int = 0
    rejudged: Rejudged = Rejudged()
    lists: tuple[ListLine, ...] = ()
    digest: DigestLine | None = None
    dashboard: DashboardLine | None = None
    spent: str = ""
    problems: tuple[str, ...] = ()
    alarms: tuple[str, ...] = ()
    exit_code: int = int(ExitCode.DONE)

    @property
    def did_its_work(self) -> bool:
        """Whether the job did at least a part of its work: it met no problem, or a source or
        list was read, or the digest was made."""
        some = bool(self.sources) or any(each.step for each in self.lists)
        return not self.problems or some or self.digest is not None

    def as_json(self) -> dict[str, Any]:
        """The report as its schema describes it."""
        return self.model_dump(mode="json")


def report_of(  # noqa: PLR0913 - one parameter per part of a report
    job: str,
    began: datetime,
    ended: datetime,
    *,
    polled: PollReport | None = None,
    lists: Sequence[ListReport] = (),
    digest: DigestLine | None = None,
    dashboard: Published | None = None,
    problems: Sequence[WatchError] = (),
    spent: str = "",
    dry_run: bool = False,
) -> RunReport:
    """The report of a run. One in which no source and no list could be read has done nothing,
    which its exit code says."""
    poll = polled or PollReport()
    done = bool(poll.receipts) or any(each.step for each in lists) or digest is not None
    return RunReport(
        job=job,
        began=began,
        ended=ended,
        dry_run=dry_run,
        sources=tuple(SourceLine.of(receipt) for receipt in poll.receipts),
        records=poll.records,
        new_papers=poll.fresh,
        decisions=dict(poll.decisions),
        waiting_for_time=poll.waiting,
        rejudged=Rejudged(papers=poll.rejudged, changed=poll.changed),
        lists=tuple(ListLine.of(each) for each in lists),
        digest=digest,
        dashboard=DashboardLine.of(dashboard) if dashboard else None,
        spent=spent,
        problems=tuple(str(problem) for problem in problems),
        alarms=(
            *(f"{each.source}: {each.alarm}" for each in poll.receipts if each.alarm),
            *(str(each) for each in problems if each.exit_code in _FOR_A_PERSON),
        ),
        exit_code=int(combined_exit_code(problems, something_done=done)),
    )


def digest_line(week: str, report: DigestReport) -> DigestLine:
    """The digest of the week `week`, as it stands in a report."""
    published = report.published
    return DigestLine(
        week=week,
        action=published.action.value if published else "none",
        address=published.address if published else None,
    )


def run_report_schema() -> dict[str, Any]:
    """The JSON schema of a report."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": ADDRESS,
        **RunReport.model_json_schema(mode="serialization"),
        "title": "A run of medvl-watch",
    }


def schema_text() -> str:
    """The text of the schema's file."""
    return json.dumps(run_report_schema(), indent=1, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    sys.stdout.write(schema_text())
