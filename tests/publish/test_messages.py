"""The words of pull requests and digests, as their readers find them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from markdown_it import MarkdownIt

from medvl_watch.changes import Issue, PullRequest, PullState, Target
from medvl_watch.offers.list_news import PaperNews
from medvl_watch.ports import SourceHealth
from medvl_watch.publish import marker
from medvl_watch.publish.budget import BODY_BUDGET, fitted
from medvl_watch.publish.citation import quotes
from medvl_watch.publish.digest import digest_message
from medvl_watch.publish.digest_rows import DigestItem
from medvl_watch.publish.messages import (
    MOST_DECISIONS,
    MOST_TO_DECIDE,
    ReferredItem,
    pull_request_message,
)
from medvl_watch.publish.revisions import same_body, with_line_links
from medvl_watch.publish.weeks import Week
from medvl_watch.records import (
    Decision,
    DescribedField,
    EventKind,
    Evidence,
    Outcome,
    PaperEvent,
    Receipt,
    State,
)
from tests.publish.examples import NOW, TARGET, item, paper, verdict
from tests.publish.test_render import STRANGE

WEEK = Week(2026, 47)
EVIL = (
    "Ignore @all, fixes #1 <!-- hide --> - [x] <!-- p:arxiv:9999.99999 --> "
    f"{marker.END} {marker.BEGIN} | ![x](https://e.example/b.png)"
)


def text_of(markdown: str) -> str:
    """The page's words, without comments and markup."""
    parsed = MarkdownIt("gfm-like", {"linkify": False}).parse(markdown)
    inline = [child for token in parsed for child in token.children or []]
    return " ".join(t.content for t in inline if t.type in {"text", "code_inline"})


def test_situation_64_a_paper_is_three_lines_what_it_is_why_here_and_the_exact_line() -> None:
    about = paper(
        1,
        venue="MICCAI 2026",
        abstract="Reports are long. In this work, we propose a reader, e.g. A of X-rays. It works.",
        code_urls=("https://github.com/a/b",),
    )
    one = item(about, line=12, section=("The list", "2026", "Reports"))
    other = item(paper(2), line=30, section=("The list", "2026", "Boxes"))
    message = pull_request_message(TARGET, [one, other], before=b"x", minutes=3)
    assert message.title == "Add 2 papers to Medical CLIP"
    assert message.body.splitlines()[1:6] == [
        "**2 papers to add** to Medical CLIP · about 3 minutes.",
        "Lines are only added; no line of yours is changed. Untick a paper to refuse it.",
        "",
        "### 2026 \u203a Reports",
        "",
    ]
    assert message.body.splitlines()[6:9] == [
        (
            "- [x] <!-- p:arxiv:2411.00001 --> **[Seeing and saying in radiology]"
            "(https://arxiv.org/abs/2411.00001)** · Ada Lovelace, Mary Somerville · MICCAI 2026"
            " · ✅ sure\\"
        ),
        (
            "  In this work, we propose a reader, e.g. A of X-rays."
            " *Here for “It writes reports on chest radiographs.”*\\"
        ),
        (
            "  `- arxiv:2411.00001` ([line 12](https://medvl-watch.invalid/line/12)"
            " · [pdf](https://arxiv.org/pdf/2411.00001) · [code](https://github.com/a/b))"
        ),
    ]
    assert marker.ticks(message.body)[0] == marker.Tick(about.id, ticked=True)
    assert "judged by rules 1" in text_of(message.body)


def test_the_link_to_a_line_is_no_news() -> None:
    body = pull_request_message(TARGET, [item(paper(1))], before=b"x").body
    linked = with_line_links(body, "https://github.com/a/b/blob/x/README.md?plain=1#L")
    assert "](https://github.com/a/b/blob/x/README.md?plain=1#L5)" in linked
    state = marker.read(body)
    assert state
    wanted = marker.restate(linked, state.model_copy(update={"heads": ("a" * 40,)}))
    assert same_body(wanted, marker.restate(body, state), "a" * 40)


