"""Every place gives one answer, whichever module asks: a new row is tried by all of these."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from medvl_watch.classify.sections.section_shares import filing_year
from medvl_watch.lists.checking.register import check
from medvl_watch.lists.fields.dates_and_venues import is_venue
from medvl_watch.lists.fields.labels import link_kind
from medvl_watch.lists.fields.slots import Slot
from medvl_watch.lists.parsing.markup import links_in
from medvl_watch.lists.style.facts import facts_of
from medvl_watch.lists.style.samples import venue_key
from medvl_watch.papers.addresses import (
    appearance_of,
    appearance_of_doi,
    is_account,
    is_code_address,
    is_data_address,
    is_paper_address,
    is_preprint_address,
    is_preprint_doi,
    is_search,
    place_of,
    place_of_doi,
    registrants_of_host,
)
from medvl_watch.papers.bibtexfile import read_bibtex
from medvl_watch.papers.evidence import is_preprint
from medvl_watch.papers.merging import code_urls_in
from medvl_watch.papers.place_rules import Place, PlaceKind
from medvl_watch.papers.places import PLACES
from medvl_watch.papers.preprint_names import (
    ARXIV,
    is_preprint_name,
    mentions_preprint,
    preprint_server,
)
from medvl_watch.papers.section_titles import venue_of_title
from medvl_watch.papers.venues import Venue, venue_of
from medvl_watch.ports import Response
from medvl_watch.records import Record
from medvl_watch.sources.feeds import parse_feed

NOW = datetime(2024, 2, 3, tzinfo=UTC)
SERVERS = [row for row in PLACES if row.kind is PlaceKind.PREPRINTS]
CODE_HOSTS = [row for row in PLACES if row.kind is PlaceKind.CODE]
_PATHS = {"OSF Preprints": "/preprints/abc12"}
_DOI_ENDS = {
    "JMIR Preprints": "preprints.12345",
    "bioRxiv": "2024.02.03.123456",
    "medRxiv": "2024.02.03.24123456",
}


def ids(row: Place) -> str:
    return row.name


def record(**values: Any) -> Record:
    return Record(**{"id": "x", "title": "Reading scans with words and pictures", **values})


def slot_of(address: str) -> Slot | None:
    (link,) = links_in(f"[anything else]({address})")
    return link_kind(link)


def findings(entry: str) -> list[str]:
    text = f"# List\n\n## Papers\n\n{entry}\n"
    return [each.what for each in check(text, ("other-venue",))]


# --- preprint servers -----------------------------------------------------------------


@pytest.mark.parametrize("row", SERVERS, ids=ids)
def test_name_of_a_preprint_server_is_no_venue_anywhere(row: Place) -> None:
    name = row.name
    assert is_preprint_name(name)
    assert is_preprint_name(f"{name} 2024")
    assert is_preprint_name(f"{name.lower()} preprint")
    assert preprint_server(name.upper()) == name
    assert mentions_preprint(f"Some paper. {name}, 2024")
    assert is_venue(name), "an entry that names it names where the paper is"
    assert venue_key(name) == venue_key(name.upper())
    assert venue_of_title(name) == name
    assert is_preprint(record(venue=name, arxiv_id="2402.00001"))
    facts = facts_of(record(venue=name, published="2024-02-03"))
    assert (facts.venue, facts.preprint, facts.year_is_sure) == (name, True, False)
    stated_later = record(venue=f"{name} 2025", published="2024-02-03")
    assert filing_year(stated_later) == 2024, "it has no volumes"


@pytest.mark.parametrize("row", SERVERS, ids=ids)
def test_sources_give_a_preprint_server_no_year(row: Place) -> None:
    text = f"@misc{{a, title={{Words}}, journal={{{row.name}}}, year=2024}}"
    (read,) = read_bibtex(text, "a.bib")
    assert isinstance(read, Record)
    assert read.venue == row.name
    feed = (
        b'<?xml version="1.0"?><rss version="2.0"><channel><title>t</title><link>https://a.example</link>'
        b"<description>d</description><item><title>Words for scans</title>"
        b"<link>https://a.example/1</link><pubDate>Sat, 03 Feb 2024 00:00:00 GMT</pubDate></item>"
        b"</channel></rss>"
    )
    response = Response(address="https://a.example/feed", body=feed, fetched_at=NOW)
    (item,) = parse_feed(response, "a-feed", row.name).records
    assert item.venue == row.name


@pytest.mark.parametrize("row", [row for row in SERVERS if row.hosts], ids=ids)
def test_address_of_a_preprint_server(row: Place) -> None:
    address = f"https://www.{row.hosts[0]}{_PATHS.get(row.name, '/abs/x')}"
    place = place_of(address)
    assert place is not None
    assert place.name == row.name
    assert is_paper_address(address)
    assert is_preprint_address(address)
    assert slot_of(address) is Slot.PAPER
    if row.name == ARXIV:
        return
    paper = record(venue=ARXIV, url=address, published="2024-02-03")
    assert venue_of(paper) == Venue(row.name, 2024), "the address knows better than the source"
    (what,) = findings(f"- **Words for scans.** arXiv 2024. [[paper]({address})]")
    assert what == f"the entry says arXiv, its address is at {row.name}"
    assert not findings(f"- **Words for scans.** {row.name} 2024. [[paper]({address})]")


@pytest.mark.parametrize("row", [row for row in SERVERS if row.registrants], ids=ids)
def test_doi_of_a_preprint_server(row: Place) -> None:
    for number in row.registrants:
        doi = f"{number}/{_DOI_ENDS.get(row.name, 'abc.12345')}"
        assert place_of_doi(doi) == row
        assert place_of(f"https://doi.org/{doi}") == row
        assert is_preprint_doi(doi)
        assert is_preprint(record(doi=doi))
        assert not is_preprint(record(doi=doi, venue="MICCAI 2024"))


@pytest.mark.parametrize(
    "name",
    ["Corrosion Science", "Correspondence", "MICCAI 2024", "Research Squares Quarterly", "Nature"],
)
def test_names_that_only_begin_alike(name: str) -> None:
    assert not is_preprint_name(name)
    assert preprint_server(name) is None


def test_doi_of_a_journal_that_shares_its_number_with_a_preprint_server() -> None:
    assert not is_preprint_doi("10.1101/gr.123456.107")


# --- code, pages, data ----------------------------------------------------------------


@pytest.mark.parametrize("row", CODE_HOSTS, ids=ids)
def test_code_is_code_for_all(row: Place) -> None:
    for host in row.hosts:
        address = f"https://{host}/owner/name"
        assert is_code_address(address)
        assert is_code_address(f"{host}/owner/name"), "without its scheme"
        assert not is_account(address)
        assert not is_paper_address(address)
        assert slot_of(address) is Slot.CODE
        assert facts_of(record(code_urls=(address,))).code == address
        assert code_urls_in(record(abstract=f"Code: {host}/owner/name.")) == (address,)


@pytest.mark.parametrize(
    ("address", "kind"),
    [
        pytest.param("https://gitlab.example.edu/group/name", PlaceKind.CODE, id="own GitLab"),
        pytest.param("https://huggingface.co/papers/2404.12345", PlaceKind.INDEX, id="HF paper"),
        pytest.param("https://huggingface.co/blog/words", PlaceKind.PAGE, id="HF blog"),
        pytest.param("https://huggingface.co/datasets/a/b", PlaceKind.CODE, id="HF data set"),
        pytest.param("https://github.com/orgs/someone/people", PlaceKind.PAGE, id="organisation"),
        pytest.param("https://someone.github.io/words", PlaceKind.PAGE, id="project page"),
        pytest.param("https://a.github.io/competitions/b", PlaceKind.DATA, id="competition"),
        pytest.param("https://www.kaggle.com/datasets/a/b", PlaceKind.DATA, id="data set"),
        pytest.param("https://openi.nlm.nih.gov/faq", PlaceKind.DATA, id="data beside PubMed"),
        pytest.param("https://doi.org/10.5281/zenodo.1", PlaceKind.PAGE, id="Zenodo by DOI"),
        pytest.param(
            "https://www.google.com/url?q=https%3A%2F%2Fgithub.com%2Fa%2Fb&sa=D",
            PlaceKind.CODE,
            id="redirect",
        ),
        pytest.param("https://github.com/a/b.github.io", PlaceKind.CODE, id="code of a page"),
        pytest.param("https://github.com/a/PubMedCLIP", PlaceKind.CODE, id="name of a place in it"),
        pytest.param("https://notgithub.com/a/b", None, id="a host that ends alike"),
        pytest.param("https://a.example/x", None, id="unknown"),
        pytest.param("https://[broken/x", None, id="broken"),
        pytest.param("", None, id="nothing"),
    ],
)
def test_what_lies_at_an_address(address: str, kind: PlaceKind | None) -> None:
    place = place_of(address)
    assert (place.kind if place else None) == kind
    assert is_data_address(address) == (kind is PlaceKind.DATA)
    assert is_code_address(address) == (kind is PlaceKind.CODE)


def test_account_is_no_code_of_a_paper() -> None:
    account = "https://github.com/someone"
    assert is_account(account)
    facts = facts_of(record(code_urls=(account,)))
    assert (facts.code, facts.page, facts.url) == (None, None, None)


# --- where and when -------------------------------------------------------------------

VOLUMES = [
    pytest.param("https://openaccess.thecvf.com/content/CVPR2024/html/A_B_CVPR_2024_paper.html",
                 "CVPR", 2024, id="CVF"),
    pytest.param("https://openaccess.thecvf.com/content_ICCV_2019/papers/A_B_ICCV_2019_paper.pdf",
                 "ICCV", 2019, id="CVF, older"),
    pytest.param("https://openaccess.thecvf.com/content/CVPR2023W/VLM/html/A_B_CVPRW_2023_paper.html",
                 "CVPR Workshop", 2023, id="CVF, workshop"),
    pytest.param("https://openaccess.thecvf.com/content_ICCVW_2019/papers/A_ICCVW_2019_paper.pdf",
                 "ICCV Workshop", 2019, id="CVF, older workshop"),
    pytest.param("https://www.ecva.net/papers/eccv_2022/papers_ECCV/html/123_ECCV_2022_paper.php",
                 "ECCV", 2022, id="ECVA"),
    pytest.param("https://proceedings.neurips.cc/paper_files/paper/2023/hash/"
                 "0123456789abcdef0123456789abcdef-Abstract-Conference.html",
                 "NeurIPS", 2023, id="NeurIPS"),
    pytest.param("https://papers.nips.cc/paper/2017/hash/0123456789abcdef0123456789abcdef.html",
                 "NeurIPS", 2017, id="NIPS"),
    pytest.param("https://papers.miccai.org/miccai-2024/415-Paper1786.html", "MICCAI", 2024,
                 id="MICCAI"),
    pytest.param("https://aclanthology.org/2023.emnlp-main.12/", "EMNLP", 2023, id="ACL"),
    pytest.param("https://aclanthology.org/2023.findings-emnlp.12.pdf", "EMNLP Findings", 2023,
                 id="ACL, findings"),
    pytest.param("https://aclanthology.org/2024.bionlp-1.19/", "BioNLP", 2024,
                 id="ACL, a workshop of its own name"),
    pytest.param("https://aclanthology.org/2022.aacl-srw.3/", "AACL Workshop", 2022,
                 id="ACL, a workshop of a conference"),
    pytest.param("https://aclanthology.org/P19-1215/", "ACL", 2019, id="ACL, older"),
    pytest.param("https://doi.org/10.18653/v1/2025.acl-long.711", "ACL", 2025, id="ACL by DOI"),
    pytest.param("https://www.ijcai.org/proceedings/2023/0012.pdf", "IJCAI", 2023, id="IJCAI"),
    pytest.param("https://doi.org/10.1109/CVPR52733.2024.01069", "CVPR", 2024, id="IEEE by DOI"),
]  # fmt: skip


@pytest.mark.parametrize(("address", "venue", "year"), VOLUMES)
def test_address_of_proceedings_tells_all_modules_venue_and_year(
    address: str, venue: str, year: int
) -> None:
    at = appearance_of(address)
    assert at is not None
    assert (at.venue, at.year, at.is_exact, at.is_published) == (venue, year, True, True)
    base = at.base or ""
    # Published a year before: only the address tells the year of the venue.
    for paper in (
        record(url=address, venue=venue, published=f"{year - 1}-06-01"),
        record(url=address, venue="arXiv", arxiv_id=f"{year % 100 - 1:02}06.12345"),
    ):
        assert venue_of(paper) == Venue(venue, year)
        assert filing_year(paper) == year
        facts = facts_of(paper)
        assert (facts.venue, facts.year, facts.year_is_sure) == (venue, year, True)
    entry = f"- **Words for scans.** {base} {{}}. [[paper]({address})]"
    assert not findings(entry.format(year))
    assert findings(entry.format(year - 1))


@pytest.mark.parametrize(
    ("address", "year", "exact"),
    [
        pytest.param("https://www.biorxiv.org/content/10.1101/2023.08.21.554208v1", 2023, True,
                     id="bioRxiv"),
        pytest.param("https://www.nature.com/articles/s41551-022-00936-9", 2022, False,
                     id="Nature: the year in which it was taken in"),
        pytest.param("https://medinform.jmir.org/2024/1/e12345", 2024, True, id="JMIR"),
        pytest.param("https://aclanthology.org/2020.clinicalnlp-1.4/", 2020, True,
                     id="ACL, a workshop that we do not know"),
        pytest.param("https://www.aclweb.org/anthology/W19-1903", 2019, True,
                     id="ACL, an older workshop"),
    ],
)  # fmt: skip
def test_address_tells_the_year_alone(address: str, year: int, exact: bool) -> None:
    at = appearance_of(address)
    assert at is not None
    assert (at.venue, at.year, at.is_exact) == (None, year, exact)
    assert filing_year(record(url=address)) == year


@pytest.mark.parametrize(
    "address",
    [
        "https://ieeexplore.ieee.org/document/9897482",
        "https://doi.org/10.1109/TMI.2023.3245678",
        "https://papers.miccai.org/miccai-2026-sat/",
        "https://neurips.cc/virtual/2023/poster/1",
        "https://a.example/CVPR2024/",
        "https://[broken/CVPR2024",
        "",
    ],
)
def test_address_tells_nothing(address: str) -> None:
    assert appearance_of(address) is None


def test_venue_without_a_year_gets_that_of_its_doi() -> None:
    assert venue_of(record(venue="ISBI", doi="10.1109/ISBI53787.2023.10230612")) == Venue(
        "ISBI", 2023
    )
    assert appearance_of_doi("10.1109/TMI.2023.3245678") is None, "that of acceptance"
    assert appearance_of_doi("nonsense") is None


def test_address_of_another_volume_does_not_lend_its_year() -> None:
    paper = record(venue="ISBI", doi="10.1109/CVPR52733.2024.01069", published="2023-01-01")
    assert venue_of(paper) == Venue("ISBI", None)


def test_two_conferences_that_were_one() -> None:
    address = "https://aclanthology.org/2024.lrec-main.12/"
    assert venue_of(record(venue="COLING 2024", url=address)) == Venue("COLING", 2024)
    assert not findings(f"- **Words for scans.** COLING 2024. [[paper]({address})]")


def test_preprint_at_a_publisher_is_of_no_known_venue() -> None:
    paper = record(venue="arXiv", url="https://ieeexplore.ieee.org/document/9897482")
    assert venue_of(paper) is None


def test_copy_of_a_preprint_does_not_contradict_its_server() -> None:
    address = "https://www.ncbi.nlm.nih.gov/pmc/articles/PMC10690226/"
    assert not findings(f"- **Words for scans.** bioRxiv 2023. [[paper]({address})]")
    paper = record(venue="bioRxiv", url=address, published="2023-11-20")
    assert venue_of(paper) == Venue("bioRxiv", 2023)


# --- the table itself -----------------------------------------------------------------


def test_no_two_rows_claim_the_same() -> None:
    claims = Counter(
        (host, row.path.pattern if row.path else "") for row in PLACES for host in row.hosts
    )
    assert [claim for claim, count in claims.items() if count > 1] == []
    for number in {number for row in PLACES for number in row.registrants}:
        rows = [row for row in PLACES if number in row.registrants]
        assert len(rows) == 1 or all(row.doi or not_a_server(row) for row in rows)


def not_a_server(row: Place) -> bool:
    return row.kind is not PlaceKind.PREPRINTS


def test_registrants_of_a_host() -> None:
    assert registrants_of_host("www.nature.com") == frozenset({"10.1038"})
    assert registrants_of_host("a.example") is None


@given(st.text(max_size=300))
def test_no_address_is_too_odd(text: str) -> None:
    for address in (text, f"https://{text}", f"https://github.com/{text}", f"https://a/?q={text}"):
        place_of(address)
        appearance_of(address)
        is_account(address)
    is_preprint_name(text)
    preprint_server(text)


@pytest.mark.parametrize(
    ("address", "asks"),
    [
        ("https://scholar.google.com/scholar?hl=en&q=Order-free+Medicine&btnG=", True),
        ("https://www.google.com/search?q=a+paper", True),
        ("https://pubmed.ncbi.nlm.nih.gov/?term=chest", False),
        ("https://www.semanticscholar.org/search?q=a%20paper", True),
        ("https://arxiv.org/abs/2403.17834", False),
        ("https://openreview.net/forum?id=abc", False),
        ("https://example.org/research?year=2024", False),
        ("https://example.org/papers/search", False),
    ],
)
def test_an_address_that_asks_a_search_engine(address: str, asks: bool) -> None:
    assert is_search(address) is asks
