"""Values written in the manner of an example: dates, authors, addresses, cells."""

from __future__ import annotations

import re

from medvl_watch.lists.fields.dates_and_venues import (
    DIGIT_DATE,
    ET_AL,
    ID_MONTH,
    MONTHS,
    NAMED_DATE,
    REVERSE_DATE,
    SHORT_DATE,
    month_number,
)

_ARXIV_ADDRESS = re.compile(
    r"^(?P<head>https?://(?:www\.|export\.)?arxiv\.org/)(?P<kind>abs|pdf|html)/"
    r"(?P<id>\d{4}\.\d{4,5}|[a-z-]+(?:\.[a-z]{2})?/\d{7})(?:v\d+)?(?P<tail>\.pdf)?/?$",
    re.IGNORECASE,
)
_SHORT_MONTH = 4


def write_year(year: int, example: str) -> str:
    """`2024`, or `24` where the example has two digits."""
    return f"{year % 100:02d}" if len(example) == 2 else str(year)


def write_date(  # noqa: PLR0911 - one for each form
    date: tuple[int, int, int], example: str, months: dict[int, str]
) -> str | None:
    """The date in the example's form; only the year where the month is not known.

    `months` holds the list's own words for months. None where even the year is unknown.
    """
    year, month, day = date
    if not year:
        return None
    digits = DIGIT_DATE.fullmatch(example)
    if digits:
        parts = [f"{year}", f"{month:02d}"] if month else [f"{year}"]
        if month and digits["day"] and day:
            parts.append(f"{day:02d}")
        return digits["sep"].join(parts)
    if ID_MONTH.fullmatch(example):
        return f"{year % 100:02d}{month:02d}" if month else str(year)
    short = SHORT_DATE.fullmatch(example)
    if short:
        return short["sep"].join(f"{n % 100:02d}" for n in date) if month and day else str(year)
    reverse = REVERSE_DATE.fullmatch(example)
    if reverse:
        return f"{month:02d}{reverse['sep']}{year}" if month else str(year)
    named = NAMED_DATE.fullmatch(example)
    if not named or not month:
        return str(year)
    word = months.get(month) or _month(month, named["month"] + named["dot"])
    before = f"{day}{_ordinal(day) if named['nth'] else ''} " if named["day"] and day else ""
    after = f"{day}, " if named["late"] and day else ""
    return f"{before}{word}{named['sep'] or ' '}{after}{year}"


def date_manner(example: str) -> tuple[str, ...]:
    """What sets one way of writing dates apart; empty where the example cannot show it (`May`
    is long and short)."""
    digits, reverse = DIGIT_DATE.fullmatch(example), REVERSE_DATE.fullmatch(example)
    if SHORT_DATE.fullmatch(example):
        return ("short",)
    if ID_MONTH.fullmatch(example):
        return ("id",)
    if digits:
        return "digits", digits["sep"], "day" if digits["day"] else ""
    if reverse:
        return "reverse", reverse["sep"]
    named = NAMED_DATE.fullmatch(example)
    if not named or named["month"] == "May":
        return ()
    length = "long" if len(named["month"]) > _SHORT_MONTH else "short"
    day = "before" if named["day"] else "after" if named["late"] else ""
    return "named", length, named["dot"], named["sep"], day, "nth" if named["nth"] else ""


def _month(month: int, example: str) -> str:
    full = MONTHS[month - 1]
    bare = example.rstrip(".")
    written_out = len(bare) > 4 or (len(bare) == 4 and bare.casefold() in {"june", "july"})
    if written_out or len(full) == 3:
        return full
    return full[:3] + ("." if example.endswith(".") else "")


def _ordinal(day: int) -> str:
    if day in {11, 12, 13}:
        return "th"
    return {1: "st", 2: "nd", 3: "rd"}.get(day % 10, "th")


def months_in(texts: list[str]) -> dict[int, str]:
    """How a list writes each month that occurs in it."""
    words: dict[int, str] = {}
    for text in texts:
        match = NAMED_DATE.fullmatch(text)
        if match:
            words.setdefault(month_number(match["month"]), match["month"] + match["dot"])
    return words


_PARTICLES = frozenset(
    {"van", "von", "der", "den", "de", "del", "della", "di", "da", "dos", "du", "bin", "ibn"}
    | {"ben", "al", "el", "le", "la", "ter", "ten"}
)


