"""The small inputs on which tools of this kind were reported to fail, kept beside the project, and
for each kind of them three of our own."""

# ruff: noqa: E501, RUF001 - rows of tables, and Greek letters

from __future__ import annotations

import ast
import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from medvl_watch.errors import SourceError, WatchError
from medvl_watch.papers.bibtexfile import read_bibtex
from medvl_watch.papers.identifiers import keys_in, parse_identifier
from medvl_watch.papers.linking import link
from medvl_watch.papers.merging import is_withdrawn
from medvl_watch.papers.recordfile import record_from_json
from medvl_watch.papers.schemes import doi_keys, normal_doi
from medvl_watch.ports import Response, Window
from medvl_watch.records import Record
from medvl_watch.sources.arxiv import ArxivSource
from medvl_watch.sources.author_names import authors_of
from medvl_watch.sources.feeds import FeedSource
from tests import beside
from tests.sources.examples import Answers
from tests.sources.feed_examples import feed, item, read
from tests.sources.test_feed_accounting import COUNTS, FIRST

SEEN = datetime(2026, 11, 30, 12, tzinfo=UTC)
WINDOW = Window(since=datetime(2026, 11, 1, tzinfo=UTC), until=SEEN)
LEFT_WRONG = frozenset({"A06"})
"""`Mausam, Chandrahas` are two persons with one name each: as text they cannot be told from a
family and a given name, and a rule for these two would be wrong for others."""
TESTED_ELSEWHERE = {
    "test_feed_accounting.py": {"A01", "A03", "A04", "A07", "A09", "A10", *FIRST, *COUNTS},
    "test_arxiv.py": {"S09"},
    "test_faults.py": {"S10"},
    "test_pdffile.py": {"I11"},
    "pipeline/test_source_reading.py": {"S18"},
}


def bibtex(text: str) -> list[Record | WatchError]:
    return list(read_bibtex(text, "x.bib"))


def papers(text: str) -> list[Record]:
    """The records of an input of `Record(…)` lines."""
    return [
        Record(**{word.arg: ast.literal_eval(word.value) for word in call.value.keywords})  # type: ignore[attr-defined]
        for call in ast.parse(text).body
    ]


def linked(text: str) -> int:
    """How many papers they are."""
    return len(link(papers(text), {}, []).papers)


def poll_of(body: bytes) -> str:
    class Fetcher:
        def get(self, request: object) -> Response:
            return Response(body=body, fetched_at=SEEN, content_type="application/rss+xml")

    try:
        poll = FeedSource("a-feed", "https://j.example/rss", None, Fetcher()).poll(WINDOW)
    except SourceError as error:
        return f"failed: {error}"
    return f"{len(poll.records)} records; {poll.receipt.detail}"


def arxiv_page(text: str) -> tuple[int, str]:
    poll = ArxivSource("arxiv", "cat:cs.CV", Answers([text.encode()]), page_size=100).poll(WINDOW)
    return len(poll.records), poll.receipt.detail


def withdrawn(title: str = "A title", comment: str = "") -> bool:
    return is_withdrawn([Record(id="x", title=title, comment=comment or None)])


def only_title(text: str) -> str:
    (record,) = bibtex(text)
    return record.title if isinstance(record, Record) else str(record)


WITHDRAWALS = (
    "Errors were found, therefore we would like to withdraw the paper",
    "The data are wrong and the paper needs to be withdrawn",
    "The paper needs to be retracted",
    "This version has been removed by arXiv administrators",
    "Paper has been withdrawn",
    "The authors wish to withdraw this paper",
)

