"""Sources with an archive, on answers as their services give them."""

# ruff: noqa: E501 - answers of services

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import pytest

from medvl_watch.errors import SourceError
from medvl_watch.papers.merging import is_withdrawn
from medvl_watch.papers.notices import NOTICE_OF
from medvl_watch.ports import Request, Response, Window
from medvl_watch.records import Poll
from medvl_watch.sources.acl import AclEntry
from medvl_watch.sources.archive import ArchiveReading
from medvl_watch.sources.crossref import CrossrefEntry, entry_of
from medvl_watch.sources.cvf import CvfEntry
from medvl_watch.sources.entries import SourceEntry
from medvl_watch.sources.miccai import MiccaiEntry
from medvl_watch.sources.oai import OaiEntry
from medvl_watch.sources.openreview import OpenreviewEntry
from medvl_watch.sources.pmlr import PmlrEntry
from medvl_watch.sources.pubmed import PubmedEntry, add_articles
from medvl_watch.sources.rxiv import RxivEntry
from tests import beside

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
WINDOW = Window(since=datetime(2026, 11, 20, tzinfo=UTC), until=NOW)

CROSSREF = CrossrefEntry(id="journal", kind="crossref", issn="1361-8415", venue="MedIA")
RXIV = RxivEntry(id="medrxiv", kind="rxiv", server="medrxiv")
PUBMED = PubmedEntry(id="pubmed", kind="pubmed", query="radiology[ti]")
ACL = AclEntry(id="acl", kind="acl", url="https://raw.example.org/2025.acl.xml", venue="ACL")
PMLR = PmlrEntry(id="midl", kind="pmlr", url="https://raw.example.org/v250/MIDL.bib", venue="MIDL")
CVF = CvfEntry(
    id="cvpr", kind="cvf", url="https://openaccess.thecvf.com/CVPR2025?day=all", venue="CVPR"
)
OPENREVIEW = OpenreviewEntry(
    id="iclr", kind="openreview", venueid="ICLR.cc/2026/Conference", venue="ICLR 2026"
)
MICCAI = MiccaiEntry(id="miccai", kind="miccai", year=2025)
OAI = OaiEntry(id="oai", kind="arxiv-oai", set="cs:cs:CV")


@dataclass
class Pages:
    """A fetcher that answers the pages of one poll in their order."""

    bodies: list[bytes]
    asked: list[str] = field(default_factory=list)

    def get(self, request: Request) -> Response:
        self.asked.append(unquote(request.url))
        if not self.bodies:
            raise SourceError("the service answers HTTP 503", where=request.source)
        return Response(body=self.bodies.pop(0), fetched_at=NOW, address=request.url)


def polled(entry: SourceEntry, *bodies: Any) -> tuple[Poll, list[str]]:
    pages = Pages([one if isinstance(one, bytes) else json.dumps(one).encode() for one in bodies])
    return entry.open(pages).poll(WINDOW), pages.asked


def work(number: int, **more: Any) -> dict[str, Any]:
    known = {
        "DOI": f"10.1016/j.media.2026.{number}",
        "title": [f"Reading report number {number}"],
        "author": [{"given": "Ana", "family": "Cruz"}, {"name": "The CT Group"}],
        "published-online": {"date-parts": [[2026, 11, number]]},
        "abstract": "<jats:title>Abstract</jats:title><jats:p>We read &amp; see.</jats:p>",
        "container-title": ["Medical Image Analysis"],
        "type": "journal-article",
    }
    return {**known, **more}


def works(*found: dict[str, Any], total: int, cursor: str = "") -> dict[str, Any]:
    message = {"total-results": total, "items": list(found), "next-cursor": cursor}
    return {"status": "ok", "message": message}


def test_crossref_is_read_with_its_cursor_to_the_end() -> None:
    poll, asked = polled(
        CROSSREF, works(work(1), work(2), total=3, cursor="a+b=="), works(work(3), total=3)
    )

    assert [record.doi for record in poll.records] == [
        f"10.1016/j.media.2026.{n}" for n in (1, 2, 3)
    ]
    assert poll.receipt.complete
    record = poll.records[0]
    assert (record.title, record.published) == ("Reading report number 1", "2026-11-01")
    assert (record.venue, record.authors) == ("MedIA 2026", ("Ana Cruz", "The CT Group"))
    assert record.abstract == "Abstract We read & see."
    query = parse_qs(urlsplit(asked[0]).query)
    assert query["filter"] == [
        "issn:1361-8415,from-index-date:2026-11-20,until-index-date:2026-11-30"
    ]
    assert "cursor=a+b==" in asked[1]


