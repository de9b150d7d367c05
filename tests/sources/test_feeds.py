from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from medvl_watch.errors import SourceError
from medvl_watch.papers.recordfile import record_to_json
from medvl_watch.ports import Response
from medvl_watch.sources.feed_texts import authors_of, is_notice, plain, plain_title
from medvl_watch.sources.feeds import FeedSource, ParsedFeed, parse_feed
from tests import beside
from tests.sources.examples import NOW, WINDOW, Answers, polled

FEEDS = Path(__file__).with_name("feeds")
RSS = (FEEDS / "rss-journal.xml").read_bytes()


def parse(body: bytes, content_type: str = "", venue: str | None = "A Venue") -> ParsedFeed:
    return parse_feed(
        Response(body=body, fetched_at=NOW, content_type=content_type), "venue", venue
    )


@pytest.mark.parametrize("path", sorted(FEEDS.glob("*.xml")), ids=lambda path: path.stem)
def test_a_feed_reads_as_written_beside_it(path: Path) -> None:
    parsed = parse(path.read_bytes())

    written = [record_to_json(record) for record in parsed.records]
    for record in written:
        origin = record.pop("origin")
        assert isinstance(origin, dict)
        assert origin["source"] == "venue"
        assert origin["fetched_at"] == NOW.isoformat()
    told = [{key: value for key, value in one.items() if value} for one in written]
    expected = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    assert {"records": told, "detail": parsed.detail} == expected


def test_all_identifiers_are_kept_as_they_came() -> None:
    (record,) = parse((FEEDS / "pubmed.xml").read_bytes()).records
    assert record.origin is not None
    assert {"pmid:39000001", "pmc:PMC11000001", "doi:10.1016/j.example.2026.1145"} <= set(
        record.origin.raw_ids
    )


@pytest.mark.parametrize(
    ("venue", "expected"),
    [("AAAI", "AAAI 2026"), ("medRxiv", "medRxiv"), ("MIDL 2025", "MIDL 2025"), (None, None)],
)
def test_the_venue_gets_the_items_year(venue: str | None, expected: str | None) -> None:
    assert parse(RSS, venue=venue).records[0].venue == expected


HTML = b"<!doctype html>\n<html><body>Please log in</body></html>"


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        pytest.param(b"", "empty", id="empty"),
        pytest.param(b"\xef\xbb\xbf\n", "empty", id="a mark and a line end"),
        pytest.param(HTML, "web page", id="a web page"),
        pytest.param(b"\n<HTML>", "web page", id="a web page in capitals"),
        pytest.param(b'{"error": "gone"}', "not XML", id="JSON"),
        pytest.param(RSS[: len(RSS) // 2], "cut off", id="half a feed"),
        pytest.param(RSS.rstrip()[:-1], "cut off", id="all but the last letter"),
        pytest.param(b"<OAI-PMH><error/></OAI-PMH>", "not an RSS, RDF or Atom", id="other XML"),
        pytest.param(b'<!DOCTYPE rss [<!ENTITY a "b">]><rss></rss>', "document type", id="DTD"),
        pytest.param(
            '<?xml version="1.0" encoding="utf-16"?><!DOCTYPE rss><rss></rss>'.encode("utf-16"),
            "document type",
            id="DTD in UTF-16",
        ),
    ],
)
def test_what_is_no_feed_is_one_sentence(body: bytes, reason: str) -> None:
    with pytest.raises(SourceError, match=reason) as caught:
        parse(body)
    assert str(caught.value).startswith("venue: ")


@pytest.mark.parametrize(
    ("change", "title"),
    [
        pytest.param((b"Reports", b"R&nbsp;eports"), "R eports", id="an entity nobody declared"),
        pytest.param((b"Reports", b"R & eports"), "R & eports", id="a bare ampersand"),
        pytest.param((b"Reports", b"R\x0beports"), "R eports", id="a control character"),
        pytest.param((b"Reports", b"R\xe9ports"), "R\xe9ports", id="another encoding"),
    ],
)
def test_what_is_ill_formed_but_whole_is_read(change: tuple[bytes, bytes], title: str) -> None:
    records = parse(RSS.replace(*change)).records
    assert len(records) == 2
    assert records[0].title.startswith(title)
    assert records[0].doi == "10.1002/mp.17001"


