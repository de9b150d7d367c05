"""Papers out of PDFs, as publishers lay out their front pages."""

from __future__ import annotations

import contextlib
import io
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from medvl_watch.errors import ConfigError
from medvl_watch.papers.frontpage import PrintedLine, abstract_of, stamp_in, title_of
from medvl_watch.papers.pdffile import looks_like_pdf, read_pdf
from tests.papers.pdfs import Piece, column, pdf

TITLE = "Aligning radiographs with the words of their reports"
FIRST = ("Radiologists write a report for each image. We align the two\n"
         "without labels, and show that segmen-\n"
         "tation and vision-language retrieval profit from it. A vision-\n"
         "language model needs no boxes.")  # fmt: skip
READ = ("Radiologists write a report for each image. We align the two without labels, and show "
        "that segmentation and vision-language retrieval profit from it. A vision-language model "
        "needs no boxes.")  # fmt: skip
AUTHORS = Piece("Ada Lovelace, Mary Somerville", 12, y=640)
STAMP = Piece("arXiv:2602.00001v2  [cs.CV]  3 Feb 2026", 20, x=20, y=200, up=True)
BODY = column("Images and reports are written in hospitals every day, by many people.\n" * 8,
              10, 72, 400)  # fmt: skip


def title(text: str = TITLE, size: float = 17) -> list[Piece]:
    return column(text, size, 90, 700)


PAGES = {
    "a preprint in LaTeX": [*title(), AUTHORS, Piece("Abstract", 12, y=600),
                            *column(FIRST, 10, 90, 580), Piece("1 Introduction", 12, y=450),
                            *BODY, STAMP],
    "the stamp first": [STAMP, *title(), AUTHORS, Piece("Abstract", 12, y=600),
                        *column(FIRST, 10, 90, 580), Piece("1. Introduction", 12, y=450), *BODY],
    "IEEE": [Piece("IEEE TRANSACTIONS ON MEDICAL IMAGING, VOL. 43", 7, y=770),
             *title("Aligning radiographs with the\nwords of their reports", 24), AUTHORS,
             *column(f"Abstract\u2014{FIRST}", 9, 72, 600),
             Piece("Index Terms\u2014Radiology, language.", 9, y=540),
             Piece("I. INTRODUCTION", 10, y=500), *BODY],
    "Springer": [*title(), AUTHORS, *column(f"Abstract. {FIRST}", 9, 100, 600),
                 Piece("Keywords: reports, images", 9, y=540), *BODY],
    "Elsevier": [Piece("Contents lists available at ScienceDirect", 8, y=770),
                 Piece("Medical Image Analysis", 20, y=750),
                 Piece("journal homepage: www.elsevier.com/locate/media", 8, y=735),
                 *title(size=14), AUTHORS, Piece("A B S T R A C T", 8, y=600),
                 *column(FIRST, 8, 200, 585), Piece("1. Introduction", 9, y=450), *BODY],
    "a footnote on the title": [*title(TITLE + "*"), AUTHORS, Piece("Abstract", 12, y=600),
                                *column(FIRST, 10, 90, 580), Piece("Introduction", 12, y=450)],
    "a title that goes on": [*title("Aligning radiographs with\nthe words of their reports"),
                             AUTHORS, Piece("ABSTRACT", 12, y=600), *column(FIRST, 10, 90, 580),
                             Piece("1", 12, y=450), Piece("INTRODUCTION", 12, x=90, y=450)],
}  # fmt: skip


@pytest.mark.parametrize("page", PAGES.values(), ids=PAGES)
def test_title_and_abstract_are_made_out(page: list[Piece]) -> None:
    record = read_pdf(pdf(page), "x.pdf")

    assert record.title == TITLE
    assert record.abstract == READ


def test_the_stamp_gives_the_id() -> None:
    record = read_pdf(pdf(PAGES["a preprint in LaTeX"]), "x.pdf")

    assert (record.arxiv_id, record.version, record.id) == ("2602.00001", 2, "arxiv:2602.00001")


def test_an_id_among_the_references_is_not_the_papers() -> None:
    cited = Piece("See arXiv:2401.00001 and arXiv preprint arXiv:2401.00002.", 10, y=90)
    assert read_pdf(pdf([*PAGES["Springer"], cited]), "x.pdf").arxiv_id is None


@pytest.mark.parametrize(
    ("named", "read"),
    [(TITLE, TITLE), ("Microsoft Word - draft final 3.docx", "Something printed larger than it")],
    ids=["as printed", "a template's"],
)
def test_a_title_in_the_properties_counts_if_it_is_printed(named: str, read: str) -> None:
    page = [Piece("Something printed larger than it", 30, y=760), *PAGES["Springer"]]
    assert read_pdf(pdf(page, title=named), "x.pdf").title == read


def test_a_cover_page_may_come_first() -> None:
    cover = [Piece("Open Access", 30, y=500)]
    record = read_pdf(pdf(cover, PAGES["Springer"]), "x.pdf")
    assert (record.title, record.abstract) == (TITLE, READ)