@pytest.mark.parametrize(
    ("more", "field", "value"),
    [
        pytest.param({"published-online": {"date-parts": [[None]]}, "issued": {"date-parts": [[2026, 5]]}},
                     "published", "2026-05", id="a date with gaps"),
        pytest.param({"title": ["A <i>b</i> &amp; c"]}, "title", "A b & c", id="markup in a title"),
        pytest.param({"author": None}, "authors", (), id="no authors"),
        pytest.param({"abstract": None}, "abstract", "", id="no abstract"),
    ],
)  # fmt: skip
def test_crossrefs_gaps_are_gaps(more: dict[str, Any], field: str, value: object) -> None:
    poll, _ = polled(CROSSREF, works(work(1, **more), total=1))
    assert getattr(poll.records[0], field) == value


def test_every_work_is_accounted_for() -> None:
    correction = work(2, **{"update-to": [{"type": "correction", "DOI": "10.1/x"}]})
    found = [work(1), work(1), correction, work(3, title=[]), {"title": ["No DOI"]}, "text"]
    poll, _ = polled(CROSSREF, works(*found, total=6))  # type: ignore[arg-type]
    assert (len(poll.records), poll.receipt.repeats, poll.receipt.notices) == (1, 1, 1)
    assert dict(poll.receipt.unusable) == {"without a title": 1, "not of the documented form": 2}
    assert poll.receipt.complete


def paper(number: int, version: int = 1, **more: Any) -> dict[str, Any]:
    known = {
        "doi": f"10.64898/2026.11.{number:02}.1", "title": f"Paper {number}", "version": str(version),
        "authors": "Cruz, A. M.; Li, B.;", "date": "2026-11-21", "category": "radiology",
        "abstract": "Seen.", "published": "NA",
    }  # fmt: skip
    return {**known, **more}


def collection(*papers: dict[str, Any], total: str, cursor: int = 0) -> dict[str, Any]:
    return {
        "messages": [{"status": "ok", "cursor": cursor, "total": total}],
        "collection": list(papers),
    }


def test_preprints_come_page_by_page_in_their_newest_version() -> None:
    poll, asked = polled(
        RXIV,
        collection(paper(1), paper(2), total="4"),
        collection(paper(1, 2), paper(3, published="10.1/y"), total="4", cursor=2),
    )
    assert {(one.doi, one.version) for one in poll.records} == {
        ("10.64898/2026.11.01.1", 2), ("10.64898/2026.11.02.1", 1), ("10.64898/2026.11.03.1", 1)
    }  # fmt: skip
    assert (poll.receipt.complete, poll.receipt.repeats) == (True, 1)
    assert poll.records[0].authors == ("A. M. Cruz", "B. Li")
    assert (poll.records[0].venue, poll.records[2].journal_ref) == (
        "medRxiv",
        "https://doi.org/10.1/y",
    )
    assert [one.rpartition("details/")[2] for one in asked] == [
        "medrxiv/2026-11-20/2026-11-30/0", "medrxiv/2026-11-20/2026-11-30/2",
    ]  # fmt: skip


def test_only_the_named_categories_of_preprints_are_kept() -> None:
    entry = replace_entry(RXIV, categories=["Radiology and imaging"])
    found = [paper(1, category="radiology and imaging"), paper(2, category="oncology")]
    poll, _ = polled(entry, collection(*found, total="2"))
    assert len(poll.records) == 1
    assert dict(poll.receipt.unusable) == {"of other categories": 1}
    assert poll.receipt.complete


def replace_entry(entry: SourceEntry, **changes: Any) -> SourceEntry:
    return entry.model_copy(update=changes)


def test_a_server_without_posts_is_quiet() -> None:
    answer = {"messages": [{"status": "no posts found"}], "collection": []}
    poll, _ = polled(RXIV, answer)
    assert (poll.records, poll.receipt.complete) == ((), True)


ARTICLE = """<PubmedArticle><MedlineCitation><PMID>{n}</PMID><Article>
<Journal><JournalIssue><PubDate><Year>2026</Year><Month>Nov</Month></PubDate></JournalIssue>
<ISOAbbreviation>Radiology</ISOAbbreviation></Journal>
<ArticleTitle>Reports of <i>scans</i> with p &lt; 0.05.</ArticleTitle>
<ELocationID EIdType="doi">10.1148/radiol.{n}</ELocationID>
<Abstract><AbstractText Label="BACKGROUND">We ask.</AbstractText><AbstractText>We see.</AbstractText></Abstract>
<AuthorList><Author><LastName>Cruz</LastName><ForeName>Ana M</ForeName></Author>
<Author><CollectiveName>The CT Group</CollectiveName></Author></AuthorList>
<PublicationTypeList><PublicationType>{kind}</PublicationType></PublicationTypeList>
</Article></MedlineCitation></PubmedArticle>"""


