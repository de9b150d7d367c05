"""The report of a run: its schema, its figures, and its Markdown."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime

import jsonschema
import pytest
from markdown_it import MarkdownIt

from medvl_watch.changes import Action, Published
from medvl_watch.errors import ForgeDenied, ListError, SourceError
from medvl_watch.pipeline.list_reports import ListReport
from medvl_watch.pipeline.polling import PollReport
from medvl_watch.pipeline.run_report import (
    DigestLine,
    RunReport,
    report_of,
    run_report_schema,
    schema_text,
)
from medvl_watch.pipeline.run_summary import run_summary
from medvl_watch.records import Receipt
from tests.classify.taxonomies import SEEDS

SCHEMA = SEEDS / "run-report.schema.json"
BEGAN, ENDED = (datetime(2026, 11, 30, 6, minute, tzinfo=UTC) for minute in (0, 3))
HOSTILE = "x | y\n\n# forged <script>alert(1)</script> @octocat [a](javascript:b) ![i](http://t)"


def report(**changes: object) -> RunReport:
    receipt = Receipt(source="arxiv", fetched_at=BEGAN, received=3, claimed=4, new=2,
                      incomplete="one page", silence=HOSTILE)  # fmt: skip
    published = Published(
        action=Action.CREATED, number=7, address="https://github.com/a/first/pull/7"
    )
    known: dict[str, object] = {
        "polled": PollReport(receipts=(receipt,), records=3, fresh=2, decisions={"propose": 1}),
        "lists": (
            ListReport(list_id="first", states={"proposed": 1}, step="open", reason="new papers",
                       published=published),
            ListReport(list_id="second", problem=ListError(HOSTILE)),
        ),
        "problems": (ListError(HOSTILE),),
        "digest": DigestLine(week="2026-W48", action="created", address=None),
    }  # fmt: skip
    return report_of("run", BEGAN, ENDED, **(known | changes))  # type: ignore[arg-type]


def test_the_published_schema_is_that_of_the_report() -> None:
    if os.environ.get("UPDATE_DOCUMENTS"):
        SCHEMA.write_text(schema_text(), encoding="utf-8")
    assert SCHEMA.read_text(encoding="utf-8") == schema_text(), "run `make documents`"


@pytest.mark.parametrize(
    "made",
    [
        pytest.param(report(), id="with everything in it"),
        pytest.param(report_of("poll", BEGAN, ENDED), id="with nothing in it"),
    ],
)
def test_a_report_is_as_its_schema_says(made: RunReport) -> None:
    jsonschema.validate(json.loads(json.dumps(made.as_json())), run_report_schema())


@pytest.mark.parametrize(
    ("problems", "lists", "code"),
    [
        pytest.param((), (), 0, id="no problem"),
        pytest.param((SourceError("silent"),), (), 4, id="a source failed"),
        pytest.param((ForgeDenied("no"),), (), 3, id="the token is wrong"),
    ],
)
def test_the_exit_code_follows_from_the_problems(
    problems: tuple[Exception, ...], lists: tuple[ListReport, ...], code: int
) -> None:
    assert report(problems=problems, lists=lists).exit_code == code


def test_the_summary_shows_every_part() -> None:
    text = run_summary(report(problems=(), lists=report_lists()))
    assert text.startswith("### medvl-watch: run, exit code 0\n")
    assert "| arxiv | 3 of 4 | 2 |" in text
    assert "[\\#\u200b7](https://redirect.github.com/a/first/pull/7)" in text
    assert "1 proposed" in text
    assert "The digest of 2026-W48: created." in text


def report_lists() -> tuple[ListReport, ...]:
    published = Published(
        action=Action.CREATED, number=7, address="https://github.com/a/first/pull/7"
    )
    return (ListReport(list_id="first", states={"proposed": 1}, step="open", published=published),)


def test_words_of_others_are_inert_in_the_summary() -> None:
    text = run_summary(report())
    html = MarkdownIt("commonmark", {"html": True}).enable("table").render(text)
    assert "<script" not in html
    assert "<img" not in html
    assert "<h1" not in html
    assert 'href="javascript' not in html
    assert html.count("<table>") == 2