def test_without_a_heading_the_first_paragraph_is_the_abstract() -> None:
    long = ("Radiologists write a report for each image that they look at\n"
            "and we align the two without any labels, and show that both\n"
            "segmentation of organs and retrieval of reports profit from it\n"
            "in four hospitals, with fewer hours of work for all of them.")  # fmt: skip
    page = [*title(), AUTHORS, *column(long, 10, 90, 580), Piece("Introduction", 12, y=450), *BODY]
    assert read_pdf(pdf(page), "x.pdf").abstract == " ".join(long.split())


def test_a_title_may_begin_with_the_word_abstract() -> None:
    lines = [
        PrintedLine("Abstract reasoning over chest radiographs", 18),
        PrintedLine("Ada Lovelace", 11),
        PrintedLine("Abstract", 12),
        PrintedLine(READ, 10),
        PrintedLine("1 Introduction", 12),
    ]
    assert title_of(lines) == lines[0].text
    assert abstract_of(lines) == READ


def locked(password: str) -> bytes:
    from pypdf import PdfReader, PdfWriter

    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(pdf(PAGES["Springer"]))))
    writer.encrypt(user_password=password, owner_password="owner", algorithm="RC4-128")
    file = io.BytesIO()
    writer.write(file)
    return file.getvalue()


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        pytest.param(b"", "there is nothing in it", id="empty"),
        pytest.param(b"<html>Not found</html>" * 50, "not a readable PDF", id="a web page"),
        pytest.param(pdf(PAGES["Springer"])[:40], "not a readable PDF", id="cut off"),
        pytest.param(pdf([Piece("3", 10)]), "pictures only", id="scanned"),
        pytest.param(pdf(), "pictures only", id="no pages"),
        pytest.param(locked("secret"), "locked with a password", id="locked"),
        pytest.param(pdf([Piece("word", 10 + at % 2, y=700 - 12 * at) for at in range(40)]),
                     "no title", id="no title"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_said_in_a_sentence(data: bytes, reason: str) -> None:
    with pytest.raises(ConfigError, match=reason) as raised:
        read_pdf(data, "x.pdf")
    assert str(raised.value).startswith("x.pdf: ")


def test_a_file_locked_against_printing_only_is_read() -> None:
    assert read_pdf(locked(""), "x.pdf").title == TITLE


def test_without_pypdf_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("pypdf", "pypdf.errors"):
        monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(ConfigError, match=r"medvl-watch\[pdf\]"):
        read_pdf(pdf(PAGES["Springer"]), "x.pdf")


@pytest.mark.parametrize(
    ("text", "size", "found"),
    [
        ("arXiv:2602.00001v2 [cs.CV] 3 Feb 2026", 20, "2602.00001"),
        ("arXiv:2602.00001v12 [eess.IV]", 20, "2602.00001"),
        ("arXiv:cs/9901001v1 [cs.CL] 1 Jan 1999", 20, "cs/9901001"),
        ("arXiv:2602.00001, 2026", 20, None),
        ("arXiv:9999.00001v1 [cs.CV]", 20, None),
        pytest.param("arXiv:2101.00001v1 [cs.CV] 1 Jan 2021", 9, None, id="a reference"),
        pytest.param("[7] B. Li. arXiv:2101.00001v1 [cs.CV] 1 Jan 2021", 20, None,
                     id="a reference in large print"),
        pytest.param("see arXiv:2101.00001v1 [cs.CV] for more", 10, None, id="in a sentence"),
    ],
)  # fmt: skip
def test_stamps(text: str, size: float, found: str | None) -> None:
    prose = PrintedLine("We align chest radiographs with the sentences of their reports. " * 3, 10)
    stamp = stamp_in([prose, PrintedLine(text, size)])
    assert (stamp.arxiv_id if stamp else None) == found


lines = st.lists(
    st.builds(PrintedLine, text=st.text(max_size=60), size=st.floats(0, 40, allow_nan=False)),
    max_size=30,
)


@given(lines)
def test_any_page_has_an_answer(page: list[PrintedLine]) -> None:
    assert len(abstract_of(page)) <= 6_000
    assert title_of(page).strip() == title_of(page)


@given(st.binary(max_size=300), st.integers(0, 2_000))
def test_any_damage_is_said_in_words(noise: bytes, at: int) -> None:
    whole = pdf(PAGES["Springer"])
    data = whole[:at] + noise + whole[at + len(noise) :]
    with contextlib.suppress(ConfigError):
        assert read_pdf(data, "x.pdf").title


def test_a_pdf_is_known_by_its_beginning() -> None:
    assert looks_like_pdf(pdf(PAGES["Springer"]))
    assert looks_like_pdf(b"rubbish\n" + pdf())
    assert not looks_like_pdf(b"@article{x, title={%PDF" + b" " * 2000)