def test_a_feed_without_papers_is_an_error() -> None:
    empty = b'<rss version="2.0"><channel><title>x</title></channel></rss>'
    source = FeedSource("venue", "https://venue.example.org/rss", "V", Answers([empty]))
    with pytest.raises(SourceError, match="holds no papers"):
        source.poll(WINDOW)


def test_arxivs_own_feeds_are_empty_on_weekends() -> None:
    empty = b'<rss version="2.0"><channel><title>x</title></channel></rss>'
    source = FeedSource("rss", "https://rss.arxiv.org/rss/cs.CV", None, Answers([empty]))
    poll = source.poll(WINDOW)
    assert poll.records == ()
    assert poll.receipt.received == 0


def test_a_poll_counts_what_was_left_out() -> None:
    source = FeedSource("venue", "https://venue.example.org/rss", "V", Answers([RSS]))
    receipt = source.poll(WINDOW).receipt
    assert receipt.received == 2
    assert receipt.claimed is None
    assert "1 without a title" in receipt.detail


def test_a_paper_is_looked_up_in_the_feed_as_it_is_now() -> None:
    source = FeedSource("venue", "https://venue.example.org/rss", "V", Answers([RSS]))
    found = source.lookup("https://doi.org/10.1002/MP.17001")
    assert found is not None
    assert found.doi == "10.1002/mp.17001"
    assert source.lookup("10.1002/other") is None


@pytest.mark.parametrize(
    ("url", "identifier", "asked"),
    [
        ("https://venue.example.org/rss", "10.1002/other", 1),
        ("https://venue.example.org/rss", "2602.00001", 0),
        ("https://rss.arxiv.org/rss/cs.CV", "2602.00001", 1),
        ("https://rss.arxiv.org/rss/cs.CV", "10.1002/other", 0),
        ("https://www.nature.com/nm.rss", "10.1038/other", 1),
        ("https://www.nature.com/nm.rss", "10.1002/other", 0),
        ("https://connect.medrxiv.org/feed", "10.64898/2025.12.05.1", 1),
    ],
)
def test_a_feed_that_cannot_hold_the_paper_is_not_asked(
    url: str, identifier: str, asked: int
) -> None:
    answers = Answers([RSS])
    assert FeedSource("venue", url, "V", answers).lookup(identifier) is None
    assert len(answers.asked) == asked


@pytest.mark.parametrize(
    ("creators", "expected"),
    [
        pytest.param(["Ana Cruz", "Bo Li"], ("Ana Cruz", "Bo Li"), id="one by one"),
        pytest.param(["Ana Cruz, Bo Li"], ("Ana Cruz", "Bo Li"), id="with commas"),
        pytest.param(["Ana Cruz, Bo Li, and Dora Ek"], ("Ana Cruz", "Bo Li", "Dora Ek"), id="and"),
        pytest.param(["Cruz, Ana; Li, Bo"], ("Ana Cruz", "Bo Li"), id="with semicolons"),
        pytest.param(["\nAna Cruz, \nBo Li\n"], ("Ana Cruz", "Bo Li"), id="a line each"),
        pytest.param(["Cruz, A. M., Li, B."], ("A. M. Cruz", "B. Li"), id="initials behind commas"),
        pytest.param(["Cruz A, Li B, et al."], ("A Cruz", "B Li"), id="initials, et al."),
        pytest.param(["Inoda, Toshio"], ("Toshio Inoda",), id="one person, name first"),
        pytest.param(["van der Berg, Jan"], ("Jan van der Berg",), id="a particle"),
        pytest.param(["OpenAI"], ("OpenAI",), id="one name"),
        pytest.param(["", " , "], (), id="nobody"),
    ],
)
def test_authors(creators: list[str], expected: tuple[str, ...]) -> None:
    assert authors_of(creators) == expected


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("[Articles] Words for findings", "Words for findings"),
        ("[18F]FDG PET reports", "[18F]FDG PET reports"),
        ("A <i>new</i> &amp; small<sup>2</sup> way", "A new & small2 way"),
        ("p &lt; 0.05 and x < y", "p < 0.05 and x < y"),
        ("&lt;p&gt;Twice escaped&lt;/p&gt;", "Twice escaped"),
    ],
)
def test_titles(raw: str, expected: str) -> None:
    assert plain_title(raw) == expected