CASES: dict[str, Callable[[str], bool]] = {
    "S07": lambda text: arxiv_page(text)[0] == 99 and "to be asked for again" in arxiv_page(text)[1],
    "S16": lambda text: poll_of(text.encode()).startswith("failed: a-feed: the feed contains an error"),
    "A11": lambda text: len(bibtex(text)[0].authors) == 3,  # type: ignore[union-attr]
    "L01": lambda text: linked(text) == 1,
    "L02": lambda text: linked(text) == 1,
    "L05": lambda text: linked(text) == 1,
    "L08": lambda text: linked(text) == 1,
    "L07": lambda _: len({doi_keys(f"10.26434/chemrxiv.15004493{end}") for end in ("/v1", "/v2", "-v2", ".v2")}) == 1,
    "I01": lambda _: keys_in("10.1002/(SICI)1097-0258(19980815/30)17:15/16<1661::AID-SIM968>3.0.CO;2-2") == {"doi:10.1002/(sici)1097-0258(19980815/30)17:15/16<1661::aid-sim968>3.0.co;2-2"},
    "I03": lambda _: record_from_json({"title": "X", "doi": "https://doi.org/10.1007%2F978-3-031-72390-2_1"}, "x").doi == "10.1007/978-3-031-72390-2_1",
    "I05": lambda text: bibtex(text)[0].doi == "10.1007/978-3-031-72390-2_1",  # type: ignore[union-attr]
    "I06": lambda _: {normal_doi(f"10.1007/abc{end}") for end in ("?utm_source=x", "#sec1", "\u200b", "\u201d")} == {"10.1007/abc"},
    "I08": lambda _: {parse_identifier(text) for text in ("2403.17834 [cs.CV]", "oai:arXiv.org:2403.17834", "DBLP:journals/corr/abs-2403-17834", "ar5iv.org/abs/2403.17834")} == {"2403.17834"},
    "I09": lambda _: keys_in("https://linkinghub.elsevier.com/retrieve/pii/S1361841524000123") == keys_in("https://www.sciencedirect.com/science/article/pii/S1361841524000123") != frozenset(),
    "B01": lambda text: only_title(text) == "X one" or not isinstance(bibtex(text)[0], Record),
    "B02": lambda text: isinstance(bibtex(text)[0], Record),
    "B03": lambda text: [isinstance(each, Record) for each in bibtex(text)] == [True, True],
    "W01": lambda _: is_withdrawn(read(feed(item("[RETRACTED] A model for chest CT"))).records),
    "W03": lambda _: all(withdrawn(comment=text) for text in WITHDRAWALS),
}  # fmt: skip


def recorded() -> tuple[dict[str, str | None], Path]:
    folder = beside.folder("data/cases/sources")
    rows = map(json.loads, (folder / "cases.jsonl").read_text("utf-8").splitlines())
    return {row["id"]: row["input"] for row in rows}, folder / "inputs"


@pytest.mark.recordings
@pytest.mark.parametrize("case", CASES)
def test_a_reported_input_is_read_right(case: str) -> None:
    inputs, folder = recorded()
    name = inputs[case]
    assert CASES[case]((folder / name).read_text("utf-8") if name else "")


@pytest.mark.recordings
def test_every_reported_input_has_its_test() -> None:
    tested = set(CASES).union(*TESTED_ELSEWHERE.values())
    assert set(recorded()[0]) == tested | LEFT_WRONG
    assert len(tested) == 54


@pytest.mark.recordings
def test_every_broken_feed_gives_papers_or_a_reason() -> None:
    folder = beside.folder("data/recordings")
    said = {
        path.name: poll_of(path.read_bytes())
        for kind in sorted(folder.glob("broken_*"))
        for path in sorted(kind.rglob("*"))
        if path.is_file()
    }
    assert len(said) == 146
    silent = [name for name, text in said.items() if text == "0 records; "]
    assert silent == []
    assert sum(not text.startswith("failed") for text in said.values()) >= 36


# --- three of our own for each kind -------------------------------------------------------

