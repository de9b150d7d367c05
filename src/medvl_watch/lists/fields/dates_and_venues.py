"""Pieces of bibliographic text: dates, venues with their years, lists of authors."""

from __future__ import annotations

import re
from dataclasses import dataclass

from medvl_watch.papers.known_venues import is_known_as_written, is_known_journal
from medvl_watch.papers.preprint_names import is_only_preprint_name
from medvl_watch.papers.years import year_of_digits

MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip
_MONTH = r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*"
_FULL_YEAR = r"(?:19[89]\d|20[0-4]\d)"
NAMED_DATE = re.compile(
    rf"(?<![A-Za-z\d])(?:(?P<day>\d{{1,2}})(?P<nth>st|nd|rd|th)?[\s,]+)?(?P<month>{_MONTH})(?P<dot>\.?)"
    rf"(?P<sep>[,\s]*)(?:(?P<late>\d{{1,2}})(?:st|nd|rd|th)?[,\s]+)?(?P<year>{_FULL_YEAR})(?!\d)",
    re.IGNORECASE,
)
DIGIT_DATE = re.compile(
    rf"(?<![\d.])(?P<year>{_FULL_YEAR})(?P<sep>[-./\u2011\u2013]?|&#x2011;)(?P<month>0[1-9]|1[0-2])"
    r"(?:(?P=sep)(?P<day>0[1-9]|[12]\d|3[01]))?(?!\d)"
)
REVERSE_DATE = re.compile(
    rf"(?<![\d./])(?P<month>0?[1-9]|1[0-2])(?P<sep>[-./])(?P<year>{_FULL_YEAR})(?!\d)"
)
SHORT_DATE = re.compile(
    r"(?P<year>[12]\d)(?P<sep>[-./])(?P<month>0[1-9]|1[0-2])(?P=sep)(?P<day>0[1-9]|[12]\d|3[01])"
)
"""A date with two digits for the year, which nothing but its place can tell from a number."""

ID_MONTH = re.compile(r"(?!20[0-4]\d)(?P<year>[12]\d)(?P<month>0[1-9]|1[0-2])")
"""Year and month as arXiv ids have them (`2405`)."""

YEAR = re.compile(rf"(?<![\d])(?:{_FULL_YEAR})(?!\d|[-./]\d{{3}})")
SHORT_YEAR = re.compile(r"(?<=[A-Za-z])[ ]?['\u2019\u2018`]?(?P<year>[12]\d)(?![\w%])")