@pytest.mark.parametrize(
    ("title", "notice"),
    [
        ("Author Correction: Words for findings", True),
        ("Erratum to: Words for findings", True),
        ("Retraction Note: Words for findings", True),
        ("Correction", True),
        ("Correction of motion in MRI", False),
        ("Words for findings", False),
    ],
)
def test_notices_are_no_papers(title: str, notice: bool) -> None:
    assert is_notice(title) is notice


def test_scripts_are_no_text() -> None:
    assert plain("<p>a</p><script>alert(1)</script><style>p {}</style><p>b</p>") == "a b"


@given(st.text(max_size=200))
def test_no_text_is_too_odd(text: str) -> None:
    assert "\n" not in plain(text)
    plain_title(text)
    authors_of([text])


@given(st.binary(max_size=300) | st.integers(0, len(RSS)).map(lambda end: RSS[:end]))
def test_any_bytes_are_a_feed_or_one_sentence(body: bytes) -> None:
    try:
        parsed = parse(body)
    except SourceError:
        return
    assert body.rstrip().endswith((b"</rss>", b"</feed>", b"</rdf:RDF>", b"/>"))
    assert isinstance(parsed.records, tuple)


BROKEN = (
    "broken_fastfeedparser",
    "broken_feedparser",
    "broken_feedreader",
    "broken_nodefeedparser",
)


@pytest.mark.recordings
@pytest.mark.parametrize("folder", BROKEN)
def test_every_broken_feed_is_read_or_refused_and_never_silent(folder: str) -> None:
    paths = sorted(path for path in beside.folder(f"data/recordings/{folder}").iterdir())
    assert paths
    for path in paths:
        source = FeedSource("venue", "https://x.example.org", "V", Answers([path.read_bytes()]))
        outcome = polled(source)
        if isinstance(outcome, str):
            assert outcome.startswith("venue: "), path.name
            assert "\n" not in outcome, path.name
        else:
            assert outcome.receipt.received == len(outcome.records) > 0, path.name
            assert all(record.title and record.id for record in outcome.records), path.name


@pytest.mark.recordings
@pytest.mark.parametrize(
    ("file", "count", "dois", "with_authors", "with_abstracts"),
    [
        ("wiley/biorss_20211221_onlinelibrary.wiley.com-feed-19968175-most-recent.xml",
         66, 66, 63, 28),
        ("highwire/rssparser_rss-1_science_rdf_2017.rss", 69, 69, 69, 0),
        ("tandfonline/biorss_20211221_tandfonline.com-feed-rss-nnfe20.xml", 95, 95, 95, 85),
        ("sciencedirect/biorss_20211221_rss.sciencedirect.com-publication-science-10557903.xml",
         51, 0, 50, 0),
        ("pubmed/biorss_20211214_pubmed_rss_search.xml", 15, 15, 15, 15),
        ("biorxiv_rss/feedrs_rss_1.0_biorxiv.xml", 1, 1, 1, 1),
        ("oup/biorss_20211221_academic.oup.com-rss-site_5579-3435.xml", 13, 13, 13, 13),
        ("arxiv_rss/distill_rss_cs_cl_20260427.xml", 3, 0, 3, 3),
        ("arxiv_rss/tidedra_atom_csAI_20250820.xml", 7, 0, 7, 7),
    ],
    ids=lambda value: value.partition("/")[0] if isinstance(value, str) else "",
)  # fmt: skip
def test_what_real_feeds_hold(
    file: str, count: int, dois: int, with_authors: int, with_abstracts: int
) -> None:
    records = parse((beside.folder("data/recordings") / file).read_bytes()).records
    found = [bool(one.doi) for one in records], [bool(one.authors) for one in records]
    assert len(records) == count
    assert [sum(one) for one in found] == [dois, with_authors]
    assert sum(bool(one.abstract) for one in records) == with_abstracts
    assert all(one.published for one in records)
    assert all(one.published and one.published <= datetime.now(UTC).isoformat() for one in records)


@pytest.mark.recordings
def test_a_scraper_that_went_silent_is_an_error() -> None:
    body = (
        beside.folder("data/recordings") / "mirrored_2026/wduverger_nature_EMPTY_20260208.xml"
    ).read_bytes()
    with pytest.raises(SourceError, match="holds no papers"):
        FeedSource("nature", "https://x.example.org", "Nature", Answers([body])).poll(WINDOW)
