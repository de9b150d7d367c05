"""The abstract and the date among the descriptions of an item.

Publishers put citations, labels and numbers around an abstract, or give a line about the issue
instead of one.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Sequence

from medvl_watch.sources.author_names import authors_of
from medvl_watch.sources.item_kinds import is_notice
from medvl_watch.sources.markup import plain, plain_abstract, plain_title

__all__ = ("abstract_of", "authors_of", "is_notice", "issue_date", "plain", "plain_title")

_LABEL = re.compile(r"\b(?:abstract|summary)\b\s*[:.]?\s*", re.IGNORECASE)
_ARXIV_LABEL = re.compile(r"^arXiv:\S+\s+Announce Type:\s*\S+\s+Abstract:\s*", re.IGNORECASE)
_TAIL = re.compile(
    r"\s*(?:(?:\s(?:HTML|XML|PDF))+|PMID:\s*\d+.{0,200}|\bDOI:\s*10\.\S+)$", re.IGNORECASE
)
_LONGEST_TAIL = 400
_LONGEST_CITATION = 1_000
_NO_ABSTRACT = re.compile(
    r"^(?:volume \d|vol\. ?\d|ahead of print|publication date|available online|page \d|"
    r"[^.]{0,120}, (?:earlyview|early view|accepted article|volume \d)|source:)",
    re.IGNORECASE,
)
_CITATION = re.compile(r"^.{0,400}\bpp?\. [\d-]+$", re.IGNORECASE)
_TAIL_WORDS = ("html", "xml", "pdf", "pmid", "doi")
"""One of them is in every tail: the pattern takes its time, and few abstracts have one."""
_ISSUE_DATE = re.compile(
    r"Publication date:\s*(?:Available online\s*)?(?:(\d{1,2})\s)?"
    r"(January|February|March|April|May|June|July|August|September|October|November|December)"
    r"(?:[\u2013-][A-Z][a-z]+)?\s((?:19|20)\d\d)"
)
_MONTHS = tuple(calendar.month_name)[1:]  # English, since no locale is set


def abstract_of(texts: Sequence[str]) -> str:
    """The longest of an item's descriptions that is an abstract; empty if none is."""
    candidates = [_unlabelled(plain_abstract(text)) for text in texts]
    fitting = [one for one in candidates if one and not _is_no_abstract(one)]
    return max(fitting, key=len, default="")


def _is_no_abstract(text: str) -> bool:
    """Whether it is a line about the issue. A citation ends within 420 letters or so."""
    is_short = len(text) < _LONGEST_CITATION
    return bool(_NO_ABSTRACT.match(text) or (is_short and _CITATION.match(text)))


def _unlabelled(text: str) -> str:
    """Without the citation before the word `Abstract` and the numbers after the end."""
    text = _ARXIV_LABEL.sub("", text)
    beginning = text[:1_500].casefold()
    has_label = "abstract" in beginning or "summary" in beginning
    label = _LABEL.search(text[:1_500]) if has_label else None
    if label and (label.start() == 0 or text[label.start()].isupper()):
        head = text[: label.start()]
        # In the middle of a sentence, the word is not a label.
        if not head or head.rstrip()[-1:] in ".:;)" or "doi" in head.lower() or "Author" in head:
            text = text[label.end() :]
    tail = text[-_LONGEST_TAIL:]
    if not any(word in tail.casefold() for word in _TAIL_WORDS):
        return text.strip()
    return (text[:-_LONGEST_TAIL] + _TAIL.sub("", tail)).strip()


def issue_date(texts: Sequence[str]) -> str | None:
    """`Publication date: October 2026` in a description, as `2026-10`."""
    for text in texts:
        if found := _ISSUE_DATE.search(plain(text)):
            day, month, year = found.groups()
            date = f"{year}-{_MONTHS.index(month) + 1:02d}"
            return f"{date}-{int(day):02d}" if day else date
    return None
