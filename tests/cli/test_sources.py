"""`medvl-watch sources`: what it shows of sources and their polls, and how it ends."""

from __future__ import annotations

import json
from datetime import UTC, datetime

from medvl_watch.errors import ExitCode
from medvl_watch.ledger.files import open_ledger
from medvl_watch.records import Receipt
from medvl_watch.state import LEDGER_NAME
from tests.cli.conftest import Folder

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)


def lines(text: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in text.splitlines()]


def test_list_shows_every_source_and_how_sure_it_is(folder: Folder) -> None:
    done = folder.watch("sources", "list")
    assert done.code == ExitCode.DONE
    assert done.out.splitlines()[0].split() == ["arxiv", "arxiv", "polled", "used"]
    assert "2 sources, 2 of them polled." in done.out
    found = lines(folder.watch("sources", "list", "--json").out)
    assert [one["id"] for one in found] == ["arxiv", "venue"]


def test_status_before_and_after_a_run(folder: Folder) -> None:
    assert "arxiv: not polled yet" in folder.watch("sources", "status").out

    folder.watch("run")

    done = folder.watch("sources", "status")
    assert done.code == ExitCode.DONE
    assert "3 of 3 records, 3 new" in done.out
    found = lines(folder.watch("sources", "status", "--json").out)
    assert [(one["source"], one["ok"], one["new"]) for one in found] == [
        ("arxiv", True, 3), ("venue", True, 1)
    ]  # fmt: skip


def test_status_ends_with_trouble_where_a_source_has_some(folder: Folder) -> None:
    (folder.path / "data").mkdir(exist_ok=True)
    opened = open_ledger(folder.path / "data" / LEDGER_NAME, NOW)
    opened.ledger.save_receipt(Receipt(source="arxiv", fetched_at=NOW, received=0), "no answer.")
    opened.ledger.save_receipt(
        Receipt(source="venue", fetched_at=NOW, received=1, alarm="no new paper for 90 days")
    )
    opened.ledger.close()

    done = folder.watch("sources", "status")

    assert done.code == ExitCode.PARTLY
    assert "arxiv: polled on 2026-11-30 12:00 UTC; no answer; last read whole: never" in done.out
    assert "no new paper for 90 days" in done.out


def test_replay_reads_recorded_answers_and_keeps_nothing(folder: Folder) -> None:
    done = folder.watch("sources", "replay", "recorded")
    assert done.code == ExitCode.DONE
    assert "arxiv: 3 of 3 records" in done.out
    assert "    Birch: report generation for radiology images" in done.out
    assert not (folder.path / "data").exists()


def test_replay_reports_what_is_wrong_with_an_answer(folder: Folder) -> None:
    index = json.loads((folder.path / "recorded" / "index.json").read_text("utf-8"))
    feed = next(page["file"] for page in index["pages"] if page["source"] == "venue")
    (folder.path / "recorded" / feed).write_bytes(b"")
    done = folder.watch("sources", "replay", "recorded")
    assert done.code == ExitCode.PARTLY
    assert "venue: failed" in done.out
    assert any("empty" in one for one in done.problems)


def test_a_source_that_is_not_in_the_catalogue(folder: Folder) -> None:
    done = folder.watch("sources", "test", "nature")
    assert done.code == ExitCode.CONFIG
    assert any("no source has the id 'nature'" in one for one in done.problems)


def test_a_folder_without_recordings_of_these_sources(folder: Folder) -> None:
    other = folder.path / "other"
    other.mkdir()
    (other / "index.json").write_text('{"version": 1, "pages": []}', "utf-8")
    done = folder.watch("sources", "replay", "other")
    assert done.code == ExitCode.CONFIG
