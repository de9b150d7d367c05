"""Title, abstract and arXiv stamp of a paper, made out on its printed front page.

What can be trusted across publishers: the title is the largest print that is no journal's
name; the abstract follows its heading and ends at the next one; the stamp at the margin has
a form of its own. The order of the lines is that of the file, which keeps columns apart.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from medvl_watch.papers.known_venues import known_name
from medvl_watch.papers.schemes import normal_arxiv_id, version_of

_STAMP = re.compile(
    r"arXiv:((?:\d{4}\.\d{4,5}|[a-z-]+(?:\.[A-Z]{2})?/\d{7})(?:v\d{1,3})?)\s*\[[\w.-]+\]\s*"
    r"(\d{1,2} [A-Z][a-z]{2} \d{4})?"
)
_NO_TITLE = re.compile(
    r"arxiv:|https?:|\bdoi\b|www\.|@|journal homepage|contents lists|^(?:published|accepted|under "
    r"review|preprint|submitted|to appear|in proceedings|proceedings of|research article|article|"
    r"original (?:article|paper|research)|review(?: article)?|open access|letter|technical report|"
    r"vol(?:ume|\.)|ieee transactions|copyright|received|sciencedirect|available online)\b|©",
    re.IGNORECASE,
)
_ABSTRACT = re.compile(
    r"^\W*(?:a\s?b\s?s\s?t\s?r\s?a\s?c\s?t|summary)\b(?P<mark>\s*[.:\u2014\u2013-]*)\s*(?P<rest>.*)$",
    re.IGNORECASE,
)
_NEXT_HEADING = re.compile(
    r"^\W*(?:(?:\d{1,2}|[IVX]{1,4})\s?[.:]?\s*(?:(?:introduction|background|motivation)\b|(?=$))"
    r"|introduction\s*$|key\s?-?words?\b|index terms\b|ccs concepts\b|categories and subject"
    r"|general terms\b|acm reference|msc\b|contents\s*$|graphical abstract|highlights\s*$)"
    r"|^1\s*\.?\s+[A-Z][a-z]+(?:\s\w+){0,3}$",
    re.IGNORECASE,
)
_MARKS = "*\u2217\u2020\u2021\u00a7\u00b6\u22c6 "
_LONGEST = 6_000
_LINES_BEFORE_A_TITLE = 60
_SAME_SIZE = 0.04
_STAMP_SIZE = 1.3
"""Times the usual size of the page: the stamp has 20 points, text 9 to 12."""
_LINE_OF_PROSE = 7
"""Words from which on a line is one of a paragraph, and not names or addresses."""
_SHORTEST_PROSE = 200
"""Characters of a paragraph that may be an abstract without a heading."""


@dataclass(frozen=True, slots=True)
class PrintedLine:
    """A printed line; `size` is the size of most of its letters, in points."""

    text: str
    size: float


@dataclass(frozen=True, slots=True)
class Stamp:
    """What arXiv prints at the margin of a preprint."""

    arxiv_id: str
    version: int | None


def stamp_in(page: Sequence[PrintedLine]) -> Stamp | None:
    """The stamp `arXiv:2403.17834v2 [cs.CV] 26 Mar 2024` of the first page. It is a line of its
    own in large print; the same words in the size of the text are a reference."""
    sizes = sorted(line.size for line in page for _ in line.text)
    usual = sizes[len(sizes) // 2] if sizes else 0
    for line in page:
        found = _STAMP.fullmatch(line.text.strip())
        arxiv_id = normal_arxiv_id(found[1]) if found else None
        if found and arxiv_id and line.size >= _STAMP_SIZE * usual:
            return Stamp(arxiv_id, version_of(found[1]))
    return None


def title_of(lines: Sequence[PrintedLine]) -> str:
    """The title: the largest print above the abstract; empty if nothing may be one."""
    until = next((at for at, _ in _headings(lines)), len(lines))
    above = lines[: min(until, _LINES_BEFORE_A_TITLE)] or lines[:_LINES_BEFORE_A_TITLE]
    blocks = [block for block in _blocks(above) if _may_be_title(block)]
    if not blocks:
        return ""
    largest = max(block[0].size for block in blocks)
    chosen = next(block for block in blocks if block[0].size >= largest * (1 - _SAME_SIZE))
    return " ".join(_joined((line.text for line in chosen), keep_hyphens=True).split()).strip(
        _MARKS
    )


def abstract_of(lines: Sequence[PrintedLine]) -> str:
    """The text between the abstract's heading and the next one; without a heading the first
    paragraph before the introduction. Empty if neither is there."""
    texts = [line.text for line in lines]
    for at, rest in _headings(lines):
        body = _joined(_until_heading([rest, *texts[at + 1 :]]))
        if len(body) >= _SHORTEST_PROSE / 2:
            return body[:_LONGEST].strip()
    return _first_paragraph(_until_heading(texts))


def _headings(lines: Sequence[PrintedLine]) -> Iterator[tuple[int, str]]:
    """The lines that begin an abstract, and what stands behind the heading. A title may begin
    with the word, too, but in larger print than the text below."""
    letters: Counter[float] = Counter()
    for line in lines:
        letters[line.size] += len(line.text)
    body = letters.most_common(1)[0][0] if letters else 0.0
    for at, line in enumerate(lines):
        found = _ABSTRACT.match(line.text)
        if found and (found["mark"].strip() or not found["rest"] or line.size <= 1.05 * body):
            yield at, found["rest"]


def _blocks(lines: Iterable[PrintedLine]) -> Iterator[list[PrintedLine]]:
    """Neighbouring lines of one size, without what is clearly no title."""
    block: list[PrintedLine] = []
    for line in lines:
        if block and abs(line.size - block[0].size) > _SAME_SIZE * block[0].size:
            yield block
            block = []
        if _NO_TITLE.search(line.text) or known_name(line.text.strip()):
            if block:
                yield block
            block = []
            continue
        block.append(line)
    if block:
        yield block


def _may_be_title(block: Sequence[PrintedLine]) -> bool:
    text = " ".join(line.text for line in block)
    return 12 <= sum(map(str.isalpha, text)) <= 350 and len(text.split()) >= 2


def _until_heading(texts: Iterable[str]) -> Iterator[str]:
    length = 0
    for text in texts:
        if _NEXT_HEADING.match(text.strip()) or length > _LONGEST:
            return
        length += len(text)
        yield text


def _first_paragraph(texts: Iterable[str]) -> str:
    runs = groupby(texts, key=lambda text: len(text.split()) >= _LINE_OF_PROSE)
    for is_prose, run in runs:
        lines = list(run)
        if is_prose and len(lines) > 2 and len(body := _joined(lines)) >= _SHORTEST_PROSE:
            return body[:_LONGEST].strip()
    return ""


def _joined(texts: Iterable[str], *, keep_hyphens: bool = False) -> str:
    """Lines as running text. A hyphen at a line's end stays where the word is written with
    it elsewhere, before a capital, and in titles, which are not divided."""
    lines = [" ".join(text.split()) for text in texts]
    whole = " ".join(lines).casefold()
    text = ""
    for line in lines:
        divided = re.search(r"(\w+)-$", text)
        if not divided:
            text = f"{text} {line}".strip()
            continue
        second = re.match(r"\w+", line)
        compound = f"{divided[1]}-{second[0] if second else ''}".casefold()
        kept = keep_hyphens or compound in whole or not line[:1].islower()
        text = f"{text if kept else text[:-1]}{line}"
    return text
