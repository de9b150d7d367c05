# ruff: noqa: E501 - tables of answers

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from medvl_watch.errors import SourceError, SourceLimited
from medvl_watch.ports import Request, Response, Window
from medvl_watch.records import Origin
from medvl_watch.sources.arxiv import ArxivSource
from tests import beside
from tests.sources.examples import ERROR, NOW, WINDOW, Answers, entry, page, polled


def source(*bodies: bytes, **lookups: bytes) -> ArxivSource:
    return ArxivSource("arxiv", "cat:cs.CV", Answers(bodies, lookups), page_size=2)


def test_an_entry_becomes_a_record_with_its_origin() -> None:
    text = entry(
        "2602.00001v3",
        "Seeing and\n  Reading",
        summary=" Radiographs\n and reports. ",
        updated="2026-03-01T08:00:00Z",
        more="<arxiv:comment>Accepted at\n  MIDL 2026</arxiv:comment>"
        "<arxiv:doi>10.1007/ABC</arxiv:doi>"
        "<arxiv:journal_ref>MIDL 2026</arxiv:journal_ref>",
    )

    poll = source(page([text])).poll(WINDOW)

    (record,) = poll.records
    assert record.id == "arxiv:2602.00001"
    assert (record.arxiv_id, record.version, record.doi) == ("2602.00001", 3, "10.1007/abc")
    assert record.title == "Seeing and Reading"
    assert record.abstract == "Radiographs and reports."
    assert record.authors == ("Ana Cruz", "Bo Li")
    assert record.categories == ("cs.CV", "cs.CL"), "the primary category comes first"
    assert record.published == "2026-02-27T10:00:00Z"
    assert record.updated == "2026-03-01T08:00:00Z"
    assert record.comment == "Accepted at MIDL 2026"
    assert record.journal_ref == "MIDL 2026"
    assert record.venue == "arXiv"
    assert record.url == "https://arxiv.org/abs/2602.00001"
    assert record.origin is not None
    assert replace(record.origin, address="") == Origin(
        source="arxiv",
        fetched_at=NOW,
        raw_ids=("http://arxiv.org/abs/2602.00001v3", "10.1007/ABC"),
    )


def test_the_window_is_added_to_the_query_in_universal_time() -> None:
    answers = Answers([page([])])
    window = Window(
        since=datetime.fromisoformat("2026-02-20T01:30-05:00"),
        until=datetime(2026, 3, 2, 12, tzinfo=UTC),
    )

    ArxivSource("arxiv", "cat:cs.CV OR cat:cs.CL", answers, page_size=50).poll(window)

    asked = parse_qs(urlsplit(answers.asked[0].url).query)
    assert answers.asked[0].url.startswith("https://export.arxiv.org/api/query?")
    assert asked["search_query"] == [
        "(cat:cs.CV OR cat:cs.CL) AND submittedDate:[202602200630 TO 202603021200]"
    ]
    assert asked["max_results"] == ["50"]


def test_pages_are_read_to_the_claimed_total_whatever_their_order() -> None:
    old = entry(1).replace("2026-02-27", "2020-01-01")
    pages = [page([old, entry(2)], 5), page([entry(3), entry(4)], 5, 2), page([entry(5)], 5, 4)]

    poll = source(*pages).poll(WINDOW)

    assert [record.arxiv_id for record in poll.records] == [f"2602.0000{n}" for n in range(1, 6)]
    assert (poll.receipt.claimed, poll.receipt.received, poll.receipt.pages) == (5, 5, 3)
    assert poll.receipt.fetched_at == NOW


def test_nothing_new_is_proved_by_a_total_of_zero() -> None:
    poll = source(page([])).poll(WINDOW)
    assert poll.records == ()
    assert poll.receipt.claimed == 0


def test_an_entry_that_comes_twice_is_one_record() -> None:
    pages = [page([entry(1), entry(2)], 3), page([entry(2), entry(3)], 3, 2)]
    poll = source(*pages).poll(WINDOW)
    assert len(poll.records) == 3
    assert poll.receipt.detail == "1 came twice"


def test_what_overlapping_pages_hide_is_looked_for_from_the_other_end() -> None:
    class TwoEnded(Answers):
        """Newest first, entry 3 falls between the pages; oldest first it comes."""

        def get(self, request):  # type: ignore[no-untyped-def]  # as the base has it
            if "ascending" in request.url:
                self.bodies = [page([entry(4), entry(3)], 4), page([entry(2), entry(1)], 4, 2)]
            return super().get(request)

    answers = TwoEnded([page([entry(1), entry(2)], 4), page([entry(2), entry(4)], 4, 2)])

    poll = ArxivSource("arxiv", "cat:cs.CV", answers, page_size=2).poll(WINDOW)

    assert len(poll.records) == 4
    assert poll.receipt.complete
    assert poll.receipt.pages == 4


