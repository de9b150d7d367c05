"""The kind `pubmed`: any search of PubMed, through NCBI's E-utilities: `esearch` gives the numbers,
`efetch` the papers (https://www.ncbi.nlm.nih.gov/books/NBK25499/)."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal
from urllib.parse import urlencode

from pydantic import Field

from medvl_watch.errors import SourceError
from medvl_watch.papers.withdrawal import notice_in
from medvl_watch.ports import Fetcher, Request, Response, Source, SourceRhythm, Window
from medvl_watch.records import Poll, Record
from medvl_watch.sources.answers import root_of_whole_xml
from medvl_watch.sources.archive import ArchiveEntry, ArchiveReading, batches, json_of, months
from medvl_watch.sources.entries import SourceEntry

if TYPE_CHECKING:
    from lxml.etree import _Element

_EUTILS = "https://eutils.ncbi.nlm.nih.gov/entrez/eutils"
_MOST = 9_999
"""`esearch` gives no more numbers of PubMed."""
_AT_ONCE = 200
_NOTICES = {
    "RetractionOf": "Retraction",
    "ErratumFor": "Erratum",
    "ExpressionOfConcernFor": "Expression of concern",
}
"""https://www.nlm.nih.gov/bsd/licensee/elements_descriptions.html#commentscorrections"""
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


class PubmedEntry(SourceEntry):
    """A query in PubMed's own language; the window is added."""

    gaps: ClassVar[Mapping[str, float]] = MappingProxyType({"ncbi.nlm.nih.gov": 0.4})
    """Three requests a second without a key: https://www.ncbi.nlm.nih.gov/books/NBK25497/"""

    kind: Literal["pubmed"]
    query: Annotated[str, Field(min_length=3, max_length=2_000)]

    @property
    def rhythm(self) -> SourceRhythm:
        return SourceRhythm(slice_days=30, quiet_days=self.quiet_days)

    def open(self, fetcher: Fetcher) -> Source:
        return PubmedSource(self, fetcher)


class PubmedSource:
    """The papers that a query finds and that came into PubMed in a window."""

    def __init__(self, entry: PubmedEntry, fetcher: Fetcher) -> None:
        self.name = entry.id
        self._entry = entry
        self._fetcher = fetcher

    def poll(self, window: Window) -> Poll:
        """All papers of the window. Raises SourceError."""
        reading = ArchiveReading(self.name)
        numbers = self._numbers(window, reading)
        for page, chunk in enumerate(batches(numbers, _AT_ONCE), start=1):
            query = {"db": "pubmed", "id": ",".join(chunk), "retmode": "xml"}
            try:
                response = self._get("efetch", query, page)
                reading.responses.append(response)
                add_articles(response, reading)
            except SourceError as error:
                if not reading.records:
                    raise
                reading.incomplete = error.what
                break
        return reading.poll(window)

    def lookup(self, identifier: str) -> Record | None:  # noqa: ARG002 - asked by its own numbers
        return None

    def _numbers(self, window: Window, reading: ArchiveReading) -> list[str]:
        query = {
            "db": "pubmed",
            "term": self._entry.query,
            "datetype": "edat",
            "mindate": f"{window.since:%Y/%m/%d}",
            "maxdate": f"{window.until:%Y/%m/%d}",
            "retmax": str(_MOST),
            "retmode": "json",
        }
        response = self._get("esearch", query, 0)
        reading.responses.append(response)
        answer = json_of(response, self.name)
        try:
            result = answer["esearchresult"]
            if message := result.get("ERROR"):
                raise SourceError(f"PubMed refuses the query: {message[:200]}", where=self.name)
            reading.claimed = int(result["count"])
            numbers = [str(one) for one in result["idlist"] if str(one).isdigit()]
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise SourceError("the answer is not a list of numbers", where=self.name) from error
        return numbers

    def _get(self, tool: str, query: dict[str, str], page: int) -> Response:
        url = f"{_EUTILS}/{tool}.fcgi?{urlencode(query)}"
        return self._fetcher.get(Request(source=self.name, url=url, page=page))