def test_papers_that_a_reviewer_should_check_follow_the_sure_ones() -> None:
    low = replace(item(paper(1), line=1), verdict=verdict(paper(1), relevance=0.5))
    noted = replace(item(paper(2), line=2), flags=("the section is new",))
    body = pull_request_message(TARGET, [low, noted, item(paper(3), line=3)], before=b"x").body
    assert [tick.paper_id[-1] for tick in marker.ticks(body)] == ["3", "1", "2"]
    assert body.index("✅ sure") < body.index("### Please check") < body.index("🔍 check")


def test_of_many_to_decide_on_five_are_shown_openly() -> None:
    many = [
        ReferredItem(paper=paper(n), verdict=verdict(paper(n), Decision.REFER, relevance=n / 10))
        for n in range(1, 9)
    ]
    body = pull_request_message(TARGET, [item(paper(99))], before=b"x", referred=many).body
    openly, folded = body.split("<summary>3 more papers to decide")
    assert [n for n in range(1, 9) if f"n:arxiv:2411.{n:05}" in openly] == [4, 5, 6, 7, 8]
    assert all(f"n:arxiv:2411.{n:05}" in folded for n in (1, 2, 3))


def test_commit_and_title_hold_counts_and_ids_only() -> None:
    papers = [paper(number, title=EVIL) for number in (1, 2)]
    message = pull_request_message(TARGET, [item(each) for each in papers], before=b"x")
    assert message.commit == (
        "Add 2 papers to Medical CLIP\n\narxiv:2411.00001\narxiv:2411.00002\n\n"
        "Medvl-Watch-List: medical-clip\n"
    )
    assert message.title == "Add 2 papers to Medical CLIP"


def test_what_a_model_wrote_is_marked_and_stands_beside_its_quote() -> None:
    about = paper(1)
    judged = verdict(
        about,
        descriptions=(
            DescribedField(field="task", text="report *writing*", quote="writes reports"),
            DescribedField(field="modality", text="X-ray", quote="chest X-rays"),
        ),
    )
    one = replace(item(about), verdict=judged)
    other = paper(2)
    referred = ReferredItem(paper=other, verdict=replace(judged, paper_id=other.id), draft="- x")
    body = pull_request_message(TARGET, [one], before=b"x", referred=[referred]).body
    shown = (
        "Written by a language model, not part of the line: task: report *writing* "
        "(from “writes reports”) · modality: X-ray (from “chest X-rays”)"
    )
    assert " ".join(text_of(body).split()).replace(" : ", ": ").count(shown) == 2
    without = pull_request_message(TARGET, [item(about)], before=b"x").body
    assert "language model" not in without


@settings(deadline=None)
@given(STRANGE, STRANGE)
def test_no_title_forges_a_box_or_a_state(title: str, quote: str) -> None:
    about = paper(1, title=title + EVIL, authors=(quote, EVIL), venue=title, comment=quote)
    judged = verdict(
        about,
        evidence=(Evidence(quote=quote + EVIL, field="abstract", speaks_for="x", weight=1.0),),
        flags=(EVIL,),
        descriptions=(DescribedField(field="task", text=title + EVIL, quote=quote + EVIL),),
    )
    one = replace(item(about, section=(quote + EVIL,)), verdict=judged, flags=(title + EVIL,))
    referred = ReferredItem(paper=about, verdict=judged, reason=EVIL)
    body = pull_request_message(TARGET, [one], before=b"x", referred=[referred]).body
    assert [tick.paper_id for tick in marker.ticks(body)] == [about.id]
    state = marker.read(body)
    assert state is not None
    assert state.papers == (about.id,)
    assert body.count(f"\n{marker.END}\n") == 1
    rendered = MarkdownIt("gfm-like").render(body)
    assert "<img" not in rendered
    assert rendered.count("<details>") == 1
    assert rendered.count("<h3>") == 2


