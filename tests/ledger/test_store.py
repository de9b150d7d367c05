"""The ledger's methods, on a real file."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from medvl_watch.errors import LedgerError
from medvl_watch.ledger.files import OpenLedger, open_ledger
from medvl_watch.ledger.outcome_rows import OUTCOME
from medvl_watch.ledger.paper_rows import CHUNK, PAPER
from medvl_watch.ledger.store import SqlLedger
from medvl_watch.ledger.transfer import export_lines
from medvl_watch.ledger.verdict_rows import VERDICT
from medvl_watch.offers.outcomes import WAITS_FOR_TIME, comes_later
from medvl_watch.papers.blocking import LARGEST_BLOCK, blocks_of
from medvl_watch.records import (
    Decision,
    Evidence,
    Link,
    LinkChoice,
    LinkDecision,
    Origin,
    Outcome,
    Paper,
    Receipt,
    Record,
    SectionScore,
    State,
    Verdict,
)
from tests.fakes import NOW, paper_id, record, verdict

LATER = NOW + timedelta(hours=1)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "ledger.sqlite"


@pytest.fixture(params=["file", "server"])
def opened(request: pytest.FixtureRequest, file: Path) -> Iterator[OpenLedger]:
    """The same tests for both kinds of place."""
    place = file if request.param == "file" else request.getfixturevalue("database")
    opened = open_ledger(place, NOW)
    yield opened
    opened.ledger.close()


@pytest.fixture
def ledger(opened: OpenLedger) -> SqlLedger:
    return opened.ledger


def rows(opened: OpenLedger, table: str) -> list[dict[str, Any]]:
    """All rows of a table, as an export has them."""
    lines = [json.loads(line) for line in export_lines(opened.engine)]
    return [each["row"] for each in lines if each.get("table") == table]


def paper(number: int, **facts: object) -> Paper:
    one = record(number, **facts)
    return Paper(id=paper_id(number), facts=replace(one, id=paper_id(number)), records=(one,))


def outcome(number: int, state: State = State.PROPOSED, **more: object) -> Outcome:
    known = {"paper_id": paper_id(number), "list_id": "first", "reason": "why", "at": NOW}
    return Outcome(state=state, **(known | more))  # type: ignore[arg-type]


WRITES: list[Callable[[SqlLedger, datetime], object]] = [
    lambda ledger, now: ledger.save_papers([paper(1), paper(2)], now),
    lambda ledger, now: ledger.save_verdicts([verdict(paper_id(1))], now),
    lambda ledger, now: ledger.save_verdicts(
        [], now, papers=[paper(2)], outcomes=[outcome(2, at=now)]
    ),
    lambda ledger, now: ledger.record(
        [outcome(1, at=now), outcome(2, State.REFERRED, list_id="second", at=now)]
    ),
    lambda ledger, now: ledger.save_receipt(
        Receipt(source="arxiv", fetched_at=NOW, received=3, claimed=3)
    ),
    lambda ledger, now: ledger.save_receipt(
        Receipt(source="venue", fetched_at=NOW, received=0), "no answer"
    ),
]


@pytest.mark.parametrize("opened", ["file"], indirect=True)
def test_writing_what_is_there_writes_nothing(ledger: SqlLedger, file: Path) -> None:
    for write in WRITES:
        write(ledger, NOW)
    before = file.read_bytes(), file.stat().st_mtime_ns
    for write in WRITES:
        write(ledger, LATER)

    assert (file.read_bytes(), file.stat().st_mtime_ns) == before


def test_writing_what_is_there_adds_and_changes_no_row(opened: OpenLedger) -> None:
    for write in WRITES:
        write(opened.ledger, NOW)
    before = list(export_lines(opened.engine))
    for write in WRITES:
        write(opened.ledger, LATER)

    assert list(export_lines(opened.engine)) == before


def test_a_method_writes_all_or_nothing(ledger: SqlLedger) -> None:
    ledger.save_papers([paper(1)], NOW)
    stranger = verdict("arxiv:2611.09999")
    with pytest.raises(LedgerError, match=r"(?i)foreign key"):
        ledger.save_verdicts([verdict(paper_id(1)), stranger], NOW, papers=[paper(2)])
    with pytest.raises(LedgerError, match=r"(?i)foreign key"):
        ledger.record([outcome(1), outcome(999)])

    assert [one.id for one in ledger.papers()] == [paper_id(1)]
    assert ledger.verdicts([paper_id(1)]) == {}
    assert ledger.outcomes(paper_id(1)) == []


def test_papers_keep_their_first_day_and_take_new_facts(ledger: SqlLedger) -> None:
    ledger.save_papers([paper(1)], NOW)
    changed = replace(paper(1), facts=replace(paper(1).facts, venue="MICCAI 2026"))
    ledger.save_papers([changed], LATER)

    assert ledger.papers() == [changed]
    assert ledger.first_seen(NOW, LATER) == [(changed, NOW)]


def test_a_paper_is_found_by_every_key_of_every_record(ledger: SqlLedger) -> None:
    print_ = record(1, id="doi:10.1/x", arxiv_id=None, doi="10.1007/x", url=None)
    both = replace(paper(1), records=(record(1), print_))
    ledger.save_papers([both], NOW)

    found = ledger.paper_ids(["arxiv:2611.00001", "doi:10.1007/x", "doi:10.1007/other"])
    assert dict(found) == {"arxiv:2611.00001": both.id, "doi:10.1007/x": both.id}


def test_a_key_stays_with_its_first_holder(ledger: SqlLedger) -> None:
    ledger.save_papers([paper(1), paper(2, url="https://arxiv.org/abs/2611.00001")], NOW)

    assert ledger.paper_ids(["arxiv:2611.00001"]) == {"arxiv:2611.00001": paper_id(1)}


def test_more_papers_than_one_question_can_name(ledger: SqlLedger) -> None:
    many = [paper(number) for number in range(1, 2 * CHUNK + 2)]
    ids = [one.id for one in many]
    ledger.save_papers(many, NOW)
    ledger.save_verdicts([verdict(one) for one in ids], NOW)

    assert {one.id for one in ledger.papers(ids)} == set(ids)
    assert set(ledger.verdicts(ids)) == set(ids)
    assert set(ledger.paper_ids(ids)) == set(ids)
    story = [outcome(number, State.DEFERRED) for number in (2 * CHUNK, 1, CHUNK)]
    ledger.record(story)
    assert ledger.latest_outcomes(papers=ids) == story


@pytest.mark.parametrize(
    ("seen", "inside"),
    [
        pytest.param(datetime(2026, 11, 16, tzinfo=UTC), True, id="first moment"),
        pytest.param(datetime(2026, 11, 15, 23, 59, 59, 999999, UTC), False, id="just before"),
        pytest.param(datetime(2026, 11, 22, 23, 59, 59, 999999, UTC), True, id="last moment"),
        pytest.param(datetime(2026, 11, 23, tzinfo=UTC), False, id="just after"),
        pytest.param(
            datetime(2026, 11, 16, 1, tzinfo=timezone(timedelta(hours=2))),
            False,
            id="Monday there, still Sunday in UTC",
        ),
        pytest.param(
            datetime(2026, 11, 22, 20, tzinfo=timezone(-timedelta(hours=5))),
            False,
            id="Sunday there, Monday in UTC",
        ),
    ],
)
def test_a_week_is_half_open_and_in_utc(ledger: SqlLedger, seen: datetime, inside: bool) -> None:
    ledger.save_papers([paper(1)], seen)
    week = datetime(2026, 11, 16, tzinfo=UTC), datetime(2026, 11, 23, tzinfo=UTC)

    assert [one for one, _ in ledger.first_seen(*week)] == ([paper(1)] if inside else [])


def test_the_latest_verdict_counts_and_the_others_stay(opened: OpenLedger) -> None:
    ledger = opened.ledger
    ledger.save_papers([paper(1), paper(2)], NOW)
    assert [one.id for one in ledger.unjudged()] == [paper_id(1), paper_id(2)]
    ledger.save_verdicts([verdict(paper_id(1))], NOW)
    again = verdict(paper_id(1), Decision.REFER)
    ledger.save_verdicts([again], LATER)

    assert ledger.verdicts([paper_id(1), paper_id(2)]) == {paper_id(1): again}
    kept = [(VERDICT.validate_json(row["verdict"]), row["at"]) for row in rows(opened, "verdicts")]
    assert kept == [
        (verdict(paper_id(1)), "2026-11-18T06:17:00+00:00"),
        (again, "2026-11-18T07:17:00+00:00"),
    ]
    assert [one.id for one in ledger.unjudged()] == [paper_id(2)]


def test_history_and_standing(ledger: SqlLedger) -> None:
    ledger.save_papers([paper(1), paper(2)], NOW)
    story = [
        outcome(1, State.DEFERRED),
        outcome(1, State.PROPOSED, pull_request=1, section=("A", "B"), line=7),
        outcome(1, State.PROPOSED, list_id="second"),
        outcome(1, State.ACCEPTED, at=LATER),
        outcome(1, State.ACCEPTED, list_id=""),
    ]
    assert ledger.record(story) == 5
    assert ledger.record([replace(story[3], at=LATER + timedelta(days=1))]) == 0

    assert ledger.outcomes(paper_id(1)) == story
    assert ledger.latest_outcomes() == story[2:]
    assert ledger.latest_outcomes(list_id="first") == [story[3]]
    assert ledger.latest_outcomes(list_id="") == [story[4]]
    assert ledger.latest_outcomes(states={State.PROPOSED}) == [story[2]]
    assert ledger.latest_outcomes(papers=[paper_id(2)]) == ledger.latest_outcomes(papers=[]) == []
    assert ledger.latest_outcomes(papers=[paper_id(1), paper_id(2)], list_id="") == [story[4]]
    assert ledger.outcomes(paper_id(2)) == []


def test_what_comes_back_to_an_earlier_state_is_news(ledger: SqlLedger) -> None:
    ledger.save_papers([paper(1)], NOW)
    turns = [outcome(1, state) for state in (State.PROPOSED, State.DEFERRED, State.PROPOSED)]

    assert ledger.record(turns) == 3
    assert ledger.outcomes(paper_id(1)) == turns


def test_outcomes_may_be_read_from_the_ledger_while_they_are_recorded(ledger: SqlLedger) -> None:
    ledger.save_papers([paper(1)], NOW)
    ledger.record([outcome(1, State.DEFERRED)])
    ledger.record(replace(one, state=State.PROPOSED) for one in ledger.latest_outcomes())

    assert [one.state for one in ledger.latest_outcomes()] == [State.PROPOSED]


def test_a_failed_poll_keeps_the_last_good_one(ledger: SqlLedger) -> None:
    good = Receipt(source="arxiv", fetched_at=NOW, received=3, claimed=3)
    ledger.save_receipt(good)
    ledger.save_receipt(replace(good, fetched_at=LATER, received=0), "no answer")
    ledger.save_receipt(Receipt(source="venue", fetched_at=LATER, received=0), "a web page")

    health = {one.receipt.source: one for one in ledger.receipts()}
    assert (health["arxiv"].problem, health["arxiv"].last_good) == ("no answer", NOW)
    assert health["venue"].last_good is None

    ledger.save_receipt(replace(good, fetched_at=LATER))
    assert ledger.receipts()[0].last_good == LATER
    assert ledger.receipts()[0].problem == ""


def test_the_history_of_polls_and_what_a_source_remembers(ledger: SqlLedger) -> None:
    hours = [NOW + timedelta(hours=number) for number in range(4)]
    polls = [Receipt(source="arxiv", fetched_at=at, received=3, new=0) for at in hours]
    polls[1] = replace(polls[1], new=2)
    ledger.save_receipt(polls[0], memory={"etag": "a"})
    ledger.save_receipt(polls[1], memory={"etag": "b"})
    ledger.save_receipt(polls[2], "no answer", memory={"etag": "c"})
    (health,) = ledger.receipts()
    assert (health.last_good, health.last_news) == (hours[1], hours[1])
    assert health.memory == {"etag": "b"}
    ledger.save_receipt(polls[3])
    (health,) = ledger.receipts()
    assert (health.last_good, health.last_news, health.memory) == (hours[3], hours[1], {})

    assert ledger.receipt_history("arxiv", 3) == [
        (polls[3], ""),
        (polls[2], "no answer"),
        (polls[1], ""),
    ]
    assert ledger.receipt_history("venue") == []


# --- links --------------------------------------------------------------------------------


def test_papers_are_found_by_the_blocks_of_every_record(ledger: SqlLedger) -> None:
    printed = record(1, id="doi:10.1/x", doi="10.1007/x", title="Wholly other words in print")
    ledger.save_papers([replace(paper(1), records=(record(1), printed)), paper(2)], NOW)

    assert ledger.similar_papers(blocks_of(record(1).title, "")) == {paper_id(1)}
    assert ledger.similar_papers(blocks_of(printed.title, "")) == {paper_id(1)}
    assert ledger.similar_papers([]) == frozenset()


def test_a_block_that_many_papers_share_says_nothing(ledger: SqlLedger) -> None:
    beginning = "A very long beginning of a title that all of these share, part "
    many = [paper(n, title=f"{beginning}{n}", abstract="") for n in range(LARGEST_BLOCK + 1)]
    ledger.save_papers(many[:-1], NOW)
    (whole, *pieces) = blocks_of(many[0].facts.title, "")
    assert len(ledger.similar_papers(pieces)) == LARGEST_BLOCK
    ledger.save_papers(many[-1:], NOW)
    assert ledger.similar_papers(pieces[:1]) == frozenset()
    assert ledger.similar_papers([whole]) == {many[0].id}


def test_what_people_decide_about_links_moves_keys_and_blocks(ledger: SqlLedger) -> None:
    printed = record(2, id="doi:10.1007/x", arxiv_id=None, doi="10.1007/x", url=None)
    both = replace(paper(1), records=(record(1), printed))
    ledger.save_papers([both, paper(3)], NOW)
    apart = LinkDecision(one=record(1).id, other=printed.id, choice=LinkChoice.APART, at=LATER)
    second = Paper(id=printed.id, facts=printed, records=(printed,))
    ledger.decide_links([apart], [paper(1), second], (), LATER)

    assert ledger.link_decisions() == [apart]
    assert ledger.paper_ids(["doi:10.1007/x"]) == {"doi:10.1007/x": second.id}
    assert ledger.similar_papers(blocks_of(printed.title, "")) == {second.id}

    joined = outcome(2, State.REJECTED, paper_id=second.id, list_id="")
    together = replace(apart, choice=LinkChoice.TOGETHER)
    ledger.decide_links([together], [both], [joined], LATER, without_keys=[second.id])
    assert ledger.link_decisions() == [apart, together]
    assert ledger.paper_ids(["doi:10.1007/x"]) == {"doi:10.1007/x": both.id}
    assert [each.id for each in ledger.unjudged()] == [paper_id(1), paper_id(3)]


# --- the round trip -----------------------------------------------------------------------

text = st.text(st.characters(codec="utf-8"), max_size=12)
some = st.none() | text
moments = st.datetimes(timezones=st.just(UTC))
json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | text,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(text, inner, max_size=2),
    max_leaves=4,
)
texts = st.lists(text, max_size=2).map(tuple)
origins = st.builds(Origin, source=text, fetched_at=moments, raw_ids=texts, address=text)
records = st.builds(
    Record,
    id=text, title=text, abstract=text, authors=texts, categories=texts, arxiv_id=some,
    version=st.none() | st.integers(1, 99), doi=some, published=some, updated=some, venue=some,
    comment=some, journal_ref=some, url=some, code_urls=texts, origin=st.none() | origins,
    extra=st.dictionaries(text, json_values, max_size=2),
)  # fmt: skip
links = st.builds(Link, paper_id=text, record_id=text, source=text, proof=text)
papers = st.builds(
    Paper, id=text, facts=records, records=st.lists(records, max_size=2).map(tuple),
    links=st.lists(links, max_size=2).map(tuple), withdrawn=st.booleans(),
)  # fmt: skip
shares = st.floats(0, 1)
verdicts = st.builds(
    Verdict,
    paper_id=text, relevance=shares, decision=st.sampled_from(Decision),
    sections=st.lists(st.builds(SectionScore, node=text, path=texts, score=shares), max_size=2)
    .map(tuple),
    evidence=st.lists(
        st.builds(Evidence, quote=text, field=text, speaks_for=text, weight=st.floats(-9, 9)),
        max_size=2,
    ).map(tuple),
    classifier=text, version=text, flags=texts, reason=text,
)  # fmt: skip
outcomes = st.builds(
    Outcome, paper_id=text, list_id=text, state=st.sampled_from(State), reason=text, at=moments,
    section=st.none() | texts, line=st.none() | st.integers(1),
    pull_request=st.none() | st.integers(1),
)  # fmt: skip


@given(papers)
@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow], deadline=None)
def test_papers_survive_the_round_trip(one: Paper) -> None:
    assert PAPER.validate_json(PAPER.dump_json(one)) == one


@given(verdicts)
@settings(max_examples=60, deadline=None)
def test_verdicts_survive_the_round_trip(one: Verdict) -> None:
    assert VERDICT.validate_json(VERDICT.dump_json(one)) == one


@given(outcomes)
@settings(max_examples=60, deadline=None)
def test_outcomes_survive_the_round_trip(one: Outcome) -> None:
    assert OUTCOME.validate_json(OUTCOME.dump_json(one)) == one


@given(papers, verdicts, outcomes)
@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_what_is_saved_is_what_is_read(
    tmp_path_factory: pytest.TempPathFactory, one: Paper, said: Verdict, end: Outcome
) -> None:
    opened = open_ledger(tmp_path_factory.mktemp("ledger") / "ledger.sqlite", NOW)
    said, end = replace(said, paper_id=one.id), replace(end, paper_id=one.id)
    opened.ledger.save_verdicts([said], NOW, papers=[one], outcomes=[end])
    try:
        assert opened.ledger.papers() == [one]
        assert opened.ledger.verdicts([one.id]) == {one.id: said}
        assert opened.ledger.latest_outcomes() == [end]
    finally:
        opened.ledger.close()


@pytest.mark.parametrize(
    ("recorded", "present"),
    [
        pytest.param(
            "waits for a week with time: the reviewer's minutes of this one are spent",
            WAITS_FOR_TIME,
            id="no review time left",
        ),
        pytest.param(
            "the pull request is full; it comes with a later one",
            comes_later("the pull request is full"),
            id="no room in the pull request",
        ),
    ],
)
def test_reasons_of_earlier_versions_are_read_in_present_words(
    ledger: SqlLedger, recorded: str, present: str
) -> None:
    ledger.save_papers([paper(1)], NOW)
    ledger.record([outcome(1, State.DEFERRED, reason=recorded)])
    assert [each.reason for each in ledger.latest_outcomes()] == [present]
    assert ledger.record([outcome(1, State.DEFERRED, reason=present)]) == 0
