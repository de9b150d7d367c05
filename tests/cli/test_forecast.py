"""What `classify` and `list insert` say of a paper is what a run does with it.

In each situation the three are asked about one paper, on one list.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import pytest

from medvl_watch.changes import PullRequest, PullState, Target
from medvl_watch.cli.session import now, session
from medvl_watch.pipeline.polling import poll
from medvl_watch.pipeline.publishing import publish
from medvl_watch.publish.git import Git
from medvl_watch.publish.local.forge import LocalForge
from medvl_watch.records import Outcome, State
from tests.cli.conftest import CONFIG, ENTRIES, SOURCES, Folder
from tests.pipeline.test_manners import mark
from tests.sources.examples import entry, page

PAPER = "arxiv:2602.00009"
CLEAR = ("2602.00009v1", "Glade: report generation for radiology images", "Of medical images.")
UNSURE = (
    "2602.00009v1",
    "Glade: segmentation and report generation for radiology images",
    "Medical images.",
)
DOUBTFUL = ("2602.00009v1", "Glade in images", "Report generation for medical texts.")
OUTSIDE = ("2602.00009v1", "Glade on a quarry road", "Autonomous driving with maps.")


class Answers(NamedTuple):
    """What was said of the paper: by `classify`, by `list insert`, by a dry run for the list and
    for all lists."""

    forecast: dict[str, Any]
    inserted: dict[str, Any]
    outcome: Outcome | None
    overall: Outcome | None


def announce(folder: Folder, *papers: tuple[str, str, str]) -> None:
    """Have the source name these papers beside two others that the list takes."""
    entries = [entry(number, title, summary=summary)
               for number, title, summary in (*ENTRIES[:2], *papers)]  # fmt: skip
    folder.write("recorded/arxiv.xml", page(entries))


def configure(folder: Folder, limits: str = "") -> None:
    """One list, one source, and these limits."""
    head, _, second = CONFIG.split("[[lists]]")
    folder.write("medvl-watch.toml", f"{head}[[lists]]{second}{limits}")
    sources = [line for line in SOURCES.splitlines() if "id: venue" not in line]
    folder.write("sources.yaml", "\n".join(sources) + "\n")


def description(folder: Folder, number: int = 1) -> Any:
    return folder.data / f"forge/pulls/second/{number:04}.md"


def tick_section(folder: Folder) -> None:
    path = description(folder)
    text, count = re.subn(rf"\[ \] (<!-- s:{PAPER} \w+ --> Outlines)", r"[x] \1",
                          path.read_text("utf-8"))  # fmt: skip
    assert count == 1, text
    path.write_text(text, "utf-8")


def ask(folder: Folder) -> Answers:
    forecast = folder.watch("classify", PAPER.removeprefix("arxiv:"), "--json").json["lists"][0]
    record = folder.watch("classify", PAPER.removeprefix("arxiv:"), "--records").out
    folder.write("paper.jsonl", record)
    inserted = folder.watch(
        "list", "insert", "lists/second.md", "--papers", "paper.jsonl", "--list", "second", "--json"
    ).json["papers"][0]
    with session(None, dry_run=True) as work:  # as `run --dry-run` does
        poll(work.parts, work.window, work.now, lambda _: None)
        publish(work.parts, work.now, lambda _: None)
        latest_outcomes = {
            each.list_id: each for each in work.parts.ledger.latest_outcomes(papers=[PAPER])
        }
    return Answers(forecast, inserted, latest_outcomes.get("second"), latest_outcomes.get(""))


# --- situations -------------------------------------------------------------------------


def nothing_yet(folder: Folder) -> None:
    announce(folder, CLEAR)


def not_sure(folder: Folder) -> None:
    announce(folder, UNSURE)


def section_ticked(folder: Folder) -> None:
    announce(folder, UNSURE)
    folder.watch("run")
    tick_section(folder)


def paused(folder: Folder) -> None:
    folder.watch("run")
    folder.watch("prs", "close", "second")
    announce(folder, ("2602.00005v1", "Heath: report generation for radiology images", "Medical."))
    folder.watch("run")
    folder.watch("prs", "close", "second")
    announce(folder, CLEAR)


def full(folder: Folder) -> None:
    configure(folder, "[limits]\npapers_per_pull_request = 2\n")
    announce(folder)
    folder.watch("run")
    announce(folder, CLEAR)


def full_but_one_was_unticked(folder: Folder) -> None:
    full(folder)
    mark(description(folder), "arxiv:2602.00001", box=" ")


def full_but_a_section_is_ticked(folder: Folder) -> None:
    configure(folder, "[limits]\npapers_per_pull_request = 2\n")
    announce(folder, UNSURE)
    folder.watch("run")
    tick_section(folder)


def pushed(folder: Folder) -> None:
    announce(folder)
    folder.watch("run")
    git = Git(folder.data / "forge/second.git")
    head = git.branch_head("medvl-watch/second")
    assert head is not None
    made = git.commit_file("README.md", b"# By hand\n", "By hand\n", now(), parent=head)
    git.update_refs(("refs/heads/medvl-watch/second", made, head))
    announce(folder, CLEAR)


SLOW = "minutes_per_proposed = 2\nminutes_per_referred = 1\n"


def no_time(folder: Folder) -> None:
    configure(folder, f"[limits]\nreviewer_minutes_per_week = 4\n{SLOW}")
    announce(folder)
    folder.watch("run")
    announce(folder, CLEAR)


def no_time_to_choose(folder: Folder) -> None:
    no_time(folder)
    announce(folder, UNSURE)


def no_time_to_read_the_digest(folder: Folder) -> None:
    configure(folder, f"[limits]\nreviewer_minutes_per_week = 2\n{SLOW}")
    others = [(f"2602.0001{n}v1", f"{word} in images", DOUBTFUL[2])
              for n, word in enumerate(("Heath", "Islet"))]  # fmt: skip
    announce(folder, *others)
    folder.watch("run")
    announce(folder, *others, DOUBTFUL)


def under_another_title(folder: Folder) -> None:
    announce(folder, CLEAR)
    path = folder.path / "lists/second.md"
    path.write_text(path.read_text("utf-8").replace("2401.00001", "2602.00009"), "utf-8")


def listed(folder: Folder) -> None:
    announce(folder, CLEAR)
    path = folder.path / "lists/second.md"
    text = path.read_text("utf-8").replace("Telling what a scan says.", f"{CLEAR[1]}.")
    path.write_text(text, "utf-8")


def withdrawn(folder: Folder) -> None:
    announce(folder, (CLEAR[0], CLEAR[1], "This paper has been withdrawn by the authors."))


def withdrawn_later(folder: Folder) -> None:
    proposed(folder)
    summary = "This paper has been withdrawn by the authors."
    gone = entry("2602.00009v2", CLEAR[1], summary=summary, updated="2026-03-01T10:00:00Z")
    kept = [entry(number, title, summary=summary) for number, title, summary in ENTRIES[:2]]
    folder.write("recorded/arxiv.xml", page([*kept, gone]))
    folder.watch("run", "--only", "poll")


def closed(folder: Folder) -> None:
    announce(folder, CLEAR)
    folder.watch("run")
    folder.watch("prs", "close", "second")
    folder.watch("run")


def unticked(folder: Folder) -> None:
    announce(folder, CLEAR)
    folder.watch("run")
    mark(description(folder), PAPER, box=" ")


def unticked_before_the_last_run(folder: Folder) -> None:
    unticked(folder)
    folder.watch("run")


def ticked_again(folder: Folder) -> None:
    unticked_before_the_last_run(folder)
    mark(description(folder), PAPER, box="x")


def proposed(folder: Folder) -> None:
    announce(folder, CLEAR)
    folder.watch("run")


def doubtful(folder: Folder) -> None:
    announce(folder, DOUBTFUL)


def outside(folder: Folder) -> None:
    announce(folder, OUTSIDE)


def no_section(folder: Folder) -> None:
    announce(folder, ("2602.00009v1", "Glade: segmentation in medical language images", "Images."))


def another_under_its_name(folder: Folder) -> None:
    """The ledger knows a work of the same title and authors that has another arXiv id."""
    announce(folder, ("2602.00007v1", *CLEAR[1:]))
    folder.watch("run")
    announce(folder, ("2602.00007v1", *CLEAR[1:]), CLEAR)


Situation = Callable[[Folder], None]
CASES: Sequence[tuple[Situation, str, str, State | None, str]] = (
    (nothing_yet, "propose", "placed", State.PROPOSED, ""),
    (not_sure, "choose", "refused", State.REFERRED, "it may not fit any section"),
    (section_ticked, "propose", "placed", State.PROPOSED, ""),
    (paused, "wait", "refused", State.DEFERRED, "two pull requests in a row were closed"),
    (full, "wait", "refused", State.DEFERRED, "the pull request is full"),
    (full_but_one_was_unticked, "propose", "placed", State.PROPOSED, ""),
    (full_but_a_section_is_ticked, "wait", "refused", State.DEFERRED, "the pull request is full"),
    (pushed, "propose", "placed", State.PROPOSED, ""),
    (no_time, "wait", "refused", State.DEFERRED, "this week's review time is used up"),
    (no_time_to_choose, "wait", "refused", State.DEFERRED, "this week's review time is used up"),
    (under_another_title, "refer", "refused", State.REFERRED, "another title"),
    (listed, "nothing", "duplicate", State.DUPLICATE, ""),
    (withdrawn, "nothing", "refused", None, "withdrawn by its authors"),
    (withdrawn_later, "nothing", "refused", State.REJECTED, "withdrawn by its authors"),
    (closed, "nothing", "refused", State.REFUSED, "1 was closed without a merge"),
    (unticked, "nothing", "refused", State.REFUSED, "unticked in pull request 1"),
    (unticked_before_the_last_run, "nothing", "refused", State.REFUSED, "unticked in pull"),
    (ticked_again, "propose", "placed", State.PROPOSED, ""),
    (proposed, "nothing", "refused", State.PROPOSED, "in pull request 1"),
    (doubtful, "refer", "refused", None, ""),
    (no_time_to_read_the_digest, "wait", "refused", None, "this week's review time is used up"),
    (outside, "nothing", "refused", None, ""),
    (another_under_its_name, "refer", "refused", None, "it may be a paper that is known already"),
    (no_section, "nothing", "refused", State.REJECTED, "takes papers of its kind"),
)


@pytest.fixture
def one_list(folder: Folder) -> Folder:
    configure(folder)
    return folder


@pytest.mark.parametrize(
    ("situation", "would", "result", "state", "reason"),
    [pytest.param(*case, id=case[0].__name__.replace("_", " ")) for case in CASES],
)
def test_all_three_say_the_same(  # noqa: PLR0917  # a row of the table
    one_list: Folder,
    situation: Situation,
    would: str,
    result: str,
    state: State | None,
    reason: str,
) -> None:
    situation(one_list)
    answers = ask(one_list)

    assert answers.forecast["would"] == would, answers.forecast
    assert answers.inserted["result"] == result, answers.inserted
    assert (answers.outcome.state if answers.outcome else None) == state, answers.outcome
    if reason:
        assert reason in answers.forecast["reason"]
        assert reason in answers.inserted["reason"]
    if reason and answers.outcome is not None:
        assert reason in answers.outcome.reason
    if would == "wait" and answers.outcome is not None:
        assert answers.forecast["reason"] == answers.outcome.reason
        assert answers.inserted["reason"].endswith(answers.outcome.reason)


def reviewing(monkeypatch: pytest.MonkeyPatch) -> None:
    """A person is reviewing every open pull request; the local forge has no reviews."""
    pull_requests = LocalForge.pull_requests

    def reviewed(forge: LocalForge, target: Target) -> Sequence[PullRequest]:
        return [replace(each, reviewed=each.state is PullState.OPEN)
                for each in pull_requests(forge, target)]  # fmt: skip

    monkeypatch.setattr(LocalForge, "pull_requests", reviewed)


@pytest.mark.parametrize(
    ("situation", "would", "state"),
    [
        pytest.param(full, "propose", State.PROPOSED, id="a newcomer comes in a next one"),
        pytest.param(section_ticked, "propose", State.PROPOSED, id="asked for by the reviewer"),
        pytest.param(ticked_again, "propose", State.PROPOSED, id="ticked again by the reviewer"),
        pytest.param(proposed, "nothing", State.PROPOSED, id="in the pull request"),
    ],
)
def test_all_three_say_the_same_during_a_review(
    one_list: Folder,
    monkeypatch: pytest.MonkeyPatch,
    situation: Situation,
    would: str,
    state: State,
) -> None:
    situation(one_list)
    reviewing(monkeypatch)
    answers = ask(one_list)

    assert (answers.forecast["would"], answers.outcome and answers.outcome.state) == (would, state)
    assert answers.inserted["result"] == ("placed" if would == "propose" else "refused")


def test_of_a_forge_elsewhere_it_is_known_what_the_last_run_left(one_list: Folder) -> None:
    """No token, and no network: a test may not reach it."""
    proposed(one_list)
    before = one_list.watch("classify", PAPER.removeprefix("arxiv:"), "--json").json["lists"]
    config = one_list.path / "medvl-watch.toml"
    config.write_text(config.read_text("utf-8") + '[forge]\nname = "github"\n', "utf-8")
    after = one_list.watch("classify", PAPER.removeprefix("arxiv:"), "--json").json["lists"]

    assert after == before
    assert after[0]["reason"] == "it is proposed (in pull request 1)"
    (one_list.data / "lists/second.pulls.json").write_text("no JSON", "utf-8")
    assert one_list.watch("classify", PAPER.removeprefix("arxiv:")).code == 0


def test_a_paper_that_has_to_wait_is_put_in_where_its_section_is_named(one_list: Folder) -> None:
    full(one_list)
    record = json.loads(one_list.watch("classify", "2602.00009", "--records").out)
    one_list.write("paper.jsonl", json.dumps(record | {"section": ["Reports"]}))
    said = one_list.watch("list", "insert", "lists/second.md", "--papers", "paper.jsonl",
                          "--list", "second", "--json")  # fmt: skip

    assert [each["result"] for each in said.json["papers"]] == ["placed"]