def test_papers_to_judge_stand_apart_without_a_box() -> None:
    doubtful = paper(2, title="Is this medicine?")
    referred = ReferredItem(
        paper=doubtful, verdict=verdict(doubtful, Decision.REFER, relevance=0.4), reason="unclear"
    )
    body = pull_request_message(TARGET, [item(paper(1))], before=b"x", referred=[referred] * 2).body
    assert "### Your decision (2)" in body
    assert "too many" not in body, "more to judge than to add is no reason to leave any out"
    assert "Not added: unclear." in text_of(body)
    assert len(marker.ticks(body)) == 1


def test_a_reviewer_is_warned_of_what_cannot_be_seen() -> None:
    about = replace(paper(1, title="A\u200b\u202e\U000e0041 title"), withdrawn=True)
    one = replace(item(about), flags=("the section is new",))
    shown = text_of(pull_request_message(TARGET, [one], before=b"x").body)
    assert "the section is new" in shown
    assert "withdrawn by its authors" in shown
    assert "holds 3 hidden characters" in shown


def test_the_latest_questions_come_first_and_old_ones_are_folded_away() -> None:
    weeks = [date(2026, 11, 2), date(2026, 11, 16)]
    referred = [
        ReferredItem(
            paper=paper(n),
            verdict=verdict(paper(n), Decision.REFER, relevance=0.9 - n / 100),
            asked=weeks[n > 30],
        )
        for n in range(10, 40)
    ]
    body = pull_request_message(TARGET, [item(paper(1))], before=b"x", referred=referred).body
    openly, folded = body.split("<summary>25 more papers to decide")
    shown = [n for n in range(10, 40) if f"n:arxiv:2411.{n:05}" in openly]
    assert shown == list(range(31, 31 + MOST_TO_DECIDE))
    assert folded.count("<!-- n:arxiv") == MOST_DECISIONS - MOST_TO_DECIDE


def test_order_of_the_input_does_not_matter() -> None:
    items = [item(paper(number), line=number, section=(str(number % 2),)) for number in range(9)]
    assert pull_request_message(TARGET, items, before=b"") == pull_request_message(
        TARGET, items[::-1], before=b""
    )


@pytest.mark.parametrize("count", [15, 100, 300])
def test_a_body_keeps_within_its_budget_and_loses_no_mark(count: int) -> None:
    papers = [
        paper(number, title=f"{number} " + "long words " * 40, authors=("N. Ame " * 9,) * 30)
        for number in range(count)
    ]
    described = (DescribedField(field="summary", text="long " * 40, quote="long " * 40),)
    items = [replace(item(each), verdict=verdict(each, descriptions=described)) for each in papers]
    referred = [ReferredItem(paper=each.paper, verdict=each.verdict) for each in items]
    body = pull_request_message(TARGET, items, before=b"", referred=referred).body
    assert len(body) <= BODY_BUDGET
    assert body.startswith(f"{marker.BEGIN}\n")
    assert f"\n{marker.END}\n" in body
    state = marker.read(body)
    assert state is not None
    assert len(state.papers) == count
    assert len(marker.ticks(body)) == count or "see the changed file" in body
    assert "How to correct or ignore" in body


@pytest.mark.parametrize("count", [0, 301])
def test_no_pull_request_of_nothing_or_of_a_flood(count: int) -> None:
    with pytest.raises(ValueError, match=f"of {count} papers"):
        pull_request_message(TARGET, [item(paper(n)) for n in range(count)], before=b"")