FEEDS: Sequence[tuple[str, bytes, int]] = (
    ("an unclosed comment in the last item", feed(item(), item(link="https://j.example/2", more="<!-- x")), 2),
    ("an item behind the end of the feed", feed(item()) + item(link="https://j.example/2").encode(), 2),
    ("an attribute without quotes", feed(item(), "<item id=7><title>A second model</title><link>https://j.example/2</link></item>"), 2),
)  # fmt: skip
DATES = (("0001-01-01T00:00:00Z", None), ("30 février 2026", None), ("Sept. 3, 2026", "2026-09-03"))
ENCODED = (
    (feed(item("Étude sur les images")).decode().replace("utf-8", "iso-8859-1").encode("latin-1"), "Étude sur les images"),
    (b"\xef\xbb\xbf" + feed(item("Étude sur les images")), "Étude sur les images"),
    (feed(item("Étude sur les images")).decode().replace("utf-8", "utf-16").encode("utf-16"), "Étude sur les images"),
)  # fmt: skip
TITLES = (
    ("A &amp;lt;i&amp;gt;new&amp;lt;/i&amp;gt; model for CT", "A new model for CT"),
    ("[MASK] Tokens for Pathology", "[MASK] Tokens for Pathology"),
    (r"$\alpha$-CLIP for X-rays", "α-CLIP for X-rays"),
)
AUTHORS = (
    ("Dr. Ana Cruz, M.D.; Bo Li, Ph.D.", ("Ana Cruz", "Bo Li")),
    ("Ek, Dora; Kim, Jo", ("Dora Ek", "Jo Kim")),
    ("Ana Cruz†, Bo Li* and Jo Kim‡", ("Ana Cruz", "Bo Li", "Jo Kim")),
)
IDENTIFIERS = (
    ("https://arxiv.org/pdf/2403.17834v3.pdf", "2403.17834"),
    ("https://doi.org/10.48550/arXiv.2403.17834", "2403.17834"),
    ("doi: 10.1016/j.media.2024.103001.", "10.1016/j.media.2024.103001"),
)
BIBTEX = (
    ("@article{a, title={A model for CT}, author={Cruz, Ana and Li, Bo}, year={2024},}", ("Ana Cruz", "Bo Li")),
    ('@article{a, title="A {CT} model", author="Ana Cruz and others", year=2024}', ("Ana Cruz",)),
    ('@misc{a,\n title = {A model for CT},\n author = {M{\\"u}ller, Jo},\n year = 2024}', ("Jo Müller",)),
)  # fmt: skip
COMMENTS = (
    ("This submission has been withdrawn by arXiv administrators", True),
    ("Withdrawn from ICLR 2026", False),
    ("12 pages. A study of withdrawn papers", False),
)
LINKED = (
    ({"authors": ("Cruz Ana", "Li Bo")}, 1),
    ({"authors": ("Dora Ek", "Jo Kim"), "abstract": ""}, 2),
    ({"title": "A model that reads radiographs of the chest, part II"}, 2),
)


@pytest.mark.parametrize(
    ("body", "count"), [(b, c) for _, b, c in FEEDS], ids=[n for n, *_ in FEEDS]
)
def test_our_own_feeds(body: bytes, count: int) -> None:
    assert len(read(body).records) == count


@pytest.mark.parametrize(("date", "expected"), DATES)
def test_our_own_dates(date: str, expected: str | None) -> None:
    (record,) = read(feed(item(more=f"<pubDate>{date}</pubDate>"))).records
    assert record.published == expected


@pytest.mark.parametrize(("body", "title"), ENCODED, ids=["latin-1", "with a mark", "utf-16"])
def test_our_own_encodings(body: bytes, title: str) -> None:
    assert [each.title for each in read(body).records] == [title]


@pytest.mark.parametrize(("raw", "title"), TITLES)
def test_our_own_titles(raw: str, title: str) -> None:
    assert [each.title for each in read(feed(item(raw))).records] == [title]


@pytest.mark.parametrize(("raw", "authors"), AUTHORS)
def test_our_own_authors(raw: str, authors: tuple[str, ...]) -> None:
    assert authors_of([raw]) == authors


@pytest.mark.parametrize(("raw", "identifier"), IDENTIFIERS)
def test_our_own_identifiers(raw: str, identifier: str) -> None:
    assert parse_identifier(raw) == identifier


@pytest.mark.parametrize(("text", "authors"), BIBTEX)
def test_our_own_bibtex(text: str, authors: tuple[str, ...]) -> None:
    (record,) = bibtex(text)
    assert isinstance(record, Record)
    assert record.authors == authors


@pytest.mark.parametrize(("comment", "is_gone"), COMMENTS)
def test_our_own_comments(comment: str, is_gone: bool) -> None:
    assert withdrawn(comment=comment) is is_gone


@pytest.mark.parametrize(("changes", "count"), LINKED, ids=["swapped", "others", "part II"])
def test_our_own_pairs(changes: dict[str, object], count: int) -> None:
    one = Record(
        id="arxiv:2605.00001", title="A model that reads radiographs of the chest",
        authors=("Ana Cruz", "Bo Li"), arxiv_id="2605.00001", published="2026-05-01",
        abstract="We present a contrastive pretraining method that aligns radiology reports with "
        "regions of radiographs and improves classification on three public benchmarks.",
    )  # fmt: skip
    other = replace(one, id="p", arxiv_id=None, **changes)  # type: ignore[arg-type]
    assert len(link([one, other], {}, []).papers) == count
