"""Plain text from the markup that publishers put into titles, authors and descriptions."""

from __future__ import annotations

import calendar
import html
import re
from collections.abc import Sequence
from html.parser import HTMLParser

_LONGEST = 50_000
_BLOCKS = frozenset(
    ["p", "div", "br", "li", "ul", "ol", "h1", "h2", "h3", "h4", "h5", "h6", "tr", "td", "section"]
)
_SILENT = frozenset(["script", "style", "head", "template"])
_TAG = re.compile(
    r"</?(?:p|b|i|u|em|strong|su[bp]|span|div|br|h\d|a|img|font|small|scp|tt|inf|sc|italic|bold)"
    r"(?:\s[^<>]{0,500})?/?>",
    re.IGNORECASE,
)
_ANY_TAG = re.compile(r"<[a-zA-Z/!][^<>]*>")
_KIND_PREFIX = re.compile(r"^\[[A-Z][A-Za-z &/-]{2,30}\]\s+(?=\S)")
_NOTICE = re.compile(
    r"^(?:(?:author|publisher)(?:['\u2019]s)? correction|correction|corrections|erratum|errata|"
    r"corrigendum|addendum|retraction(?: note)?|expression of concern|editorial expression of "
    r"concern|retracted article|withdrawn)\b\s*(?::|to\b|for\b|$)",
    re.IGNORECASE,
)
_LABEL = re.compile(r"\b(?:abstract|summary)\b\s*[:.]?\s*", re.IGNORECASE)
_ARXIV_LABEL = re.compile(r"^arXiv:\S+\s+Announce Type:\s*\S+\s+Abstract:\s*", re.IGNORECASE)
_TAIL = re.compile(
    r"\s*(?:(?:\s(?:HTML|XML|PDF))+|PMID:\s*\d+.{0,200}|\bDOI:\s*10\.\S+)$", re.IGNORECASE
)
_NO_ABSTRACT = re.compile(
    r"^(?:volume \d|vol\. ?\d|ahead of print|publication date|available online|page \d|"
    r"[^.]{0,120}, (?:earlyview|early view|accepted article|volume \d)|source:|"
    r".{0,400}\bpp?\. [\d-]+$)",
    re.IGNORECASE,
)
_INITIALS = re.compile(r"(?:[A-Z\u00c0-\u00de]\.?[ -]?){1,4}")
_SURNAME_INITIALS = re.compile(r"([^\d,;]{2,60}?)\s+([A-Z\u00c0-\u00de]{1,4})\.?")
_LISTED_AUTHORS = re.compile(r"\bAuthors?(?:\(s\))?:\s*(.{3,5000}?)(?=\s*(?:Abstract:|$))")
_ISSUE_DATE = re.compile(
    r"Publication date:\s*(?:Available online\s*)?(?:(\d{1,2})\s)?"
    r"(January|February|March|April|May|June|July|August|September|October|November|December)"
    r"(?:[\u2013-][A-Z][a-z]+)?\s((?:19|20)\d\d)"
)
_MONTHS = tuple(calendar.month_name)[1:]  # English, since no locale is set


class _HtmlText(HTMLParser):
    """The text of HTML, with a space where a block begins or ends."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.silent = 0

    def handle_starttag(self, tag: str, attrs: object) -> None:
        del attrs
        self.silent += tag in _SILENT
        if tag in _BLOCKS:
            self.parts.append(" ")

    def handle_endtag(self, tag: str) -> None:
        self.silent -= tag in _SILENT and self.silent > 0
        if tag in _BLOCKS:
            self.parts.append(" ")

    def handle_data(self, data: str) -> None:
        if not self.silent:
            self.parts.append(data)


def plain(text: str) -> str:
    """HTML as one line of text. Text without tags stays as it is, `p < 0.05` included."""
    text = text[:_LONGEST]
    if _ANY_TAG.search(text):
        parser = _HtmlText()
        parser.feed(text)
        parser.close()
        text = "".join(parser.parts)
    else:
        text = html.unescape(text)
    return " ".join(text.replace("\ufeff", "").split())


def plain_title(text: str) -> str:
    """A title without tags and without the section's name in front (`[Articles]`)."""
    text = html.unescape(_TAG.sub("", text[:2_000]).replace("\ufeff", ""))
    return _KIND_PREFIX.sub("", " ".join(_TAG.sub("", text).split()))