@pytest.mark.parametrize("budget", [0, 5, 9, 10, 23, 50, 99, 1000])
def test_the_longest_text_that_fits_is_found(budget: int) -> None:
    def make(full: int, shown: int) -> str:
        return "b" * 5 + "s" * shown + "f" * min(full, shown) * 3

    fitting = [
        make(full, shown)
        for full, shown in [*((n, 20) for n in range(21)), *((0, n) for n in range(21))]
        if len(make(full, shown)) <= budget
    ]
    if not fitting:
        with pytest.raises(ValueError, match="even a body without papers"):
            fitted(make, 20, budget)
    else:
        assert len(fitted(make, 20, budget)) == max(map(len, fitting))


# --- digest ---------------------------------------------------------------------------

CHEST = Target(id="chest", title="Chest | X-ray", repository="b/chest")


def of_week(number: int, *outcomes: tuple[str, State], title: str = "A paper") -> DigestItem:
    about = paper(number, title=f"{title} {number}")
    return DigestItem(
        paper=about,
        verdict=verdict(about),
        outcomes=tuple(
            Outcome(
                paper_id=about.id,
                list_id=list_id,
                state=state,
                reason="why so",
                at=NOW,
                section=("2026",),
                pull_request=4 if state is State.PROPOSED else None,
            )
            for list_id, state in outcomes
        ),
    )


def digest(items: Sequence[DigestItem], **more: object) -> Issue:
    return digest_message(WEEK, items, targets=[TARGET, CHEST], **more)  # type: ignore[arg-type]


def polled(
    source: str,
    *,
    received: int,
    claimed: int | None = None,
    problem: str = "",
    at: datetime = NOW,
) -> SourceHealth:
    receipt = Receipt(source=source, fetched_at=at, received=received, claimed=claimed)
    return SourceHealth(receipt=receipt, problem=problem, last_good=None)


def test_a_digest_tells_the_week() -> None:
    body = pull_request_message(TARGET, [item(paper(1)), item(paper(2))], before=b"").body
    pull = PullRequest(
        number=4, title="", body=body, branch="", state=PullState.OPEN, head="a" * 40,
        address="https://github.com/acme/medical-clip/pull/4",
    )  # fmt: skip
    issue = digest(
        [
            of_week(1, ("medical-clip", State.PROPOSED), ("chest", State.DEFERRED)),
            of_week(2, ("", State.REFERRED), title="Doubtful"),
            of_week(3, ("", State.REJECTED), title="Out"),
        ],
        unjudged=7,
        health=[
            polled("arxiv", received=9, claimed=9),
            polled("short", received=8, claimed=9),
            polled("midl", received=0, problem="the | feed is a web page"),
        ],
        pulls={"medical-clip": [pull, replace(pull, number=3, state=PullState.CLOSED)]},
    )
    assert issue.key == "digest/2026-W47"
    assert issue.title == "Medical vision-language papers, week 2026-W47"
    assert marker.issue_key(issue.body) == issue.key
    shown = text_of(issue.body)
    for words in (
        "from 2026-11-16 to 2026-11-22",
        "1 left out",
        "2 of 3 sources",
        "Generation \u203a Reports (1)",
        "A paper 1",
        "Proposed for Medical CLIP",
        "For a person to judge (1)",
        "Doubtful 2",
        "the next pull request on Chest | X-ray",
        "the classifier 7",
        "9 of 9 ok",
        "8 of 9",
        "not all of it arrived",
        "the | feed is a web page",
    ):
        assert words in shown
    for words in ("Out 3", "no. 3"):
        assert words not in shown
    assert "[no. 4](https://redirect.github.com/acme/medical-clip/pull/4) | 2 |" in issue.body


def test_an_empty_week_says_whether_that_can_be_believed() -> None:
    assert "An empty week here means nothing" in text_of(digest([]).body)
    healthy = [polled("arxiv", received=0, claimed=0)]
    shown = text_of(digest([], health=healthy).body)
    assert "No paper of this week belongs on a list" in shown
    assert "trouble" not in shown


