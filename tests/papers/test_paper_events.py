"""What happens to a paper after it was first seen."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from medvl_watch.papers.identifiers import keys_of
from medvl_watch.papers.linking import link
from medvl_watch.papers.notices import NOTICE_OF, with_notices
from medvl_watch.papers.paper_events import MOST_EVENTS, former_titles, with_more_events
from medvl_watch.papers.regrouping import split_paper
from medvl_watch.records import EventKind, Origin, Paper, PaperEvent, Record

AT = datetime(2026, 11, 30, tzinfo=UTC)
ORIGIN = Origin(source="arxiv", fetched_at=AT)
FIRST = Record(
    id="arxiv:2611.00001", title="Seeing chest radiographs with words and few labels",
    authors=("Ana Cruz", "Bo Li"), arxiv_id="2611.00001", version=1, published="2026-11-02",
    venue="arXiv", origin=ORIGIN,
)  # fmt: skip
NEW_TITLE = "A language model that reads radiographs"


def after(*records: Record) -> Paper:
    """The paper once these records followed the first one, one at a time."""
    (paper,) = link([FIRST], {}, []).papers
    for each in records:
        known = {key: paper.id for one in paper.records for key in keys_of(one)}
        (paper,) = link([each], known, [paper]).papers
    return paper


def second(**changes: object) -> Record:
    return replace(FIRST, version=2, **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("record", "kinds"),
    [
        pytest.param(FIRST, [], id="the same again"),
        pytest.param(second(abstract="We read them."), [], id="a new abstract"),
        pytest.param(second(title=NEW_TITLE), ["renamed"], id="another title in version 2"),
        pytest.param(second(title=f"SeeRad: {FIRST.title}"), ["renamed"], id="a name in front"),
        pytest.param(
            replace(FIRST, title=f"SeeRad: {FIRST.title}"), [], id="another form in one version"
        ),
        pytest.param(second(title=FIRST.title.upper()), [], id="other letters"),
        pytest.param(second(title=f"{FIRST.title[:40]}"), ["renamed"], id="shorter in version 2"),
        pytest.param(replace(FIRST, title=FIRST.title[:40]), [], id="cut off by a source"),
        pytest.param(second(comment="Accepted at MICCAI 2026"), ["published"], id="accepted"),
        pytest.param(second(comment="Submitted to MICCAI 2026"), [], id="submitted to"),
        pytest.param(
            second(journal_ref="Medical Image Analysis 99 (2026) 1"), ["published"], id="printed"
        ),
        pytest.param(
            second(comment="Code: https://github.com/ada/one"), ["code released"], id="code"
        ),
        pytest.param(
            second(comment="This paper has been withdrawn by the authors."), ["withdrawn"],
            id="withdrawn",
        ),
        pytest.param(
            second(title=NEW_TITLE, comment="Accepted at MICCAI 2026"), ["renamed", "published"],
            id="two at once",
        ),
    ],
)  # fmt: skip
def test_what_a_later_record_says(record: Record, kinds: list[str]) -> None:
    paper = after(record)
    assert [each.kind.value for each in paper.events] == kinds
    assert all(each.at == AT for each in paper.events)
    assert after(record, record).events == paper.events, "once is enough"


def test_a_paper_that_is_withdrawn_when_first_seen_is_an_event() -> None:
    gone = replace(FIRST, comment="This paper has been withdrawn.")
    (paper,) = link([gone], {}, []).papers
    assert [each.kind for each in paper.events] == [EventKind.WITHDRAWN]


def test_a_paper_that_is_published_when_first_seen_has_no_news() -> None:
    (paper,) = link([replace(FIRST, comment="Accepted at MICCAI 2026")], {}, []).papers
    assert paper.events == ()


def test_former_titles_are_those_it_no_longer_has() -> None:
    third = replace(FIRST, version=3)
    assert former_titles(after(second(title=NEW_TITLE))) == (FIRST.title,)
    assert former_titles(after(second(title=NEW_TITLE), third)) == (NEW_TITLE,)


def test_the_latest_events_are_kept() -> None:
    many = [
        PaperEvent(kind=EventKind.RENAMED, at=AT, was=f"Title {one}", now=f"Title {one + 1}")
        for one in range(MOST_EVENTS + 5)
    ]
    assert with_more_events(after(), many).events == tuple(many[5:])


def test_events_stay_with_a_paper_from_which_a_person_separates_a_record() -> None:
    printed = replace(
        FIRST, id="doi:10.1109/tmi.2026.1", arxiv_id=None, version=None, doi="10.1109/tmi.2026.1",
        venue="IEEE TMI 2026", title=NEW_TITLE, origin=Origin(source="tmi", fetched_at=AT),
    )  # fmt: skip
    paper = after(second(title=NEW_TITLE), printed)
    assert len(paper.records) == 2
    parted = split_paper(paper, [paper.records[1]], AT)
    assert EventKind.RENAMED in {each.kind for each in parted.first.events}
    assert EventKind.RENAMED in {each.kind for each in parted.second.events}


# --- notices ------------------------------------------------------------------------------


def notice(title: str, **changes: object) -> Record:
    base = Record(
        id="doi:10.1016/j.media.2026.9", title=title, doi="10.1016/j.media.2026.9",
        url="https://doi.org/10.1016/j.media.2026.9", authors=FIRST.authors,
        venue="Medical Image Analysis 2026", origin=Origin(source="media", fetched_at=AT),
    )  # fmt: skip
    return replace(base, **changes)  # type: ignore[arg-type]


def told(one: Record, papers: tuple[Paper, ...] = ()) -> list[str]:
    papers = papers or (after(),)
    known = {key: paper.id for paper in papers for each in paper.records for key in keys_of(each)}
    return [e.kind.value for each in with_notices([one], known, papers) for e in each.events]


@pytest.mark.parametrize(
    ("one", "kinds"),
    [
        pytest.param(notice(f"Retraction Note: {FIRST.title}"), ["retracted"], id="retraction"),
        pytest.param(notice(f"Retraction notice to “{FIRST.title}”"), ["retracted"],
                     id="retraction in quotes"),
        pytest.param(notice(f"Correction: {FIRST.title}"), ["corrected"], id="correction"),
        pytest.param(notice(f"Erratum to: {FIRST.title}"), ["corrected"], id="erratum"),
        pytest.param(notice(f"Retraction: Retraction Note to: {FIRST.title}"), ["retracted"],
                     id="wrapped twice"),
        pytest.param(notice(f"Correction: {FIRST.title}", authors=()), [],
                     id="nothing but the title"),
        pytest.param(notice(f"Correction: {FIRST.title}", authors=("Dora Ek", "Jo Kim")), [],
                     id="other authors"),
        pytest.param(notice("Correction: Seeing chest radiographs with images and few labels"), [],
                     id="another title"),
        pytest.param(notice(FIRST.title), [], id="no notice"),
        pytest.param(notice("Retraction", extra={NOTICE_OF: "arxiv:2611.00001"}),
                     ["retracted"], id="a number and no title"),
        pytest.param(notice("Erratum: Erratum", extra={NOTICE_OF: "arxiv:2611.00001"}),
                     ["corrected"], id="a number and no title, twice"),
        pytest.param(notice("Another title", extra={NOTICE_OF: "arxiv:2611.00001"}), [],
                     id="a number and no word of what happened"),
        pytest.param(notice(f"Expression of Concern: {FIRST.title}"), ["expression of concern"],
                     id="concern"),
        pytest.param(notice("Retraction: another wording of it", authors=(),
                            extra={NOTICE_OF: "arxiv:2611.00001"}), ["retracted"],
                     id="by its number"),
        pytest.param(notice(f"Retraction: {FIRST.title}", extra={NOTICE_OF: "doi:10.1/other"}), [],
                     id="the number of another paper"),
    ],
)  # fmt: skip
def test_notices_reach_the_paper_that_they_are_about(one: Record, kinds: list[str]) -> None:
    assert told(one) == kinds


def test_a_notice_with_the_title_of_two_papers_reaches_neither() -> None:
    other = replace(FIRST, id="arxiv:2611.00002", arxiv_id="2611.00002")
    two = link([FIRST, other], {}, []).papers
    assert len(two) == 2
    assert told(notice(f"Correction: {FIRST.title}"), two) == []


def test_a_retraction_withdraws_a_paper_for_good_and_is_told_once() -> None:
    one = notice(f"Retraction Note: {FIRST.title}")
    paper = after()
    (retracted,) = with_notices([one], {}, [paper])
    assert retracted.withdrawn
    later = replace(one, origin=Origin(source="media", fetched_at=AT + timedelta(days=1)))
    assert with_notices([later], {}, [retracted]) == ()
    known = {key: paper.id for each in paper.records for key in keys_of(each)}
    (again,) = link([second(abstract="Other words.")], known, [retracted]).papers
    assert again.withdrawn
    assert again.events == retracted.events
