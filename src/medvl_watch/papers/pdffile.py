"""A record out of a PDF: title, abstract and arXiv id as they are printed on its front page.

Needs the extra `pdf` (pypdf). Each fault of a file is reported in one sentence.
"""

from __future__ import annotations

import io
import math
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from medvl_watch.errors import ConfigError
from medvl_watch.papers.frontpage import PrintedLine, abstract_of, stamp_in, title_of
from medvl_watch.papers.recordfile import record_from_json
from medvl_watch.papers.silenced_logger import quiet
from medvl_watch.records import Record

if TYPE_CHECKING:
    from pypdf import PageObject, PdfReader

# ruff: noqa: PLC0415  # pypdf is an extra, and slow to load

MAGIC = b"%PDF-"
LARGEST = 200 * 2**20
"""Bytes; a paper is not larger, and reading more takes minutes."""
_PAGES = 2
"""Some publishers put a cover before the front page."""
_FEWEST_LETTERS = 100
"""On a page with fewer, the text is a picture."""

_Matrix = tuple[float, float, float, float, float, float]


def looks_like_pdf(data: bytes) -> bool:
    """Whether a file says that it is a PDF; some have a little rubbish before that."""
    return MAGIC in data[:1024]


def read_pdf(data: bytes, where: str) -> Record:
    """The paper whose PDF this is. `abstract` is empty where none can be made out.

    Raises ConfigError that names `where` for a file that is damaged, locked or scanned, for
    one without a title, and where pypdf is not installed.
    """
    if len(data) > LARGEST:
        raise ConfigError(
            f"this PDF is larger than {LARGEST >> 20} MB", where=where, remedy="give its first page"
        )
    with _in_words(where):
        reader = _reader(data)
        _unlock(reader, where)
        pages = [_lines(page) for page in reader.pages[:_PAGES]]
        named = str(reader.metadata.title or "") if reader.metadata else ""
    lines = [line for page in pages for line in page]
    if sum(map(str.isalpha, "".join(line.text for line in lines))) < _FEWEST_LETTERS:
        raise ConfigError(
            "its first pages contain pictures only, no text (a scan?)", where=where,
            remedy="give its arXiv id or DOI, or title and abstract on standard input",
        )  # fmt: skip
    return _record(pages, lines, named, where)


def _record(
    pages: list[list[PrintedLine]], lines: list[PrintedLine], named: str, where: str
) -> Record:
    text = "\n".join(line.text for line in lines)
    title = named if _is_printed(named, text) else title_of(pages[0]) or title_of(lines)
    if not title:
        raise ConfigError(
            "no title can be made out on its front page", where=where,
            remedy="give title and abstract on standard input",
        )  # fmt: skip
    stamp = stamp_in(pages[0])
    known: dict[str, Any] = {"title": title, "abstract": abstract_of(lines)}
    if stamp:
        known |= {"arxiv_id": stamp.arxiv_id, "version": stamp.version}
    return record_from_json(known, where)


def _is_printed(named: str, text: str) -> bool:
    """Whether the title in the file's properties, often a template's, stands on the page."""
    title = _letters(named)
    return len(named.split()) > 2 and len(title) >= 12 and title in _letters(text)


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, text.casefold()))


def _reader(data: bytes) -> PdfReader:
    from pypdf import PdfReader

    return PdfReader(io.BytesIO(data))


def _unlock(reader: PdfReader, where: str) -> None:
    """Many files are locked against printing only, and open with an empty password."""
    if reader.is_encrypted and not reader.decrypt(""):
        raise _locked(where)


def _locked(where: str) -> ConfigError:
    return ConfigError(
        "this PDF is locked with a password", where=where, remedy="save it without one"
    )


@contextmanager
def _in_words(where: str) -> Iterator[None]:
    try:
        from pypdf.errors import DependencyError, EmptyFileError, FileNotDecryptedError
    except ImportError as error:
        raise ConfigError(
            "reading a PDF needs pypdf, which is not installed", where=where,
            remedy="run: pip install 'medvl-watch[pdf]'",
        ) from error  # fmt: skip
    try:
        with quiet("pypdf"):
            yield
    except ConfigError:
        raise
    except EmptyFileError as error:
        raise ConfigError("there is nothing in it", where=where, remedy="fetch it again") from error
    except (FileNotDecryptedError, DependencyError) as error:
        raise _locked(where) from error
    except Exception as error:  # a damaged file raises whatever its damage leads to
        raise ConfigError(
            "this is not a readable PDF", where=where, remedy="fetch it again, or give its id"
        ) from error


# --- lines ----------------------------------------------------------------------------


def _lines(page: PageObject) -> list[PrintedLine]:
    """The lines of a page in the file's order, each with the size of most of its letters."""
    lines: list[PrintedLine] = []
    text: list[str] = []
    sizes: Counter[float] = Counter()
    height = math.nan

    def end() -> None:
        if joined := " ".join("".join(text).split()):
            lines.append(PrintedLine(joined, sizes.most_common(1)[0][0] if sizes else 0.0))
        text.clear()
        sizes.clear()

    def visit(piece: str, outer: Any, inner: Any, _font: Any, points: Any) -> None:
        nonlocal height
        size, at = _placed(tuple(outer), tuple(inner), float(points or 0))
        if piece.strip() and not abs(at - height) <= 0.6 * max(size, 1):
            end()
            height = at
        for number, part in enumerate(piece.split("\n")):
            if number:
                end()
            text.append(part)
            sizes[round(size, 1)] += len(part.split()) and sum(map(str.isalpha, part))

    page.extract_text(visitor_text=visit)
    end()
    return lines


def _placed(outer: _Matrix, inner: _Matrix, points: float) -> tuple[float, float]:
    """The size of letters in points on the page, and the height of their base line."""
    a, b, c, d, _, up = inner
    across = inner[4]
    size = points * math.hypot(c * outer[0] + d * outer[2], c * outer[1] + d * outer[3])
    return size or points * math.hypot(a, b), across * outer[1] + up * outer[3] + outer[5]