def articles(*numbers: int, kind: str = "Journal Article") -> bytes:
    found = "".join(ARTICLE.format(n=one, kind=kind) for one in numbers)
    return f'<?xml version="1.0"?><PubmedArticleSet>{found}</PubmedArticleSet>'.encode()


def test_pubmed_is_searched_and_then_fetched() -> None:
    search = {"esearchresult": {"count": "2", "idlist": ["11", "12"]}}
    poll, asked = polled(PUBMED, search, articles(11, 12))

    record = poll.records[0]
    assert (record.doi, record.title) == ("10.1148/radiol.11", "Reports of scans with p < 0.05")
    assert record.authors == ("Ana M Cruz", "The CT Group")
    assert record.abstract == "Background: We ask. We see."
    assert (record.published, record.venue) == ("2026-11", "Radiology 2026")
    assert poll.receipt.complete
    assert "mindate=2026/11/20" in asked[0]
    assert "id=11,12" in asked[1]


def test_pubmed_tells_of_retractions() -> None:
    search = {"esearchresult": {"count": "1", "idlist": ["11"]}}
    poll, _ = polled(PUBMED, search, articles(11, kind="Retracted Publication"))
    assert is_withdrawn(poll.records)


ANTHOLOGY = b"""<collection id="2025.acl"><volume id="long"><meta><month>July</month><year>2025</year></meta>
<paper id="1"><title>Reading <fixed-case>CT</fixed-case> &amp; more</title>
<author><first>Ana</first><last>Cruz</last></author><abstract>We <i>see</i>.</abstract>
<url>2025.acl-long.1</url><doi>10.18653/v1/2025.acl-long.1</doi></paper>
<paper id="2"><title>Gone</title><url>2025.acl-long.2</url><retracted date="2025-09-01">x</retracted></paper>
</volume></collection>"""


def test_a_file_of_the_anthology() -> None:
    poll, _ = polled(ACL, ANTHOLOGY)
    first, gone = poll.records
    assert (first.title, first.abstract, first.published) == (
        "Reading CT & more",
        "We see.",
        "2025-07",
    )
    assert (first.doi, first.venue) == ("10.18653/v1/2025.acl-long.1", "ACL 2025")
    assert first.url == "https://aclanthology.org/2025.acl-long.1"
    assert is_withdrawn((gone,))


VOLUME = b"""@Proceedings{MIDL-2024, published = "2024-12-23", year = "2024"}
@InProceedings{cruz24a, title = {Reading {CT} with \\'Etude}, author = {Ana Cruz and Bo Li},
 abstract = {We see.}, pages = {1-9}}
"""


def test_a_volume_of_pmlr() -> None:
    poll, _ = polled(PMLR, VOLUME)
    (record,) = [one for one in poll.records if one.title.startswith("Reading")]
    assert (record.authors, record.venue) == (("Ana Cruz", "Bo Li"), "MIDL 2024")
    assert record.url == "https://proceedings.mlr.press/v250/cruz24a.html"
    assert record.published == "2024-12-23"


PROCEEDINGS = b"""<html><dl>
<dt class="ptitle"><br><a href="/content/CVPR2025/html/Cruz_Reading_CVPR_2025_paper.html">Reading &amp; CT</a></dt>
<dd><form><input type="hidden" name="query_author" value="Ana Cruz"><a href="#" onclick="f()">Ana Cruz</a>,</form>
<form><input type="hidden" name="query_author" value="Bo Li"><a href="#" onclick="f()">Bo Li</a></form></dd>
<dd>[<a href="https://arxiv.org/abs/2501.00001">arXiv</a>]</dd>
<dt class="ptitle"><br><a href="/content/CVPR2025/html/Li_Two_CVPR_2025_paper.html">Two</a></dt><dd></dd>
</dl></html>"""


def test_a_conference_of_the_cvf() -> None:
    poll, _ = polled(CVF, PROCEEDINGS)
    first, _ = poll.records
    assert (first.title, first.arxiv_id, first.venue) == ("Reading & CT", "2501.00001", "CVPR 2025")
    assert first.authors == ("Ana Cruz", "Bo Li")
    assert (
        first.url
        == "https://openaccess.thecvf.com/content/CVPR2025/html/Cruz_Reading_CVPR_2025_paper.html"
    )