def add_articles(response: Response, reading: ArchiveReading) -> None:
    """Add the papers of an answer of `efetch`. Raises SourceError for another answer."""
    root = root_of_whole_xml(response.body, reading.source)
    if root.tag != "PubmedArticleSet":
        raise SourceError("the answer is not a set of PubMed's articles", where=reading.source)
    reading.add_all(root.iterfind("PubmedArticle"), _read, response)
    books = len(root.findall("PubmedBookArticle"))
    if books:
        reading.unusable["books"] += books


def _read(article: _Element) -> ArchiveEntry:
    citation, paper = article.find("MedlineCitation"), article.find("MedlineCitation/Article")
    if citation is None or paper is None:
        raise ValueError("MedlineCitation")
    number = citation.findtext("PMID") or ""
    ids = {
        one.get("IdType", ""): (one.text or "").strip()
        for one in article.iterfind("PubmedData/ArticleIdList/ArticleId")
    }
    doi = ids.get("doi") or next(
        (one.text for one in paper.iterfind("ELocationID") if one.get("EIdType") == "doi"), None
    )
    kinds = {(one.text or "").lower() for one in paper.iterfind("PublicationTypeList/*")}
    other, notice_of = _noticed(citation)
    title = _text(paper.find("ArticleTitle")).rstrip(". ")
    if notice_of and notice_in(title) is None:
        title = f"{other}: {title}"
    comment = "This paper has been retracted." if "retracted publication" in kinds else ""
    return ArchiveEntry(
        title=title,
        authors=[_name(one) for one in paper.iterfind("AuthorList/Author")],
        abstract=" ".join(_section(one) for one in paper.iterfind("Abstract/AbstractText")),
        doi=doi,
        published=_published(paper),
        venue=paper.findtext("Journal/ISOAbbreviation") or paper.findtext("Journal/Title"),
        url=f"https://pubmed.ncbi.nlm.nih.gov/{number}/",
        comment=comment,
        raw_ids=(f"pmid:{number}", ids.get("pmc", ""), doi or ""),
        notice_of=notice_of,
    )


def _noticed(citation: _Element) -> tuple[str, str]:
    """What an article says of another one (`Retraction`), and the identity key of that one."""
    for one in citation.iterfind("CommentsCorrectionsList/CommentsCorrections"):
        number = (one.findtext("PMID") or "").strip()
        kind = _NOTICES.get(one.get("RefType", ""))
        if kind and number.isdigit():
            return kind, f"pmid:{number}"
    return "", ""


def _section(element: _Element) -> str:
    label = element.get("Label")
    text = _text(element)
    return f"{label.capitalize()}: {text}" if label else text


def _text(element: _Element | None) -> str:
    if element is None:
        return ""
    text = " ".join("".join(element.itertext()).split())
    return text.replace("&", "&amp;").replace("<", "&lt;")


def _name(author: _Element) -> str:
    if collective := author.findtext("CollectiveName"):
        return str(collective)
    given = author.findtext("ForeName") or author.findtext("Initials") or ""
    return f"{given} {author.findtext('LastName') or ''} {author.findtext('Suffix') or ''}".strip()


def _published(paper: _Element) -> str | None:
    """The day of the electronic publication, else that of the issue."""
    for path in ("ArticleDate", "Journal/JournalIssue/PubDate"):
        date = paper.find(path)
        year = date.findtext("Year") if date is not None else None
        if date is None or not year:
            continue
        month = (date.findtext("Month") or "").lower()
        number = int(month) if month.isdigit() else None
        if month[:3] in _MONTHS:
            number = _MONTHS.index(month[:3]) + 1
        day = date.findtext("Day") if number else None
        return months([year, number, day])
    return None