def write_authors(authors: tuple[str, ...], example: str) -> str:
    """The authors in the example's manner: all of them or `et al.`, initials or names."""
    first = _first_of(example)
    several = shows_all_initials(example)
    names = [_person(author, first, all_initials=several) for author in authors]
    cut = ET_AL.search(example)
    if cut and ET_AL.search(authors[0]):
        return ET_AL.sub(cut[0], authors[0])
    if cut:
        shown = len([n for n in re.split(r",| and | & ", example[: cut.start()]) if n.strip()])
        if len(names) <= max(1, shown):
            return _joined(names, example)
        comma = "," if example[: cut.start()].rstrip().endswith(",") else ""
        return f"{', '.join(names[: max(1, shown)])}{comma} {cut[0]}"
    return _joined(names, example)


def author_manner(example: str) -> tuple[str, str, str]:
    """What sets one way of writing authors apart: `et al.`, what divides the names, and what
    stands before the last one. Empty where too few names show it."""
    if ET_AL.search(example):
        return "et al", "", ""
    separator, last = _joints(example)
    several = len(re.split(r"[,;]| and | & ", example)) > 2
    return "all", separator if several else "", last if several else ""


def manner_of_names(example: str) -> tuple[str, ...]:
    """The same, and the form of a name."""
    return *author_manner(example), _form(_first_of(example))


def is_pair(example: str) -> bool:
    """Two names without `et al.`: how a list that shortens writes two authors."""
    return not ET_AL.search(example) and len(re.split(r",? and | & |, ", example)) == 2


def _first_of(example: str) -> str:
    return re.split(r",|;| and | & |\bet\b", example)[0].strip(" *_")


def _form(person: str) -> str:
    """How a name is written: with initials before or after the family's name, that alone, or
    in full."""
    parts = person.split()
    if len(parts) < 2:
        return "family"
    if re.fullmatch(r"(?:[A-Z]{1,2}\.-?)+", parts[0]):
        return "initials first"
    return "initials last" if re.fullmatch(r"[A-Z]{1,3}\.?", parts[-1]) else "full"


def _joints(example: str) -> tuple[str, str]:
    """What divides names, and what stands before the last one."""
    separator = "; " if example.count(";") > example.count(",") else ", "
    last = re.search(r"(,? (?:and|&) )[^,;]*$", example)
    return separator, last[1] if last else separator


def _joined(names: list[str], example: str) -> str:
    separator, last = _joints(example)
    if len(names) < 2:
        return "".join(names)
    return separator.join(names[:-1]) + last + names[-1]


def shows_all_initials(example: str) -> bool:
    """Whether a list of names has one with several initials (`F. J. Roth`)."""
    return bool(re.search(r"\b[A-Z]\.[ -]?[A-Z]\.[ ]?[A-Z]?\w", example))


def _person(author: str, example: str, *, all_initials: bool) -> str:
    """One name as the example writes it: `A. Family`, `Family A`, `Family`, or in full."""
    words = author.split()
    if "," in author:
        last, _, first = author.partition(",")
        words = [*first.split(), last.strip()]
    if len(words) < 2:
        return author
    given, family = _divided(words)
    form = _form(example)
    if form == "initials first":
        initials = [name if name.endswith(".") else name[0] + "." for name in given]
        return " ".join([*(initials if all_initials else initials[:1]), family])
    if form == "initials last":
        dot = "." if example.endswith(".") else ""
        return f"{family} {''.join(name[0] for name in given)}{dot}"
    return family if form == "family" else " ".join(words)


def _divided(words: list[str]) -> tuple[list[str], str]:
    """Given names and the family's name, to which `van`, `de`, `bin` and the like belong."""
    inner = range(1, len(words) - 1)
    at = next((n for n in inner if words[n].casefold() in _PARTICLES), len(words) - 1)
    return words[:at], " ".join(words[at:])


def arxiv_form(url: str) -> tuple[str, str] | None:
    """What stands before and after the id in an arXiv address."""
    match = _ARXIV_ADDRESS.match(url)
    if not match:
        return None
    head = match["head"].replace("export.", "").replace("www.", "")
    return f"{head}{match['kind']}/", match["tail"] or ""


def pad_cell(content: str, width: int, alignment: str) -> str:
    """A cell's content with blanks up to `width`, as the column is aligned."""
    room = width - len(content)
    if room <= 0:
        return content
    if alignment == "center":
        return " " * (room // 2) + content + " " * (room - room // 2)
    if alignment == "right":
        return " " * room + content
    return content + " " * room