_GENERIC_VENUE = re.compile(
    r"(?:Nature|Nat\.?|Science|Cell|The Lancet|Lancet|NEJM|JAMA|Radiology|npj|NPJ|Scientific|IEEE"
    r"|ACM|Frontiers|PLoS|PLOS|BMC|BMJ|Springer|Elsevier|Journal of|Transactions on|Patterns"
    r"|Communications|Advances in|Proceedings of|International)\b[\w .&:-]{0,60}"
)
"""How names of venues begin, known or not."""
_QUALIFIER = re.compile(
    r"\s*[-(]?\s*(?:w|ws|workshops?|wkshp|findings|oral|spotlight|demo)\)?$", re.IGNORECASE
)
_JOURNAL = re.compile(
    r"\b(?:journal|transactions|trans|nature|science|cell|lancet|npj|jama|radiology|pnas|nejm|plos"
    r"|frontiers|bmc|bmj|letters|reports|access|patterns|communications|neurocomputing"
    r"|bioinformatics|t(?:mi|pami|ip|mm|nnls|bme|kde|csvt|grs|mlr)|media|mia|jbhi|ijcv|jmlr|melba)\b"
    r"|medical image analysis|pattern recognition|\w+ (?:medicine|biology|informatics|fusion)$",
    re.IGNORECASE,
)
_JOINED_YEAR = re.compile(r"^\s*(?P<venue>[A-Za-z][A-Za-z ]*)[-_](?P<year>[12]\d)\s*$")
_LEAD = re.compile(
    r"^[^\w]*(?:[\w /]{1,24}:\s*"
    r"|(?:published |accepted |presented |to appear )?(?:in|at|by|to)\s+)?",
    re.IGNORECASE,
)
_NAME = re.compile(r"^(?:(?:[A-Z]|van |von |de |del |di |da |la |el |al )[^\d,;:&]*)$")
_LONGEST_PERSON = 5
_LAST_PART = re.compile(r"[.,;]\s+(?P<part>[^.,;]+)[.,;\s]*$")
ET_AL = re.compile(r"\bet\.? ?al\b\.?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class VenueAndYear:
    """Where a venue's name and its year stand in a phrase; `rest` is what follows them."""

    venue: tuple[int, int] | None
    year: tuple[int, int] | None
    rest: tuple[int, int] | None = None


def find_date(text: str) -> re.Match[str] | None:
    """A date that is finer than a year."""
    found = NAMED_DATE.search(text) or DIGIT_DATE.search(text) or REVERSE_DATE.search(text)
    return found or SHORT_DATE.fullmatch(text.strip()) or ID_MONTH.fullmatch(text.strip())


def month_number(word: str) -> int:
    """1..12 for a month's name or abbreviation, else 0."""
    key = word[:3].casefold()
    return next((n for n, month in enumerate(MONTHS, 1) if month[:3].casefold() == key), 0)


def date_of(match: re.Match[str]) -> tuple[int, int, int]:
    """Year, month and day (0 if not given) of a date found."""
    groups = match.groupdict()
    month = groups["month"]
    number = int(month) if month.isdigit() else month_number(month)
    day = groups.get("day") or groups.get("late") or "0"
    return year_of_digits(groups["year"]), number, int(day)


def is_journal(venue: str) -> bool:
    """A venue that comes in volumes; lists set `Journal:` apart from `Conference:`."""
    known = is_known_journal(venue)
    return _JOURNAL.search(venue) is not None if known is None else known


def without_qualifier(venue: str) -> str:
    """A venue's name without `Workshop`, `Findings`, `(Oral)` and the like."""
    return _QUALIFIER.sub("", venue.strip()).strip()


def is_venue(text: str) -> bool:
    """A phrase that names a venue even without a year."""
    text = text.strip(" .,")
    return (
        is_known_as_written(text)
        or is_known_as_written(without_qualifier(text))
        or _GENERIC_VENUE.fullmatch(text) is not None
        or is_only_preprint_name(text)
    )


def imprint(phrase: str) -> VenueAndYear | None:  # noqa: PLR0911 - one for each form
    """Venue and year in a short phrase (`in ACL 2023`, `2024 MedIA`, `AAAI'24`, `Nature`)."""
    if len(phrase) > 140 or len(phrase.split()) > 16:
        return None
    years = list(YEAR.finditer(phrase))
    year = years[0].span() if years else None
    if year is None:
        short = SHORT_YEAR.search(phrase)
        if short and is_venue(phrase[: short.start()].rsplit(":", maxsplit=1)[-1].strip()):
            year = short.span("year")
    if year is None and (joined := _joined_year(phrase)):
        return joined
    if year is None:
        lead = _LEAD.match(phrase)
        begin = lead.end() if lead else 0
        return (
            VenueAndYear(_trimmed(phrase, begin, len(phrase)), None)
            if is_venue(phrase[begin:])
            else None
        )
    lead = _LEAD.match(phrase[: year[0]])
    before = _last_venue(phrase, _trimmed(phrase, lead.end() if lead else 0, year[0]))
    after = _trimmed(phrase, year[1], len(phrase))
    if before and _may_be_venue(phrase[before[0] : before[1]]):
        return VenueAndYear(before, year, after)
    if after and is_venue(phrase[after[0] : after[1]]):
        return VenueAndYear(after, year)
    if (
        after
        and len(phrase[after[0] : after[1]].split()) <= 7
        and year[0] == len(phrase) - len(phrase.lstrip())
    ):
        return VenueAndYear(after, year)
    return VenueAndYear(None, year, after)


def _joined_year(phrase: str) -> VenueAndYear | None:
    """A venue with a hyphen before its short year (`MICCAI-25`)."""
    found = _JOINED_YEAR.search(phrase)
    if found and is_venue(found["venue"]):
        return VenueAndYear(found.span("venue"), found.span("year"))
    return None


def _last_venue(phrase: str, span: tuple[int, int] | None) -> tuple[int, int] | None:
    """The span, or its part behind the last comma if that alone is a venue (`MIT, arXiv`)."""
    head, comma, tail = phrase[slice(*span)].rpartition(", ") if span else ("", "", "")
    if span and comma and is_venue(tail) and not is_venue(phrase[slice(*span)]):
        return span[0] + len(head) + len(comma), span[1]
    return span


def _may_be_venue(text: str) -> bool:
    letters = sum(c.isalpha() for c in text)
    return letters >= 2 and (is_venue(text) or (not text[0].islower() and len(text.split()) <= 12))


def _trimmed(text: str, start: int, end: int) -> tuple[int, int] | None:
    """The span without blanks and separators at its ends."""
    while start < end and not text[start].isalnum():
        start += 1
    while end > start and text[end - 1] in " \t\n,;:-\u2013\u2014'\u2019\u2018`/(|.":
        end -= 1
    return (start, end) if end > start else None


def is_authors(text: str) -> bool:
    """A list of people's names, or `First et al.`"""
    text = " ".join(text.strip(" \n*_.,;").split())
    if not text or len(text) > 1500:
        return False
    cut = ET_AL.search(text)
    if cut:
        names = re.split(r",| & | and |;", text[: cut.start()])
        short = all(len(name.split()) <= _LONGEST_PERSON for name in names)
        return short and len(text.split()) <= 12 and text[:1].isupper()
    if any(c.isdigit() for c in text.replace("*", "")):
        return False
    names = [name.strip(" .*†‡") for name in re.split(r",| & | and |;", text) if name.strip(" .*")]
    if len(names) < 2 or 2 * sum(map(str.isupper, names)) > len(names):
        return False  # `CT, MRI` are key words
    good = sum(bool(_NAME.match(name)) and 1 <= len(name.split()) <= 5 for name in names)
    return good >= 0.75 * len(names)


def without_imprint_behind(text: str) -> str:
    """A text that may be a list of names up to the venue or year that follows them; empty where
    it begins with them."""
    found = imprint(text)
    cut = ET_AL.search(text)
    rest = text[cut.end() :].strip(" .,;:") if cut else ""
    if cut and (found or is_venue(rest) or imprint(rest)):
        return text[: cut.end()]
    if found and found.year:
        return text[: found.venue[0]].rstrip(" .,;:(") if found.venue else ""
    last = _LAST_PART.search(text)
    if last and (is_venue(last["part"]) or imprint(last["part"])):
        return text[: last.start()]
    return text