CUT = page([entry(1), entry(2)])
HTML = b"<!DOCTYPE html><html><head><title>Sorry</title></head></html>"
BOMB = b'<?xml version="1.0"?><!DOCTYPE feed [<!ENTITY a "aaaa">]><feed>&a;</feed>'


@pytest.mark.parametrize(
    ("bodies", "reason"),
    [
        pytest.param([b""], "empty", id="an empty body"),
        pytest.param([b" \n"], "empty", id="white space"),
        pytest.param([HTML], "web page", id="a web page"),
        pytest.param([b"upstream connect error"], "not XML", id="plain text"),
        pytest.param([BOMB], "document type", id="a document type definition"),
        pytest.param([ERROR], "incorrect id format", id="an error as an entry"),
        pytest.param([CUT[: len(CUT) // 2]], "cut off", id="half a page"),
        pytest.param([CUT[:-9]], "cut off", id="a page without its last tag"),
        pytest.param([page([entry(1)], -1)], "no total number", id="no total"),
        pytest.param([b"<rss><channel/></rss>"], "not an arXiv feed", id="another kind of feed"),
        pytest.param([page([], 7)], "page 0 is empty", id="a total and no entries"),
        pytest.param([page([entry(1), entry(2)], 4, 20)], "begins at 20", id="another page"),
        pytest.param([page([entry(1)], 2_000_000)], "narrow the query", id="far too many"),
        pytest.param([page([entry(1).replace("<published>2026-02-27T10:00:00Z</published>", "")])],
                     "lacks published", id="an entry without date"),
        pytest.param([page([entry(1, updated="yesterday")])], "yesterday", id="no date at all"),
        pytest.param([page([entry("abc")])], "not an arXiv id", id="no arXiv id"),
    ],
)  # fmt: skip
def test_what_is_incomplete_or_wrong_is_one_sentence(bodies: list[bytes], reason: str) -> None:
    with pytest.raises(SourceError, match=reason) as caught:
        source(*bodies).poll(WINDOW)
    assert str(caught.value).startswith("arxiv: ")
    assert not isinstance(caught.value, SourceLimited)


@pytest.mark.parametrize(
    ("bodies", "received", "reason"),
    [
        pytest.param([page([entry(1), entry(2)], 4), page([], 4, 2)], 2, "page 1 is empty",
                     id="an empty page in the middle"),
        pytest.param([page([entry(1), entry(2)], 4), page([entry(1), entry(2)], 4, 2)], 2,
                     "4 results are claimed and only 2", id="a page served again"),
        pytest.param([page([entry("2602.00001v1"), entry(2)], 4),
                      page([entry("2602.00001v2"), entry(4)], 4, 2)], 3,
                     "4 results are claimed and only 3", id="a version that came while paging"),
        pytest.param([page([entry(1), entry(2)], 150), page([], 0, 2)], 2, "150 results are claimed",
                     id="a total that falls"),
        pytest.param([page([entry(1), entry(2)], 4), page([entry(3), entry(4)], 9, 2)], 4,
                     "not recorded", id="a total that jumps"),
        pytest.param([page([entry(1), entry(2)], 4), HTML], 2, "web page", id="a web page as page 1"),
        pytest.param([page([entry(1), entry(2)], 4), b""], 2, "empty", id="an empty body as page 1"),
        pytest.param([page([entry(1), entry(2)], 4), b"Rate exceeded."], 2, "too many",
                     id="a limit on page 1"),
        pytest.param([page([entry(1), entry(2)], 4), page([entry(3), entry(4)], 4, 2)[:-200]], 2,
                     "cut off", id="half a page 1"),
        pytest.param([page([entry(1), entry(2)], 4), page([entry(3), entry(4)], 4, 20)], 2,
                     "begins at 20", id="another page as page 1"),
    ],
)  # fmt: skip
def test_what_came_is_used_and_the_rest_is_said_to_be_missing(
    bodies: list[bytes], received: int, reason: str
) -> None:
    poll = source(*bodies).poll(WINDOW)

    assert len({record.arxiv_id for record in poll.records}) == received
    assert poll.receipt.received == received
    assert reason in poll.receipt.incomplete
    assert not poll.receipt.complete


BAD = entry(3).replace("<published>2026-02-27T10:00:00Z</published>", "")


def test_a_bad_entry_is_asked_for_again_by_its_id() -> None:
    answers = Answers([page([entry(1), BAD])], {"2602.00003": page([entry(3)])})

    poll = ArxivSource("arxiv", "cat:cs.CV", answers, page_size=2).poll(WINDOW)

    assert {record.arxiv_id for record in poll.records} == {"2602.00001", "2602.00003"}
    assert (poll.receipt.complete, poll.receipt.detail, poll.memory) == (True, "", {})


def test_an_entry_that_stays_bad_is_asked_for_at_the_next_poll() -> None:
    first = ArxivSource("arxiv", "cat:cs.CV", Answers([page([entry(1), BAD])]), page_size=2)
    poll = first.poll(WINDOW)

    assert [record.arxiv_id for record in poll.records] == ["2602.00001"]
    assert poll.receipt.complete
    assert "lacks published" in poll.receipt.detail
    assert poll.memory == {"again": "2602.00003"}

    answers = Answers([page([])], {"2602.00003": page([entry(3)])})
    later = ArxivSource("arxiv", "cat:cs.CV", answers, page_size=2)
    again = later.poll(replace(WINDOW, memory=poll.memory))
    assert [record.arxiv_id for record in again.records] == ["2602.00003"]
    assert again.memory == {}


@dataclass
class Archive:
    """A fetcher that answers as arXiv would, with `most` results at the deepest."""

    papers: Mapping[str, datetime]
    asked: list[str] = field(default_factory=list)

    def get(self, request: Request) -> Response:
        query = parse_qs(urlsplit(request.url).query)
        found = re.search(r"submittedDate:\[(\d+) TO (\d+)\]", query["search_query"][0])
        assert found is not None
        self.asked.append(found.group())
        since, until = (
            datetime.strptime(one, "%Y%m%d%H%M").replace(tzinfo=UTC) for one in found.groups()
        )
        fitting = sorted(
            (one for one, moment in self.papers.items() if since <= moment <= until),
            reverse=query["sortOrder"] == ["descending"],
        )
        start, size = int(query["start"][0]), int(query["max_results"][0])
        entries = [entry(one) for one in fitting[start : start + size]]
        return Response(body=page(entries, len(fitting), start), fetched_at=NOW)


def test_a_slice_with_too_many_papers_is_split() -> None:
    papers = {f"2602.{one:05}v1": WINDOW.since + timedelta(hours=one) for one in range(1, 230)}
    archive = Archive(papers)

    poll = ArxivSource("arxiv", "cat:cs.CV", archive, page_size=10, max_pages=3).poll(WINDOW)

    assert {f"{record.arxiv_id}v1" for record in poll.records} == papers.keys()
    assert poll.receipt.complete
    assert (poll.receipt.received, poll.receipt.claimed) == (229, 229)


ANNOUNCED = """<rss version="2.0" xmlns:arxiv="http://arxiv.org/schemas/atom"><channel><title>cs.CV</title>
{}</channel></rss>"""
ITEM = """<item><title>x</title><guid>oai:arXiv.org:{}v1</guid><link>https://arxiv.org/abs/{}</link>
<arxiv:announce_type>{}</arxiv:announce_type></item>"""


@dataclass
class TwoPaths:
    """The search, and the announcements of the day; `fits` are the ids that fit the query."""

    found: Sequence[str]
    announced: Mapping[str, str]
    fits: Sequence[str] = ()
    fails: bool = False
    asked: list[str] = field(default_factory=list)

    def get(self, request: Request) -> Response:
        self.asked.append(request.url)
        if "rss.arxiv.org" in request.url:
            if self.fails:
                raise SourceError("the service answers HTTP 503", where=request.source)
            items = "".join(ITEM.format(one, one, kind) for one, kind in self.announced.items())
            body = ANNOUNCED.format(items).encode()
            unchanged = request.etag == "day 1"
            return Response(body=body, fetched_at=NOW, etag="day 1", is_unchanged=unchanged)
        query = parse_qs(urlsplit(request.url).query)
        papers = list(self.found)
        if "id_list" in query:
            assert query["search_query"] == ["cat:cs.CV"]
            papers = [one for one in query["id_list"][0].split(",") if one in self.fits]
        return Response(body=page([entry(f"{one}v1") for one in papers]), fetched_at=NOW)


def test_what_was_announced_and_fits_the_query_but_was_not_found_is_fetched() -> None:
    announced = {
        "2602.00001": "new",
        "2602.00002": "cross",
        "2602.00003": "new",
        "2101.00009": "replace",
    }
    paths = TwoPaths(["2602.00001"], announced, fits=["2602.00003", "2101.00009"])
    two = ArxivSource("arxiv", "cat:cs.CV", paths, announced=["cs.CV", "eess.IV"])

    poll = two.poll(WINDOW)

    assert [record.arxiv_id for record in poll.records] == ["2602.00001", "2602.00003"]
    assert poll.receipt.detail == "1 announced and not found by the query"
    assert poll.receipt.complete
    assert any(url == "https://rss.arxiv.org/rss/cs.CV+eess.IV" for url in paths.asked)
    again = two.poll(replace(WINDOW, memory=poll.memory))
    assert "announced" not in again.receipt.detail, "they were compared before"
    assert again.memory == poll.memory


def test_without_the_announcements_the_search_stands_alone() -> None:
    paths = TwoPaths(["2602.00001"], {}, fails=True)
    poll = ArxivSource("arxiv", "cat:cs.CV", paths, announced=["cs.CV"]).poll(WINDOW)
    assert len(poll.records) == 1
    assert poll.receipt.complete
    assert "announcements could not be read: the service answers HTTP 503" in poll.receipt.detail


@pytest.mark.parametrize(
    ("fits", "incomplete"),
    [(["2602.00005"], ""), ([], "the query does not find 2602.00005, its canary")],
)
def test_a_query_that_loses_its_canary_is_incomplete(fits: list[str], incomplete: str) -> None:
    paths = TwoPaths(["2602.00001"], {}, fits=fits)
    poll = ArxivSource("arxiv", "cat:cs.CV", paths, canaries=["2602.00005"]).poll(WINDOW)
    assert len(poll.records) == 1
    assert poll.receipt.incomplete == incomplete


def test_rate_exceeded_puts_the_source_off() -> None:
    with pytest.raises(SourceLimited):
        source(b"Rate exceeded.").poll(WINDOW)


def test_a_paper_is_looked_up_by_its_id() -> None:
    answers = Answers([], {"2602.00001": page([entry("2602.00001v2")])})
    live = ArxivSource("arxiv", "cat:cs.CV", answers)

    record = live.lookup("arXiv:2602.00001v1")

    assert record is not None
    assert record.version == 2
    assert "id_list=2602.00001" in answers.asked[0].url


def test_an_unknown_id_is_none() -> None:
    answers = Answers([], {"2602.00001": page([])})
    assert ArxivSource("arxiv", "cat:cs.CV", answers).lookup("2602.00001") is None


def test_another_paper_than_the_asked_one_is_none() -> None:
    answers = Answers([], {"2602.00001": page([entry(2)])})
    assert ArxivSource("arxiv", "cat:cs.CV", answers).lookup("2602.00001") is None


def test_a_publishers_doi_is_not_asked_of_arxiv() -> None:
    answers = Answers([])
    assert ArxivSource("arxiv", "cat:cs.CV", answers).lookup("10.1007/abc") is None
    assert answers.asked == []


@pytest.mark.parametrize("identifier", ["2602.00002", "10.1007/abc"])
def test_in_recordings_a_paper_is_looked_for_among_the_pages(identifier: str) -> None:
    with_doi = entry("2602.00002v2", more="<arxiv:doi>10.1007/abc</arxiv:doi>")
    answers = Answers([page([entry(1), entry("2602.00002v1")], 3), page([with_doi], 3, 2)])

    record = ArxivSource("arxiv", "x", answers, page_size=2, recorded=True).lookup(identifier)

    assert record is not None
    assert (record.arxiv_id, record.version) == ("2602.00002", 2)


@pytest.mark.recordings
def test_every_recorded_answer_is_read_whole_or_refused() -> None:
    folder = beside.folder("data/recordings") / "arxiv_api"
    outcomes: dict[str, str | int] = {}
    for path in sorted(folder.glob("*.xml")):
        answers = Answers([path.read_bytes()])
        outcome = polled(ArxivSource("arxiv", "x", answers, page_size=100, max_pages=100))
        if isinstance(outcome, str):
            outcomes[path.name] = outcome
            assert "\n" not in outcome
        else:
            outcomes[path.name] = outcome.receipt.received
            receipt = outcome.receipt
            assert receipt.complete or receipt.incomplete, path.name
    assert len(outcomes) >= 40
    assert outcomes["rsxiv_query_empty.xml"] == 0
    assert outcomes["rsxiv_query_missing_id.xml"] == 1
    assert "page 0 is empty" in str(outcomes["rsxiv_OLDFORMAT_query_empty.xml"])
    assert outcomes["rsxiv_OLDFORMAT_query_missing_id.xml"] == 1, "the stubs are said to be bad"
    assert "incorrect id format" in str(outcomes["arxivpy_id_abc_s0_m100_b79c8dcf6bc3.xml"])
    assert outcomes["researcharr_arxiv_search_combined.xml"] == 5