def test_accepted_papers_of_openreview() -> None:
    content = {
        "title": {"value": "Reading CT"},
        "authors": {"value": ["Ana Cruz"]},
        "abstract": {"value": "See."},
    }
    note = {"id": "abc", "forum": "abc", "pdate": 1767225600000, "content": content}
    poll, asked = polled(OPENREVIEW, {"notes": [note], "count": 1})
    (record,) = poll.records
    assert (record.url, record.published) == ("https://openreview.net/forum?id=abc", "2026-01-01")
    assert (record.venue, poll.receipt.complete) == ("ICLR 2026", True)
    assert "content.venueid=ICLR.cc/2026/Conference" in asked[0]


def test_a_year_of_miccai() -> None:
    body = b"""<li><a href="/miccai-2025/0415-Paper1786.html">Reading CT</a>
    <div class="authors">Cruz, Ana; Li, Bo</div></li>"""
    poll, _ = polled(MICCAI, body)
    (record,) = poll.records
    assert (record.title, record.venue) == ("Reading CT", "MICCAI 2025")
    assert record.authors == ("Ana Cruz", "Bo Li")


def harvest(*records: str, token: str = "") -> bytes:
    more = f"<resumptionToken>{token}</resumptionToken>" if token else ""
    return (
        '<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/"><ListRecords>'
        f"{''.join(records)}{more}</ListRecords></OAI-PMH>"
    ).encode()


RAW = """<record><header><identifier>oai:arXiv.org:2501.0000{n}</identifier></header><metadata>
<arXivRaw xmlns="http://arxiv.org/OAI/arXivRaw/"><id>2501.0000{n}</id>
<version version="v1"><date>Wed, 1 Jan 2025 10:00:00 GMT</date></version>
<version version="v2"><date>Thu, 2 Jan 2025 10:00:00 GMT</date></version>
<title>Reading CT, p &lt; 1</title><authors>Ana Cruz, Bo Li and Dora Ek</authors><categories>cs.CV cs.CL</categories>
<comments>Accepted at MICCAI 2025</comments><doi>10.1007/x</doi><journal-ref>LNCS 1</journal-ref>
<abstract>We see.</abstract></arXivRaw></metadata></record>"""
DELETED = (
    '<record><header status="deleted"><identifier>oai:arXiv.org:x</identifier></header></record>'
)


def test_arxivs_metadata_are_harvested_with_their_tokens() -> None:
    poll, asked = polled(
        OAI, harvest(RAW.format(n=1), token="6|1001"), harvest(RAW.format(n=2), DELETED)
    )
    record = poll.records[0]
    assert (record.arxiv_id, record.version, record.doi) == ("2501.00001", 2, "10.1007/x")
    assert (record.comment, record.journal_ref) == ("Accepted at MICCAI 2025", "LNCS 1")
    assert record.authors == ("Ana Cruz", "Bo Li", "Dora Ek")
    assert (record.published, record.title) == ("2025-01-01", "Reading CT, p < 1")
    assert dict(poll.receipt.unusable) == {"deleted": 1}
    assert asked[1].endswith("resumptionToken=6|1001")


def test_nothing_to_harvest_is_no_failure() -> None:
    nothing = b'<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/"><error code="noRecordsMatch"/></OAI-PMH>'
    poll, _ = polled(OAI, nothing)
    assert (poll.records, poll.receipt.complete) == ((), True)


EVERY = [CROSSREF, RXIV, PUBMED, ACL, PMLR, CVF, OPENREVIEW, MICCAI, OAI]


@pytest.mark.parametrize("entry", EVERY, ids=lambda entry: entry.kind)
@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"", id="empty"), pytest.param(b"<!doctype html><html>Log in</html>", id="a page"),
        pytest.param(b'{"messa', id="cut off"), pytest.param(b"Rate exceeded.", id="a limit as text"),
        pytest.param(b"[]", id="an empty list"), pytest.param(b"<x/>", id="other XML"),
        pytest.param(b'{"name": "ChallengeRequiredError"}', id="a challenge"),
        pytest.param(b"\xff\xfe\x00", id="no text"), pytest.param(b"null", id="null"),
    ],
)  # fmt: skip
def test_what_is_not_an_answer_is_one_sentence(entry: SourceEntry, body: bytes) -> None:
    with pytest.raises(SourceError) as caught:
        polled(entry, body)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("entry", "body"),
    [
        (CROSSREF, works(work(1), total=9, cursor="x")),
        (RXIV, collection(paper(1), total="9")),
        (OAI, harvest(RAW.format(n=1), token="x")),
    ],
    ids=lambda value: value.kind if isinstance(value, SourceEntry) else "",
)
def test_what_came_before_a_failing_page_is_used(entry: SourceEntry, body: Any) -> None:
    poll, _ = polled(entry, body)
    assert len(poll.records) == 1
    assert "503" in poll.receipt.incomplete