def is_notice(title: str) -> bool:
    """Whether an item announces the correction or retraction of another paper."""
    return bool(_NOTICE.match(title))


def abstract_of(texts: Sequence[str]) -> str:
    """The longest of an item's descriptions that is an abstract; empty if none is."""
    candidates = [_unlabelled(plain(text)) for text in texts]
    fitting = [one for one in candidates if one and not _NO_ABSTRACT.match(one)]
    return max(fitting, key=len, default="")


def _unlabelled(text: str) -> str:
    """Without the citation before the word `Abstract` and the numbers after the end."""
    text = _ARXIV_LABEL.sub("", text)
    label = _LABEL.search(text[:1_500])
    if label and (label.start() == 0 or text[label.start()].isupper()):
        head = text[: label.start()]
        # In the middle of a sentence, the word is not a label.
        if not head or head.rstrip()[-1:] in ".:;)" or "doi" in head.lower() or "Author" in head:
            text = text[label.end() :]
    return _TAIL.sub("", text).strip()


def issue_date(texts: Sequence[str]) -> str | None:
    """`Publication date: October 2026` in a description, as `2026-10`."""
    for text in texts:
        if found := _ISSUE_DATE.search(plain(text)):
            day, month, year = found.groups()
            date = f"{year}-{_MONTHS.index(month) + 1:02d}"
            return f"{date}-{int(day):02d}" if day else date
    return None


def authors_of(creators: Sequence[str], texts: Sequence[str] = ()) -> tuple[str, ...]:
    """The authors, each with the given name first (`Ana Cruz`).

    One creator may contain them all: with commas, semicolons, line ends, `Cruz, A.` or
    `Cruz A`. Without creators, the description may name the authors.
    """
    creators = [plain(re.sub(r"[\r\n]+\s*", "\n", one).replace("\n", " ; ")) for one in creators]
    creators = [one for one in creators if one.strip(" ;,.")]
    if not creators:
        found = next(filter(None, (_LISTED_AUTHORS.search(plain(one)) for one in texts)), None)
        creators = [found.group(1)] if found else []
    if len(creators) == 1:
        creators = _split(creators[0])
    names = (
        _given_name_first(re.sub(r"\s+et al\.?$|^and\s+", "", one.strip(" ;,"))) for one in creators
    )
    return tuple(dict.fromkeys(name for name in names if name and name.casefold() != "et al."))


def _split(text: str) -> list[str]:
    if ";" in text:
        return [part.strip(" ,") for part in text.split(";")]
    text = re.sub(r",?\s+(?:and|&)\s+", ", ", text)
    parts = [part.strip() for part in text.split(",") if part.strip()]
    if len(parts) == 2 and any(" " not in part for part in parts):
        return [text]  # `Inoda, Toshio` is one person
    if len(parts) > 1 and all(_INITIALS.fullmatch(part) for part in parts[1::2]):
        # `Hines, P. J., Cruz, A.`: names and initials take turns.
        pairs = zip(parts[::2], [*parts[1::2], ""], strict=False)
        return [f"{family}, {given}".rstrip(", ") for family, given in pairs]
    return parts


def _given_name_first(name: str) -> str:
    """`Cruz, Ana` and `Cruz A` as `Ana Cruz` and `A Cruz`."""
    family, comma, given = (part.strip() for part in name.partition(","))
    if comma and given and "," not in given:
        return f"{given} {family}"
    if found := _SURNAME_INITIALS.fullmatch(name.strip().removesuffix(".")):
        return f"{found.group(2)} {found.group(1)}"
    return name.strip()
