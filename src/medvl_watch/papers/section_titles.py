"""What the title of a list's section says of years, venues and data.

One reading for all who ask: the editor, which opens the section of a new year, and the
classifier, which reads the year and the venue of a paper instead of guessing its section.
"""

from __future__ import annotations

import re

from medvl_watch.papers.known_venues import known_name, name_of, venue_pattern
from medvl_watch.papers.preprint_names import ARXIV, is_only_preprint_name, preprint_server
from medvl_watch.papers.years import YEAR_PATTERN, full_year

SHORT_YEAR = re.compile(r"(?<=[^\W\d])[ ]?['\u2019](\d\d)(?!\w)")
"""The year behind a venue's name in two digits: `CVPR'26`."""
OUTLINE_NUMBER = re.compile(r"^(\W{0,3}(?:\d{1,2}\.){0,4})(\d{1,2})(?=[.):]\s*\S|\s+\S)[.):]?\s*")
"""The number of a section in the outline of its file: `2.1. `, `3) `."""
_DATA = re.compile(r"\b(?:data ?sets?|data(?!-)|benchmarks?|corpora|resources?)\b", re.IGNORECASE)
_COUNT = re.compile(r"\s*\(\d+\)")
_IN_BRACKETS = re.compile(r"\(([\w &/-]{2,20})\)\s*$")
_BESIDE_YEAR = re.compile(
    r"\b(?:years?|papers?|in|of|published|publications?|before|earlier|and|or|until|since|up|to|the"
    r"|prior|older|later|from|after|now|present|onwards?|works?)\b|年|\(\d+\)",
    re.IGNORECASE,
)
_BEFORE = re.compile(
    r"\b(?:before|until|up to|earlier|prior|older)\b|[<≤]|^\W*[-\u2013~]", re.IGNORECASE
)
_AFTER = re.compile(
    r"\b(?:since|later|after|now|present|onwards?)\b|[>≥]|[-\u2013~+]\W*$", re.IGNORECASE
)
_FIRST, _LAST = 1900, 2999


def has_year(title: str) -> bool:
    """Whether a year occurs in the title, whatever else does."""
    return YEAR_PATTERN.search(title) is not None or SHORT_YEAR.search(title) is not None


def year_within(title: str) -> int | None:
    """The one year that occurs in the title, in four digits or two (`CVPR'26`)."""
    years = {int(each) for each in YEAR_PATTERN.findall(title)}
    years |= {full_year(int(each)) for each in SHORT_YEAR.findall(title)}
    return years.pop() if len(years) == 1 else None


def years_of_title(title: str) -> range | None:
    """The years that a title stands for (`2023`, `YEAR 2024`, `2.1. 2024`, `2018-2020`,
    `Before 2019`), or None where it says more than that."""
    bare = without_number(title)
    years = [int(each) for each in YEAR_PATTERN.findall(bare)]
    rest = _BESIDE_YEAR.sub("", YEAR_PATTERN.sub("", bare))
    if not years or any(char.isalnum() for char in rest):
        return None
    low, high = min(years), max(years)
    if len(years) == 1 and _BEFORE.search(bare):
        low = _FIRST
    elif len(years) == 1 and _AFTER.search(bare):
        high = _LAST
    return range(low, high + 1)


def year_of_title(title: str) -> int | None:
    """The year that a title stands for; None for a span of years and for any other title."""
    years = years_of_title(title)
    return years.start if years is not None and len(years) == 1 else None


def without_number(title: str) -> str:
    """The title without its number in the outline; a title that is a number keeps it."""
    return OUTLINE_NUMBER.sub("", title, count=1)


def without_year(title: str) -> str:
    """The title without its year, its count of entries and what surrounds them."""
    bare = SHORT_YEAR.sub("", YEAR_PATTERN.sub("", _COUNT.sub("", title)))
    return bare.strip(" -,()'\u2019")


def venue_of_title(title: str) -> str | None:
    """The venue that a title names (`MICCAI 2024`, `CVPR'26`, `International … (ICCV)`,
    `arXiv`, `BioNLP 2020 at ACL`); a name within other words counts only beside a year."""
    bare = without_year(title)
    bracketed = _IN_BRACKETS.search(title)
    for text in (bare, bracketed[1] if bracketed else ""):
        if is_only_preprint_name(text):
            return preprint_server(text) or ARXIV
        if text and (name := known_name(text)):
            return name
    within = venue_pattern().search(title) if has_year(title) else None
    return name_of(within) if within else None


def names_data(title: str) -> bool:
    """Whether a title is that of a section of data sets, which share addresses with papers."""
    return _DATA.search(title) is not None