@dataclass
class Whole:
    """A fetcher that gives one answer to everything."""

    body: bytes

    def get(self, request: Request) -> Response:
        return Response(body=self.body, fetched_at=NOW, address=request.url)


@pytest.mark.recordings
@pytest.mark.replay
def test_recorded_answers_are_read_to_the_last_entry() -> None:
    folder = beside.folder("data/recordings")

    def read(entry: SourceEntry, name: str) -> Poll:
        return entry.open(Whole((folder / name).read_bytes())).poll(WINDOW)

    counts = {
        "acl/acl_2022.naloma.xml": (ACL, b"<paper "), "acl/acl_2022.acl.xml": (ACL, b"<paper "),
        "acl/acl_J89.xml": (ACL, b"<paper "), "acl/acl_L06.xml": (ACL, b"<paper "),
        "pmlr/v250_MIDL2024.bib": (PMLR, b"@InProceedings"),
        "cvf/CVPR2020_day_cache.html": (CVF, b'<dt class="ptitle">'),
        "arxiv_oai/shishir_listrecords_1000_2016.xml": (OAI, b"<record>"),
    }  # fmt: skip
    for name, (entry, mark) in counts.items():
        poll = read(entry, name)
        expected = (folder / name).read_bytes().count(mark)
        receipt = poll.receipt
        entries = receipt.received + receipt.repeats + receipt.notices
        entries += sum(count for _, count in receipt.unusable)
        if name.startswith("arxiv_oai"):  # its token gives the same page again
            assert len(poll.records) == expected == 1_000
            continue
        assert entries - (name.startswith("pmlr")) in {expected, expected - 1}, name
        assert len(poll.records) >= 0.9 * expected, name
        assert all(record.title for record in poll.records)
    articles = (folder / "pubmed/fastpaper_pubmed_efetch.xml").read_bytes()
    search: Mapping[str, Any] = {
        "esearchresult": {"count": str(articles.count(b"<PubmedArticle>")), "idlist": ["1"]}
    }
    poll, _ = polled(PUBMED, dict(search), articles)
    assert poll.receipt.complete
    assert all(record.doi and record.authors for record in poll.records)


RETRACTING = {
    "DOI": "10.1016/j.media.2026.9", "title": ["Retraction notice to: A title of it"],
    "update-to": [{"type": "retraction", "DOI": "10.1016/J.MEDIA.2025.1"}],
}  # fmt: skip
PUBMED_ERRATUM = """<PubmedArticle><MedlineCitation><PMID>42</PMID>
<Article><Journal><Title>Radiology</Title></Journal><ArticleTitle>Erratum.</ArticleTitle></Article>
<CommentsCorrectionsList>
<CommentsCorrections RefType="Cites"><PMID>7</PMID></CommentsCorrections>
<CommentsCorrections RefType="ErratumFor"><PMID>41</PMID></CommentsCorrections>
</CommentsCorrectionsList></MedlineCitation></PubmedArticle>"""


def test_crossref_names_the_paper_that_a_notice_is_about() -> None:
    entry = entry_of(RETRACTING)
    assert (entry.title, entry.notice_of) == (
        "Retraction notice to: A title of it", "doi:10.1016/j.media.2025.1",
    )  # fmt: skip
    own = entry_of({**RETRACTING, "update-to": [{"type": "correction", "DOI": RETRACTING["DOI"]}]})
    assert own.notice_of == "", "a paper that names itself"


def test_pubmed_names_the_paper_that_a_notice_is_about() -> None:
    reading = ArchiveReading("pubmed")
    body = f"<PubmedArticleSet>{PUBMED_ERRATUM}</PubmedArticleSet>".encode()
    add_articles(Response(body=body, fetched_at=NOW), reading)
    (notice,) = reading.notices
    assert notice.title == "Erratum: Erratum"
    assert notice.extra == {NOTICE_OF: "pmid:41"}
    assert reading.records == {}
    poll = reading.poll(WINDOW)
    assert (poll.notices, poll.receipt.notices) == ((notice,), 1)