def test_the_same_facts_give_the_same_digest_at_any_hour() -> None:
    items = [of_week(number, ("chest", State.PROPOSED)) for number in range(5)]
    first = digest(items, health=[polled("arxiv", received=3)])
    evening = polled("arxiv", received=3, at=NOW + timedelta(hours=12))
    assert digest(items[::-1], health=[evening]) == first


def test_a_week_of_thousands_fits_into_an_issue() -> None:
    items = [of_week(n, ("chest", State.PROPOSED), title="T" * 250) for n in range(800)]
    items += [of_week(n, ("", State.REFERRED), title="R" * 250) for n in range(800, 1600)]
    body = digest(items).body
    assert len(body) <= BODY_BUDGET
    assert f"\n{marker.END}\n" in body
    assert marker.issue_key(body) == WEEK.key
    assert "more papers" in body


@pytest.mark.parametrize(
    ("day", "week"),
    [
        (date(2026, 11, 20), "2026-W47"),
        (date(2026, 12, 31), "2026-W53"),
        (date(2027, 1, 3), "2026-W53"),
        (date(2027, 1, 4), "2027-W01"),
        (date(2025, 12, 29), "2026-W01"),
    ],
)
def test_weeks_at_the_turn_of_a_year(day: date, week: str) -> None:
    found = Week.of(day)
    assert str(found) == week
    assert found.first <= day <= found.last
    assert found.key == f"digest/{week}"


@pytest.mark.parametrize(
    ("pieces", "shown"),
    [
        pytest.param([("We write reports on scans.", "title", 1.0)], [], id="words of the title"),
        pytest.param([("000", "abstract", 3.0)], [], id="a quote that says nothing"),
        pytest.param(
            [
                ("reports on all scans", "abstract", 3.0),
                ("Reports on all scans of a year", "abstract", 1.0),
            ],
            ["Reports on all scans of a year"],
            id="a part of another",
        ),
        pytest.param(
            [("We write reports on scans.", "abstract", 0.5)] * 2,
            ["We write reports on scans."],
            id="the same twice",
        ),
        pytest.param(
            [("We grow many large crystals.", "abstract", -1.0)], [], id="against a proposed paper"
        ),
        pytest.param(
            [(f"Sentence {number} on reports.", "abstract", number) for number in (1, 3, 2)],
            ["Sentence 1 on reports.", "Sentence 3 on reports."],
            id="the first two, in their order",
        ),
    ],
)
def test_quotes_are_sentences_that_a_reader_has_not_seen(
    pieces: list[tuple[str, str, float]], shown: list[str]
) -> None:
    judged = verdict(
        paper(1),
        evidence=tuple(
            Evidence(quote=quote, field=field, speaks_for="x", weight=weight)
            for quote, field, weight in pieces
        ),
    )
    assert [each.quote for each in quotes(judged)] == shown


def test_withdrawn_papers_of_the_list_are_named_and_nothing_else_changes() -> None:
    one = item(paper(1), line=12, section=("The list", "Reports"))
    gone = paper(2, title=f"Gone {EVIL}")
    at = datetime(2026, 11, 30, tzinfo=UTC)
    news = [
        PaperNews(paper=gone, event=PaperEvent(kind=EventKind.WITHDRAWN, at=at)),
        PaperNews(paper=gone, event=PaperEvent(kind=EventKind.RENAMED, at=at, was=f"Old {EVIL}")),
        PaperNews(
            paper=gone,
            event=PaperEvent(
                kind=EventKind.RETRACTED, at=at, address="https://doi.org/10.1016/j.media.2026.1"
            ),
        ),
    ]
    message = pull_request_message(TARGET, [one], before=b"x", news=news)
    without = pull_request_message(TARGET, [one], before=b"x")
    assert "### News of papers on your list" in message.body
    assert "](https://doi.org/10.1016/j.media.2026.1)" in message.body
    assert "News of papers" not in without.body
    assert "<script>" not in message.body
    state = marker.read(message.body)
    assert state is not None
    assert state.papers == (one.paper.id,)
